"""`python -m pytest_lookloox scan`: a line for each place, and no value."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_lookloox.__main__ import main
from tests.cassettes.samples import LOGIN, write_changed

Output = pytest.CaptureFixture[str]


def test_shipped_cassettes_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["scan"]) == 0
    assert capsys.readouterr().out == "cassettes: 9, findings: 0\n"


def test_findings_of_several_files(tmp_path: Path, capsys: Output) -> None:
    leak = write_changed(tmp_path, "login", "user_email: amina@", "user_email: zoe@")
    (tmp_path / "a.yaml").touch()
    missing = tmp_path / "missing.yaml"

    assert main(["scan", str(tmp_path), str(LOGIN), str(missing)]) == 1

    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path / 'a.yaml'}: lookloox: must be dict, and is missing",
        f"{leak}: user.user_email: not a placeholder",
        f"{missing}: No such file or directory",
        "cassettes: 4, findings: 3",
    ]


@pytest.mark.parametrize("command", ["scan", "verify"])
def test_directory_without_a_cassette(tmp_path: Path, capsys: Output, command: str) -> None:
    assert main([command, str(tmp_path)]) == 2
    assert f"{tmp_path} contains no cassette, a file *.yaml" in capsys.readouterr().err
