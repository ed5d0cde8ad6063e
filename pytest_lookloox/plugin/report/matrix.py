"""Faults down, tests across: what became of each fault in each test."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from enum import IntEnum
from typing import Any, Final, NamedTuple

import pytest

from pytest_lookloox.faults.catalogue import faults_at_each_endpoint
from pytest_lookloox.faults.fault import Fault
from pytest_lookloox.provider.facts import ENDPOINTS

NOTE: Final = "lookloox_faults"
"""The attribute of a report: a test's node id without a fault, its faults, and why it failed."""


class State(IntEnum):
    """What became of a fault; of two, the greater one counts."""

    NOT_RUN = 0
    PASSED = 1
    FAILED = 2

    @property
    def word(self) -> str:
        """The state in words."""
        return self.name.lower().replace("_", " ")


class Result(NamedTuple):
    """What became of a fault in one test, and why if it failed."""

    state: State = State.NOT_RUN
    reason: str = ""


class Row(NamedTuple):
    """A fault at one endpoint, what became of it in each test, and in all of them."""

    fault: Fault
    results: list[Result]
    verdict: State


class Matrix:
    """Every fault of the catalogue at each endpoint, and every test that ran with one.

    `tests` holds node ids, `rows` a list for each endpoint with the failed ones first, and `counts`
    tells how many faults failed, passed, or were not run; tests without a fault count if they
    failed. `others` tells why these failed, `skipped` how many tests were skipped for a reason,
    and `stopped` why the run was stopped, if it was.
    """

    def __init__(self, reports: Iterable[pytest.TestReport], stopped: str = "") -> None:
        notes: dict[str, Any] = {}
        results: dict[tuple[str, str], Result] = defaultdict(Result)
        self.stopped = stopped
        self.others: dict[str, str] = {}
        self.skipped: Counter[str] = Counter()
        for report in reports:
            # If an xdist worker crashes, its test is reported without a note: its set-up has one.
            note: Any = getattr(report, NOTE, None) or ("", [], str(report.longrepr))
            test, faults, _ = notes.setdefault(report.nodeid, note)
            result = Result(_state_after(report), reason=note[2])
            if test and not faults and result.state is State.FAILED:
                self.others[test] = result.reason
            if test and report.skipped and result.state is State.NOT_RUN:
                self.skipped[result.reason] += 1
            for fault in faults:
                if result.state > results[test, fault].state:
                    results[test, fault] = result
        self.tests = sorted({test for test, _ in results})
        self.rows: dict[str, list[Row]] = {endpoint: [] for endpoint in ENDPOINTS}
        for fault in faults_at_each_endpoint():
            of_fault = [results[test, str(fault)] for test in self.tests]
            verdict = max((result.state for result in of_fault), default=State.NOT_RUN)
            self.rows[fault.endpoints[0]].append(Row(fault, of_fault, verdict))
        for rows in self.rows.values():
            rows.sort(key=lambda row: row.verdict is not State.FAILED)
        self._faults = Counter(row.verdict for rows in self.rows.values() for row in rows)
        self.counts = self._faults + Counter({State.FAILED: len(self.others)})

    @property
    def worst(self) -> State:
        """The worst result of all tests, with a fault or without."""
        if self.stopped or self.counts[State.FAILED]:
            return State.FAILED
        return State.NOT_RUN if self.counts[State.NOT_RUN] else State.PASSED

    def headline(self) -> str:
        """Return the most important result, in a few words."""
        failed, not_run = self._faults[State.FAILED], self._faults[State.NOT_RUN]
        others = f"{len(self.others)} other test{'s' if len(self.others) > 1 else ''}"
        if self.stopped:
            return "The run was stopped"
        if failed:
            faults = f"{failed} of {self._faults.total()} faults fail a test"
            return f"{faults}, and {others} failed" if self.others else faults
        if self.others:
            return f"No fault fails, but {others} failed"
        if not self.tests:
            return "No test ran with a fault: give one the fixture lookloox_fault"
        if not_run:
            return f"No fault fails, {not_run} were not run"
        return f"All {self._faults.total()} faults passed"


def _state_after(report: pytest.TestReport) -> State:
    """Return what one phase of a test shows: an expected failure is a failure, too."""
    is_call = report.when == "call"
    if report.failed or (is_call and report.skipped and hasattr(report, "wasxfail")):
        return State.FAILED
    return State.PASSED if is_call and report.passed else State.NOT_RUN
