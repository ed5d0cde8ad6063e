"""Small suites that go through faults, and how to read what is reported of them."""

from __future__ import annotations

import re

import pytest
import requests  # noqa: F401 - pytester forgets what is first imported inside it

from pytest_lookloox.faults import one_by_one

IDS = [str(fault) for fault in one_by_one()]
PASSED, FAILED, NOT_RUN = "passed", "failed", "not run"

# No test asks the provider for anything, so no fault ever takes place.
LENIENT = "import pytest\npytestmark = pytest.mark.lookloox(strict=False)\n"

# Every outcome there is.
OUTCOMES = f"""{LENIENT}
@pytest.fixture
def broken(lookloox_fault):
    assert lookloox_fault.name != "http_500"

@pytest.fixture
def broken_at_teardown(lookloox_fault):
    yield
    assert lookloox_fault.name != "http_502"

def test_outcomes(lookloox_fault, broken, broken_at_teardown):
    if lookloox_fault.name == "http_400":
        pytest.fail()
    if lookloox_fault.name == "http_401":
        pytest.skip()
    if lookloox_fault.name == "http_429":
        pytest.xfail()

def test_all_is_well(lookloox_fault):
    pass
"""
_STATES = {
    "http_400": FAILED,
    "http_401": NOT_RUN,
    "http_429": FAILED,
    "http_500": FAILED,
    "http_502": FAILED,
}


def state_of(name: str) -> str:
    """What has to be reported of a fault in `test_outcomes`."""
    return _STATES.get(name.partition("@")[0], PASSED)


def rows(result: pytest.RunResult) -> dict[str, list[str]]:
    """The cells of each fault's row in the terminal."""
    found = (re.fullmatch(r"  (\S+) {2,}(\S.*)", line) for line in result.outlines)
    return {row[1]: re.split(r" {2,}", row[2]) for row in found if row and row[1] in IDS}
