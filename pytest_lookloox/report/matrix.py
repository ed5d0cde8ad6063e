"""Faults down, tests across: what is known of each pair once the tests have run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from enum import IntEnum
from itertools import groupby

import pytest

from pytest_lookloox.contract import ENDPOINTS
from pytest_lookloox.faults import Fault, one_by_one
from pytest_lookloox.report.travel import Luggage, unpack

NO_TEST = "No test ran with a fault"
HOW_TO = "Give a test the fixture `lookloox_fault`, and it runs once for each."


class State(IntEnum):
    """What became of a fault; of two, the greater one counts."""

    NOT_RUN = 0
    PASSED = 1
    FAILED = 2

    def __str__(self) -> str:
        return self.name.lower().replace("_", " ")


class Matrix:
    """Every fault of the catalogue at each endpoint, and every test that ran with one."""

    def __init__(self) -> None:
        self._states: dict[tuple[str, str], State] = {}
        self._places: dict[str, tuple[str, int, list[str | int]]] = {}
        self._luggage: dict[str, Luggage] = {}

    def add(self, report: pytest.TestReport) -> None:
        """Take note of one phase of a test."""
        # The report of a test whose xdist worker crashed has no luggage: its setup's had.
        luggage = unpack(report) or self._luggage.get(report.nodeid)
        if luggage is None:
            return
        self._luggage[report.nodeid] = luggage
        path, line, _ = report.location
        self._places.setdefault(luggage.test, (path, line or 0, _as_people_sort(luggage.test)))
        for fault in luggage.faults:
            known = self._states.get((fault, luggage.test), State.NOT_RUN)
            self._states[fault, luggage.test] = max(known, _state_after(report))

    @property
    def tests(self) -> list[str]:
        """The node ids of the tests, without their faults, in the order of the files."""
        return sorted(self._places, key=self._places.__getitem__)

    def by_endpoint(self) -> Iterator[tuple[str, list[Fault]]]:
        """The faults of each endpoint, in the order of a login."""
        faults = sorted(one_by_one(), key=lambda fault: ENDPOINTS.index(fault.endpoints[0]))
        for endpoint, group in groupby(faults, lambda fault: fault.endpoints[0]):
            yield endpoint, list(group)

    def state(self, fault: Fault, test: str) -> State:
        """What became of a fault in one test."""
        return self._states.get((str(fault), test), State.NOT_RUN)

    def verdict(self, fault: Fault) -> State:
        """What became of a fault in all the tests: failed if it failed one of them."""
        return max((self.state(fault, test) for test in self.tests), default=State.NOT_RUN)

    def verdicts(self) -> Counter[State]:
        """How many faults failed, passed, or were not run."""
        return Counter(self.verdict(fault) for fault in one_by_one())

    def summary(self) -> str:
        """All of it in one line."""
        if not self._places:
            return f"{NO_TEST}. {HOW_TO}"
        verdicts = self.verdicts()
        tests = "1 test" if len(self._places) == 1 else f"{len(self._places)} tests"
        counts = ", ".join(f"{verdicts[state]} {state}" for state in reversed(State))
        return f"{verdicts.total()} faults in {tests}: {counts}"


def _as_people_sort(test: str) -> list[str | int]:
    """Test 10 comes after test 9, not after test 1: texts and numbers take turns."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", test)]


def _state_after(report: pytest.TestReport) -> State:
    """What one phase tells: an expected failure is one all the same, and a skip tells nothing."""
    expected_failure = report.outcome == "skipped" and hasattr(report, "wasxfail")
    if report.failed or (expected_failure and report.when == "call"):
        return State.FAILED
    return State.PASSED if report.passed and report.when == "call" else State.NOT_RUN
