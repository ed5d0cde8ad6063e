"""`scan` and `verify`: a line for each finding, and no value; or JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_lookloox.__main__ import main
from tests.cassettes.samples import LOGIN, write_changed

Output = pytest.CaptureFixture[str]
PLACE = "responses[2] GET /api/get_user_info?access_token"


@pytest.mark.parametrize("command", ["scan", "verify"])
def test_shipped_cassettes_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([command]) == 0
    assert capsys.readouterr().out == "cassettes: 12, findings: 0, notes: 0\n"


def test_findings_of_several_files(tmp_path: Path, capsys: Output) -> None:
    leak = write_changed(tmp_path, "reused_auth_key", '"message":', '"rank":"Zoe","message":')
    (tmp_path / "a.yaml").touch()
    missing = tmp_path / "missing.yaml"

    assert main(["scan", str(tmp_path), str(LOGIN), str(missing)]) == 1

    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path / 'a.yaml'}: must be a mapping of names to values",
        f"{leak}: responses[1].body.rank: scrubbing would replace it",
        f"{missing}: No such file or directory",
        "cassettes: 4, findings: 3, notes: 0",
    ]


@pytest.mark.parametrize("command", ["scan", "verify"])
def test_directory_without_a_cassette(tmp_path: Path, capsys: Output, command: str) -> None:
    assert main([command, str(tmp_path)]) == 2
    assert f"{tmp_path} contains no cassette, a file *.yaml" in capsys.readouterr().err


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A cassette with a difference and a note, one that is broken, and one in good order."""
    more = '{"user_id":1042,"profile_cover":""'
    write_changed(tmp_path, "login", '{"user_id":"1042"', more)
    (tmp_path / "broken.yaml").touch()
    (tmp_path / "good.yaml").write_bytes(LOGIN.read_bytes())
    return tmp_path


def test_lines(directory: Path, capsys: Output) -> None:
    assert main(["verify", str(directory)]) == 1
    file = directory / "copy.yaml"
    assert capsys.readouterr().out.splitlines() == [
        f"{directory / 'broken.yaml'}: must be a mapping of names to values",
        f"{file}: {PLACE}: body.user_info.user_id is int, simulated str",
        f"{file}: {PLACE}: note: body.user_info.profile_cover is not simulated",
        "cassettes: 3, findings: 2, notes: 1",
    ]


def test_json(directory: Path, capsys: Output) -> None:
    assert main(["verify", "--json", str(directory)]) == 1
    broken, number, note = json.loads(capsys.readouterr().out)
    assert broken == {
        "file": str(directory / "broken.yaml"),
        "place": "",
        "text": "must be a mapping of names to values",
        "is_note": False,
    }
    assert (number["place"], number["is_note"], note["is_note"]) == (PLACE, False, True)


@pytest.mark.parametrize(
    ("old", "new"), [('{"user_id"', '{"profile_cover":"","user_id"'), ("Amina", "Amina")]
)
def test_notes_alone_are_fine(tmp_path: Path, old: str, new: str) -> None:
    assert main(["verify", str(write_changed(tmp_path, "login", old, new))]) == 0


def test_recorded_name_cannot_control_the_terminal(tmp_path: Path, capsys: Output) -> None:
    file = write_changed(tmp_path, "reused_auth_key", '"error"', r'"\u001b[2J\n\u202eerror"')
    assert main(["verify", str(file)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert "".join(lines).isprintable()
