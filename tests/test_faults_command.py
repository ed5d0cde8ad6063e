"""`python -m pytest_lookloox faults`: the catalogue as a table."""

from __future__ import annotations

import pytest

from pytest_lookloox.__main__ import main
from pytest_lookloox.faults import FAULTS


@pytest.fixture(params=[40, 80, 100, 300])
def width(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """The width of the terminal."""
    columns: int = request.param
    monkeypatch.setenv("COLUMNS", str(columns))
    return columns


def table(capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert main(["faults"]) == 0
    return capsys.readouterr().out.splitlines()


def test_every_fault_has_a_row(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    first_words = [line.split()[0] for line in table(capsys) if line.strip()]

    assert [word for word in first_words if word in FAULTS] == list(FAULTS)


def test_it_fits_the_terminal(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    rows = table(capsys)[:-5]

    assert max(map(len, rows)) <= min(max(width, 80), 140)


def test_rows_stand_below_their_endpoints(capsys: pytest.CaptureFixture[str]) -> None:
    headings = [line for line in table(capsys) if line.startswith("At ")]

    assert headings == [
        "At oauth",
        "At authorize",
        "At get_user_info",
        "At authorize and get_user_info",
    ]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=str)
def test_nothing_is_cut_off(
    fault: object, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    known = FAULTS[str(fault)]
    words = " ".join(table(capsys)).split()

    for text in (known.description, known.advice, known.source):
        assert set(text.split()) <= set(words)


def test_it_says_how_to_ask_for_one(capsys: pytest.CaptureFixture[str]) -> None:
    end = "\n".join(table(capsys)[-5:])

    for way in ("(lookloox_fault, ", "@pytest.mark.lookloox_fault(", "lookloox.inject_fault("):
        assert way in end
    assert "D documented, O observed, A assumed" in end
