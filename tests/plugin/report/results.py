"""Results of tests that ran with faults, without running any."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import pytest

from pytest_lookloox.faults.catalogue import faults_at_each_endpoint
from pytest_lookloox.plugin.report.matrix import NOTE, Matrix

NAMES = [str(fault) for fault in faults_at_each_endpoint()]


def result(
    outcome: Any = "passed",
    when: Literal["setup", "call", "teardown"] = "call",
    test: str = "test_a",
    faults: Iterable[str] = ("expired_token",),
    line: int | None = 1,
    **extra: Any,
) -> pytest.TestReport:
    """Return the report of one phase of a test; without faults, without the note of them."""
    note: dict[str, Any] = {NOTE: [test, *faults]} if faults else {}
    place = ("test_it.py", line, test)
    return pytest.TestReport(test, place, {}, outcome, None, when, **note, **extra)


def matrix_of(outcomes: dict[str, str], faults: Iterable[str] = NAMES) -> Matrix:
    """Return the matrix of these tests, each of which has one outcome with all the faults."""
    matrix = Matrix()
    for line, (test, outcome) in enumerate(outcomes.items()):
        matrix.add(result(outcome, test=test, faults=faults, line=line))
    return matrix
