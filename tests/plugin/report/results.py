"""Results of tests that ran with faults, without running any."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import pytest

from pytest_lookloox.faults.catalogue import faults_at_each_endpoint
from pytest_lookloox.plugin.report.matrix import NOTE, Matrix

REASON = "AssertionError: assert 'Welcome' not in '<h1>Welcome, Amina</h1>'"
NAMES = [str(fault) for fault in faults_at_each_endpoint()]


def result(
    outcome: Any = "passed",
    when: Literal["setup", "call", "teardown"] = "call",
    test: str = "test_a",
    faults: Iterable[str] = ("expired_token",),
    reason: str = "",
    noted: bool = False,
    **extra: Any,
) -> pytest.TestReport:
    """Return the report of one phase of a test.

    Without faults it is as a crashed worker leaves it, unless it was `noted`.
    """
    place = ("test_it.py", 1, test)
    if not faults and not noted:
        return pytest.TestReport(test, place, {}, outcome, reason, when)
    note: dict[str, Any] = {NOTE: [test, list(faults), reason]}
    return pytest.TestReport(test, place, {}, outcome, None, when, **note, **extra)


def matrix_of(outcomes: dict[str, str], faults: Iterable[str] = NAMES) -> Matrix:
    """Return the matrix of these tests, each of which has one outcome with all the faults."""
    return Matrix(
        result(outcome, test=test, faults=faults, reason=REASON if outcome == "failed" else "")
        for test, outcome in outcomes.items()
    )
