"""Where markers and fixtures reach, and the way out where they do not: a provider of its own."""

from __future__ import annotations

from tests.conftest import Run

SUITE = '''
import unittest

import pytest
import requests

from pytest_lookloox import LookLoox

def ask():
    answer = requests.get("https://lookloox.com/api/authorize", timeout=5)
    assert answer.json()["message"] == "Bad Request, invalid app_id"

def in_a_doctest():
    """
    >>> provider = getfixture("lookloox")
    >>> ask()
    """

@pytest.mark.lookloox
class TestMarkedCase(unittest.TestCase):
    def setUp(self):
        ask()

    def test_it(self):
        ask()

    def tearDown(self):
        ask()

class TestCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        provider = LookLoox()
        provider.start()
        cls.addClassCleanup(provider.stop)
        ask()

    def test_it(self):
        ask()

    @classmethod
    def tearDownClass(cls):
        ask()

@pytest.fixture(scope="module")
def provider():
    with LookLoox() as provider:
        ask()
        yield provider
        ask()

@pytest.mark.parametrize("number", range(2))
def test_fixture_of_a_module(provider, number):
    ask()

def test_a_provider_inside_it(provider, lookloox):
    ask()
    assert len(lookloox.calls) == 1
'''


def test_requests_are_simulated(run: Run) -> None:
    run(SUITE, "-Werror", "--doctest-modules").assert_outcomes(passed=6)
