"""`scan` and `verify`: a line for each finding, and no value; or JSON."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pytest_lookloox.__main__ import main
from tests.cassettes.samples import LOGIN, write_changed

Output = pytest.CaptureFixture[str]
NO_CASSETTE = "not a cassette: the file must be a mapping, not empty"


@pytest.mark.parametrize("command", ["scan", "verify"])
def test_last_line_says_what_was_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([command]) == 0
    (tmp_path / "cassettes").mkdir()
    (tmp_path / "cassettes" / "own.yaml").write_bytes(LOGIN.read_bytes())
    assert main([command]) == 0
    assert main([command, str(LOGIN), "cassettes"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"cassettes: 12, findings: 0, notes: 0, in {LOGIN.parent}",
        "cassettes: 1, findings: 0, notes: 0, in cassettes",
        f"cassettes: 2, findings: 0, notes: 0, in {LOGIN} cassettes",
    ]


def test_findings_of_several_files(tmp_path: Path, capsys: Output) -> None:
    leak = write_changed(tmp_path, "reused_auth_key", '"message":', '"rank":"Zoe","message":')
    (tmp_path / "a.yaml").touch()
    missing = tmp_path / "missing.yaml"

    assert main(["scan", str(tmp_path), str(LOGIN), str(missing)]) == 1

    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path / 'a.yaml'}: {NO_CASSETTE}",
        f"{leak}: responses[1].body.rank: scrubbing would replace it",
        f"{missing}: not a cassette: there is no such file",
        f"cassettes: 4, findings: 3, notes: 0, in {tmp_path} {LOGIN} {missing}",
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_named_pipe_is_not_waited_for(tmp_path: Path, capsys: Output) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")

    assert main(["scan", str(tmp_path)]) == 1
    assert "pipe.yaml: not a cassette: there is no such file" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["scan", "verify"])
def test_directory_without_a_cassette(tmp_path: Path, capsys: Output, command: str) -> None:
    assert main([command, str(LOGIN), str(tmp_path)]) == 2
    assert f"{tmp_path} contains no cassette, a file *.yaml" in capsys.readouterr().err


def test_lines(tmp_path: Path, capsys: Output) -> None:
    more = '{"user_id":1042,"profile_cover":""'
    file = write_changed(tmp_path, "login", '{"user_id":"1042"', more)
    assert main(["verify", str(tmp_path)]) == 1
    place = f"{file}: responses[2].body.user_info"
    assert capsys.readouterr().out.splitlines() == [
        f"{place}.user_id: is int, simulated str",
        f"{place}.profile_cover: note: not simulated",
        f"cassettes: 1, findings: 1, notes: 1, in {tmp_path}",
    ]
    assert main(["verify", str(tmp_path), "--json"]) == 1
    assert [each["is_note"] for each in json.loads(capsys.readouterr().out)] == [False, True]


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
