"""What counts as passed, failed or not run."""

from __future__ import annotations

import pytest

from pytest_lookloox.faults.catalogue import find_fault
from pytest_lookloox.plugin.report.matrix import Matrix, State
from tests.plugin.report.results import NAMES, matrix_of, result

SETUP, CALL, TEARDOWN = result(when="setup"), result(), result(when="teardown")
FAILED = result("failed")
# As pytest-xdist reports the test during which a worker ended: without a note or a line.
CRASH = result("failed", faults=(), line=None)


@pytest.mark.parametrize(
    ("reports", "state"),
    [
        ([SETUP], State.NOT_RUN),
        ([SETUP, CALL, TEARDOWN], State.PASSED),
        ([SETUP, FAILED, TEARDOWN], State.FAILED),
        ([result("failed", "setup")], State.FAILED),
        ([CALL, result("failed", "teardown")], State.FAILED),
        ([SETUP, result("skipped"), TEARDOWN], State.NOT_RUN),
        ([SETUP, result("skipped", wasxfail="reason"), TEARDOWN], State.FAILED),
        ([result("skipped", "setup", wasxfail="not to be run")], State.NOT_RUN),
        ([FAILED, CALL], State.FAILED),
        ([result("rerun")], State.NOT_RUN),  # of pytest-rerunfailures
        ([result("rerun"), CALL], State.PASSED),
        ([SETUP, CRASH], State.FAILED),
    ],
)
def test_worst_phase_counts(reports: list[pytest.TestReport], state: State) -> None:
    matrix = Matrix()
    for report in reports:
        matrix.add(report)

    assert matrix.state(find_fault("expired_token"), "test_a") == state
    assert matrix.verdict(find_fault("expired_token")) == state
    assert matrix.verdict(find_fault("unknown_app")) == State.NOT_RUN


def test_tests_are_in_the_order_of_the_files_and_their_numbers() -> None:
    matrix = Matrix()
    matrix.add(result(test="without_a_fault", faults=()))
    for test, line in [("test_z[10]", 5), ("test_z[9]", 5), ("test_b", 8), ("test_c", None)]:
        matrix.add(result(test=test, line=line))

    assert matrix.tests == ["test_c", "test_z[9]", "test_z[10]", "test_b"]


@pytest.mark.parametrize(
    ("outcomes", "faults", "headline", "summary"),
    [
        ("", 49, "No test ran with a fault", ". Give a test the fixture `lookloox_fault`, and it"),
        ("p", 49, "All 49 faults passed", "1 test: 0 failed, 49 passed, 0 not run"),
        ("ps", 9, "No fault fails, 40 were not run", "2 tests: 0 failed, 9 passed, 40 not run"),
        ("fp", 2, "2 of 49 faults fail a test", "2 tests: 2 failed, 0 passed, 47 not run"),
    ],
)
def test_whole_result_in_words(outcomes: str, faults: int, headline: str, summary: str) -> None:
    words = {"p": "passed", "f": "failed", "s": "skipped"}
    matrix = matrix_of({f"test_{each}": words[each] for each in outcomes}, NAMES[:faults])

    assert matrix.headline() == headline
    assert summary in matrix.summary()
