"""The table in the terminal: its order, and how it fits."""

from __future__ import annotations

import pytest

from tests.report.suites import IDS, LENIENT, rows

REPORT = "--lookloox-report"
ENDPOINTS = ["/api/oauth", "/api/authorize", "/api/get_user_info"]


def suite_of(tests: int) -> str:
    """A suite whose second test fails everywhere, and whose last is skipped."""
    functions = [
        f"def test_{number}(lookloox_fault):\n    {body}"
        for number, body in enumerate(["pass", "assert 0", *["pass"] * (tests - 3)], start=1)
    ]
    last = f"def test_{tests}(lookloox_fault):\n    pytest.skip()"
    return "\n\n".join([LENIENT, *functions, last])


def table_lines(result: pytest.RunResult) -> list[str]:
    """All that is printed below the report's heading, without pytest's last line."""
    (heading,) = [line for line in result.outlines if " Look Loox faults " in line]
    return result.outlines[result.outlines.index(heading) + 1 : -1]


def test_faults_stand_below_their_endpoint_in_the_order_of_a_login(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(suite_of(3))

    lines = table_lines(pytester.runpytest_inprocess(REPORT))

    assert [line for line in lines if line.startswith("/api/")] == ENDPOINTS
    below = "\n".join(lines).split("\n/api/")[1:]
    names = [[line.split()[0] for line in part.split("\n\n")[0].splitlines()] for part in below]
    assert [part[0] for part in names] == ["oauth", "authorize", "get_user_info"]
    assert names[0][1:] == ["missing_auth_key"]
    assert {"unknown_app", "read_timeout@authorize"} < set(names[1])
    assert {"deleted_user", "read_timeout@get_user_info"} < set(names[2])
    assert sorted(name for part in names for name in part[1:]) == sorted(IDS)


@pytest.mark.parametrize(
    ("tests", "numbers", "cells"),
    [
        (5, ["1 2 3 4 5"], ["passed failed passed passed not run"]),
        (6, ["1 2 3 4 5 6"], [". F . . . -"]),
        (12, [" ".join(map(str, range(1, 12))), "12"], [". F . . . . . . . . .", "-"]),
    ],
    ids=["words", "letters", "letters in two tables"],
)
def test_width(pytester: pytest.Pytester, tests: int, numbers: list[str], cells: list[str]) -> None:
    pytester.makepyfile(suite_of(tests))

    lines = table_lines(pytester.runpytest_inprocess(REPORT))

    assert max(map(len, lines)) <= 80
    assert [" ".join(line.split()) for line in lines if line.strip()[:1].isdigit()][
        : len(numbers)
    ] == numbers
    read = [line.split(maxsplit=1)[1] for line in lines if line.startswith("  unknown_app ")]
    assert [" ".join(text.split()) for text in read] == cells


def test_letters_are_explained(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(suite_of(6))

    lines = table_lines(pytester.runpytest_inprocess(REPORT))

    assert lines[-8:] == [
        "F failed, . passed, - not run",
        *(f"{number}  test_letters_are_explained.py::test_{number}" for number in range(1, 7)),
        "49 faults in 6 tests: 49 failed, 0 passed, 0 not run",
    ]


def test_terminal_with_room_for_nothing_but_a_name(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    pytester.makepyfile(suite_of(3))

    result = pytester.runpytest_inprocess(REPORT)

    result.assert_outcomes(passed=49, failed=49, skipped=49)
    assert rows(result)["unknown_app"] == ["-"]


@pytest.mark.parametrize(
    ("outcome", "colour"),
    [("pass", "32"), ("assert 0", "31"), ("pytest.skip()", "33")],
)
def test_colours(pytester: pytest.Pytester, outcome: str, colour: str) -> None:
    pytester.makepyfile(f"{LENIENT}\ndef test_it(lookloox_fault):\n    {outcome}")

    lines = table_lines(pytester.runpytest_inprocess(REPORT, "--color=yes"))

    (row,) = [line for line in lines if "missing_auth_key" in line]
    assert f"\x1b[{colour}m" in row
    assert lines[-1].startswith(f"\x1b[{colour}m")
