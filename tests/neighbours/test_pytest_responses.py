"""pytest-responses, which starts the module-level `responses` around every test."""

from __future__ import annotations

import pytest

from tests.neighbours.conftest import Run

SUITE = """
import pytest
import requests
import responses as module
from client import SHOP, get, logs_in

@pytest.mark.parametrize("number", range(3))
def test_module(lookloox, number):
    module.get(SHOP, body="shop")
    assert get(SHOP).text == "shop"
    assert logs_in(lookloox)

@pytest.mark.withoutresponses
def test_left_out(lookloox):
    assert logs_in(lookloox)

def test_fixture_before(responses, lookloox):
    responses.get(SHOP, body="shop")
    assert logs_in(lookloox)
    assert get(SHOP).text == "shop"

def test_fixture_inside(lookloox, responses):
    responses.get(SHOP, body="shop")
    assert logs_in(lookloox)
    assert get(SHOP).text == "shop"

def test_unknown(lookloox):
    with pytest.raises(requests.ConnectionError, match="was refused"):
        get(SHOP)

def test_without_the_provider():
    with pytest.raises(requests.ConnectionError, match="refused by Responses"):
        get(SHOP)
"""


@pytest.mark.parametrize("order", [1, 2])
def test_both_answer_in_one_test(run: Run, order: int) -> None:
    run(SUITE, f"--randomly-seed={order}", plugins=("pytest-responses",)).assert_outcomes(passed=8)
