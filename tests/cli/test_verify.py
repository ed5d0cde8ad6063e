"""`python -m pytest_lookloox verify`: a line for each difference, or JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_lookloox.__main__ import main
from tests.cassettes.samples import LOGIN, write_changed

Output = pytest.CaptureFixture[str]
PLACE = "responses[2] GET /api/get_user_info?access_token"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A cassette with a difference and a note, one that is broken, and one in good order."""
    more = '{"user_id": 1042, "profile_cover": ""'
    write_changed(tmp_path, "login", '{"user_id": "1042"', more)
    (tmp_path / "broken.yaml").touch()
    (tmp_path / "good.yaml").write_bytes(LOGIN.read_bytes())
    return tmp_path


def test_lines(directory: Path, capsys: Output) -> None:
    assert main(["verify", str(directory)]) == 1
    file = directory / "copy.yaml"
    assert capsys.readouterr().out.splitlines() == [
        f"{directory / 'broken.yaml'}: lookloox: must be dict, and is missing",
        f"{file}: {PLACE}: user_info.user_id is int, simulated str",
        f"{file}: {PLACE}: note: user_info.profile_cover is not simulated",
        "cassettes: 3, differences: 2, notes: 1",
    ]


def test_json(directory: Path, capsys: Output) -> None:
    assert main(["verify", "--json", str(directory)]) == 1
    broken, number, note = json.loads(capsys.readouterr().out)
    assert broken == {
        "file": str(directory / "broken.yaml"),
        "place": "lookloox",
        "text": "must be dict, and is missing",
        "is_note": False,
    }
    assert (number["place"], number["is_note"], note["is_note"]) == (PLACE, False, True)


@pytest.mark.parametrize(
    ("old", "new"), [('{"user_id"', '{"profile_cover": "", "user_id"'), ("Amina", "Amina")]
)
def test_notes_alone_are_fine(tmp_path: Path, old: str, new: str) -> None:
    assert main(["verify", str(write_changed(tmp_path, "login", old, new))]) == 0


def test_recorded_name_cannot_control_the_terminal(tmp_path: Path, capsys: Output) -> None:
    file = write_changed(tmp_path, "reused_auth_key", '"error"', r'"\u001b[2J\n\u202eerror"')
    assert main(["verify", str(file)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert "".join(lines).isprintable()
