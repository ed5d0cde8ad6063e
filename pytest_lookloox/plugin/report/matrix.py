"""Faults down, tests across: what became of each fault in each test."""

from __future__ import annotations

import re
from collections import Counter
from enum import IntEnum
from typing import Final

import pytest

from pytest_lookloox.faults.catalogue import faults_at_each_endpoint
from pytest_lookloox.faults.fault import Fault
from pytest_lookloox.provider.facts import ENDPOINTS

NO_TEST: Final = "No test ran with a fault"
HOW_TO: Final = "Give a test the fixture `lookloox_fault`, and it runs once for each."

NOTE: Final = "lookloox_faults"
"""The attribute of a test's reports that lists its node id without a fault, and its faults."""

FAULTS_BY_ENDPOINT: Final = {
    endpoint: [fault for fault in faults_at_each_endpoint() if fault.endpoints == (endpoint,)]
    for endpoint in ENDPOINTS
}


class State(IntEnum):
    """What became of a fault; of two, the greater one counts."""

    NOT_RUN = 0
    PASSED = 1
    FAILED = 2

    @property
    def word(self) -> str:
        """The state in words."""
        return self.name.lower().replace("_", " ")

    @classmethod
    def after(cls, report: pytest.TestReport) -> State:
        """Return what one phase of a test shows: an expected failure is a failure, too."""
        is_call = report.when == "call"
        if report.failed or (is_call and report.skipped and hasattr(report, "wasxfail")):
            return cls.FAILED
        return cls.PASSED if is_call and report.passed else cls.NOT_RUN


class Matrix:
    """Every fault of the catalogue at each endpoint, and every test that ran with one."""

    def __init__(self) -> None:
        self._states: dict[tuple[str, str], State] = {}
        self._places: dict[str, tuple[str, int, list[str | int]]] = {}
        self._notes: dict[str, list[str]] = {}

    def add(self, report: pytest.TestReport) -> None:
        """Take one phase of a test into account."""
        # If an xdist worker crashes, its test is reported without the note of its set-up.
        note = getattr(report, NOTE, None) or self._notes.get(report.nodeid)
        if not note:
            return
        self._notes[report.nodeid] = note
        test, *faults = note
        path, line, _ = report.location
        parts = re.split(r"(\d+)", test)  # so that test 10 comes after test 9
        numbered = [int(part) if part.isdecimal() else part for part in parts]
        self._places.setdefault(test, (path, line or 0, numbered))
        for fault in faults:
            known = self._states.get((fault, test), State.NOT_RUN)
            self._states[fault, test] = max(known, State.after(report))

    @property
    def tests(self) -> list[str]:
        """The node ids of the tests, without their faults, in the order of the files."""
        return sorted(self._places, key=self._places.__getitem__)

    def state(self, fault: Fault, test: str) -> State:
        """Return what became of a fault in one test."""
        return self._states.get((str(fault), test), State.NOT_RUN)

    def verdict(self, fault: Fault) -> State:
        """Return what became of a fault in all the tests: failed if it failed one of them."""
        return max((self.state(fault, test) for test in self._places), default=State.NOT_RUN)

    def verdicts(self) -> Counter[State]:
        """Return how many faults failed, passed, or were not run."""
        return Counter(map(self.verdict, faults_at_each_endpoint()))

    def headline(self) -> str:
        """Return the most important result, in a few words."""
        verdicts = self.verdicts()
        if not self._places:
            return NO_TEST
        if verdicts[State.FAILED]:
            return f"{verdicts[State.FAILED]} of {verdicts.total()} faults fail a test"
        if verdicts[State.NOT_RUN]:
            return f"No fault fails, {verdicts[State.NOT_RUN]} were not run"
        return f"All {verdicts.total()} faults passed"

    def summary(self) -> str:
        """Return all results in one line."""
        if not self._places:
            return f"{NO_TEST}. {HOW_TO}"
        verdicts = self.verdicts()
        tests = "1 test" if len(self._places) == 1 else f"{len(self._places)} tests"
        counts = ", ".join(f"{verdicts[state]} {state.word}" for state in reversed(State))
        return f"{verdicts.total()} faults in {tests}: {counts}"
