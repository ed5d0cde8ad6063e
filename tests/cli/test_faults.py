"""`python -m pytest_lookloox faults`: the catalogue as a table."""

from __future__ import annotations

import pytest

from pytest_lookloox.__main__ import main
from pytest_lookloox.faults.catalogue import FAULTS


def lines_of(capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert main(["faults"]) == 0
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(("terminal", "width"), [(40, 80), (80, 80), (100, 100), (300, 140)])
def test_every_fault_has_a_row_and_the_table_fits(
    terminal: int,
    width: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", str(terminal))

    table = lines_of(capsys)[:-5]

    first_words = [line.split()[0] for line in table if line.strip()]
    assert [word for word in first_words if word in FAULTS] == list(FAULTS)
    assert width - 2 < max(map(len, table)) <= width


def test_whole_text_is_shown_below_the_endpoints(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "140")

    lines = lines_of(capsys)

    assert [line for line in lines if line.startswith("At ")] == [
        "At oauth",
        "At authorize",
        "At get_user_info",
        "At authorize and get_user_info",
    ]
    words = set(" ".join(lines).split())
    for fault in FAULTS.values():
        assert words.issuperset(f"{fault.description} {fault.advice} {fault.source}".split())


def test_end_says_how_to_ask_for_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    end = "\n".join(lines_of(capsys)[-5:])

    for way in ("(lookloox_fault, ", "@pytest.mark.lookloox_fault(", "lookloox.inject_fault("):
        assert way in end
    assert "D documented, O observed, A assumed" in end
