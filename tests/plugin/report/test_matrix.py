"""What counts as passed, failed or not run."""

from __future__ import annotations

import pytest

from pytest_lookloox.plugin.report.matrix import Matrix, Result, State
from tests.plugin.report.results import NAMES, matrix_of, result

SETUP, CALL, TEARDOWN = result(when="setup"), result(), result(when="teardown")
FAILED = result("failed", reason="assert 0")
FAILED_LATE = result("failed", "teardown", reason="OSError")
# As pytest-xdist reports the test during which a worker ended: without a note.
CRASH = result("failed", faults=(), reason="worker 'gw0' crashed")
ALL = len(NAMES)


@pytest.mark.parametrize(
    ("reports", "state", "reason"),
    [
        ([SETUP], State.NOT_RUN, ""),
        ([SETUP, CALL, TEARDOWN], State.PASSED, ""),
        ([SETUP, FAILED, TEARDOWN], State.FAILED, "assert 0"),
        ([result("failed", "setup", reason="OSError")], State.FAILED, "OSError"),
        ([CALL, FAILED_LATE], State.FAILED, "OSError"),
        ([SETUP, FAILED, FAILED_LATE], State.FAILED, "assert 0"),
        ([SETUP, result("skipped", reason="skip"), TEARDOWN], State.NOT_RUN, ""),
        ([SETUP, result("skipped", wasxfail="", reason="old bug")], State.FAILED, "old bug"),
        ([result("skipped", "setup", wasxfail="not to be run")], State.NOT_RUN, ""),
        ([FAILED, CALL], State.FAILED, "assert 0"),
        ([result("rerun", reason="OSError")], State.NOT_RUN, ""),  # of pytest-rerunfailures
        ([result("rerun", reason="OSError"), CALL], State.PASSED, ""),
        ([SETUP, CRASH], State.FAILED, "worker 'gw0' crashed"),
    ],
)
def test_worst_phase_counts(reports: list[pytest.TestReport], state: State, reason: str) -> None:
    matrix = Matrix([*reports, result(test="without_a_fault", faults=())])

    rows = {str(row.fault): row for rows in matrix.rows.values() for row in rows}
    assert matrix.tests == ["test_a"]
    assert rows["expired_token"].results == [Result(state, reason)]
    assert rows["expired_token"].verdict == state
    assert rows["unknown_app"].verdict == State.NOT_RUN


def test_failed_faults_are_the_first_at_their_endpoint() -> None:
    matrix = matrix_of({"test_a": "failed"}, ["http_500@authorize", "unknown_app", "deleted_user"])

    names = {endpoint: [str(row.fault) for row in rows] for endpoint, rows in matrix.rows.items()}
    assert names["authorize"][:4] == [
        *("unknown_app", "http_500@authorize"),
        *("reused_auth_key", "wrong_app_secret"),
    ]
    assert names["get_user_info"][:2] == ["deleted_user", "unknown_token"]


@pytest.mark.parametrize(
    ("outcomes", "faults", "headline"),
    [
        ({}, 9, "No test ran with a fault: give one the fixture lookloox_fault"),
        ({"test_a": "passed"}, ALL, f"All {ALL} faults passed"),
        ({"test_a": "passed", "test_b": "skipped"}, 9, f"No fault fails, {ALL - 9} were not run"),
        ({"test_a": "failed", "test_b": "passed"}, 2, f"2 of {ALL} faults fail a test"),
    ],
)
def test_headline(outcomes: dict[str, str], faults: int, headline: str) -> None:
    assert matrix_of(outcomes, NAMES[:faults]).headline() == headline


FAILED_ELSEWHERE = [result("failed", test=name, faults=(), noted=True) for name in ("x", "y")]


@pytest.mark.parametrize(
    ("reports", "stopped", "headline"),
    [
        (FAILED_ELSEWHERE, "", "No fault fails, but 2 other tests failed"),
        (
            [FAILED, *FAILED_ELSEWHERE[:1]],
            "",
            f"1 of {ALL} faults fail a test, and 1 other test failed",
        ),
        ([CALL], "no login", "The run was stopped"),
    ],
)
def test_nothing_that_failed_is_overlooked(
    reports: list[pytest.TestReport], stopped: str, headline: str
) -> None:
    matrix = Matrix(reports, stopped)

    assert matrix.headline() == headline
    assert matrix.worst is State.FAILED
