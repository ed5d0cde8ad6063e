"""The table in the terminal: its order, its width, its colours."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_lookloox.plugin.report import terminal
from pytest_lookloox.plugin.report.matrix import Matrix
from tests.plugin.report.results import NAMES, REASON, matrix_of


def in_brackets(text: str, **colours: Any) -> str:
    return f"<{' '.join(colours)}>{text}</>"


def lines_of(tests: int, width: int = 80) -> list[str]:
    """Return the table of that many tests: the second fails, the last is skipped."""
    outcomes = {f"test_{number:02}": "passed" for number in range(1, tests + 1)}
    matrix = matrix_of({**outcomes, "test_02": "failed", f"test_{tests:02}": "skipped"})
    return list(terminal.lines(matrix, width, lambda text, **_: text))


def test_faults_are_listed_by_endpoint_in_the_order_of_a_login() -> None:
    lines = lines_of(3)

    names = [line.split()[0] for line in lines[1 : lines.index("")]]
    authorize, get_user_info = names.index("/api/authorize"), names.index("/api/get_user_info")
    assert names[:3] == ["/api/oauth", "missing_auth_key", "/api/authorize"]
    assert {"unknown_app", "read_timeout@authorize"} < set(names[authorize:get_user_info])
    assert {"deleted_user", "read_timeout@get_user_info"} < set(names[get_user_info:])
    assert sorted(name for name in names if not name.startswith("/")) == sorted(NAMES)


@pytest.mark.parametrize(
    ("tests", "width", "numbers", "cells"),
    [
        (3, 150, ["1 2 3"], [f"passed failed not run {REASON}"]),
        (3, 82, ["1 2 3"], ["passed failed not run AssertionError: a…"]),
        (3, 81, ["1 2 3"], ["passed failed not run"]),
        (5, 80, ["1 2 3 4 5"], ["passed failed passed passed not run"]),
        (6, 80, ["1 2 3 4 5 6"], [". F . . . - AssertionError: assert '…"]),
        (12, 80, ["1 2 3 4 5 6 7 8 9 10 11", "12"], [". F . . . . . . . . .", "-"]),
        (3, 40, ["1", "2", "3"], [".", "F", "-"]),
    ],
    ids=[
        "reason",
        "short reason",
        "no reason",
        "words",
        "letters",
        "two tables",
        "room for no more than a name",
    ],
)
def test_width(tests: int, width: int, numbers: list[str], cells: list[str]) -> None:
    lines = lines_of(tests, width)

    assert max(map(len, lines)) <= width
    heads = [i for i, line in enumerate(lines) if line == "/api/oauth"]
    assert [" ".join(lines[i - 1].split()) for i in heads] == numbers
    rows = [line.partition("unknown_app ")[2] for line in lines if "unknown_app " in line]
    assert [" ".join(row.split()) for row in rows] == cells


def test_legend_names_the_letters_and_the_tests() -> None:
    legend = ["F failed, . passed, - not run", " 1  test_01", " 2  test_02"]

    assert lines_of(10)[-11:-8] == legend
    assert lines_of(10)[-1] == "10  test_10"
    assert list(terminal.lines(Matrix([]), 80, in_brackets)) == []


@pytest.mark.parametrize(
    ("outcome", "faults", "cell", "worst"),
    [
        ("passed", 9, "<green>   passed</>", "yellow"),  # as the rest was not run
        ("failed", 9, f"<red>   failed</>  {REASON[:33]}…", "red"),
        ("skipped", 9, "<yellow>  not run</>", "yellow"),
        ("passed", len(NAMES), "<green>   passed</>", "green"),
    ],
)
def test_colours(outcome: str, faults: int, cell: str, worst: str) -> None:
    matrix = matrix_of({"test_a": outcome}, NAMES[:faults])

    lines = list(terminal.lines(matrix, 80, in_brackets))

    assert lines[1] == "<bold>/api/oauth</>"
    assert lines[2].startswith("  missing_auth_key ")
    assert lines[2].endswith(cell)
    assert terminal.summary(matrix, in_brackets) == f"<{worst}>{matrix.headline()}</>"
