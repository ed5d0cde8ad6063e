"""pytest-responses, which starts the module-level `responses` around every test."""

from __future__ import annotations

import pytest
from requests.adapters import HTTPAdapter

from tests.conftest import Run

SUITE = """
import pytest
import requests
import responses as module
from tests.client import log_in

SHOP = "https://shop.invalid/orders"

def both_answer(provider, mock):
    mock.get(SHOP, body="shop")
    shop = requests.get(SHOP, timeout=5).text
    return shop == "shop" and log_in(provider) == provider.user

def test_module(lookloox):
    assert both_answer(lookloox, module)

@pytest.mark.withoutresponses
def test_left_out(lookloox):
    assert log_in(lookloox) == lookloox.user

@pytest.mark.parametrize("names", [("responses", "lookloox"), ("lookloox", "responses")])
def test_fixture(request, names):
    fixtures = {name: request.getfixturevalue(name) for name in names}
    assert both_answer(fixtures["lookloox"], fixtures["responses"])

@pytest.fixture
def stub_before():
    module.get(SHOP, body="shop")

@pytest.mark.parametrize("number", range(2))
def test_stub_before(stub_before, lookloox, number):
    assert len(module.registered()) == 1
    assert requests.get(SHOP, timeout=5).text == "shop"

def test_unknown(lookloox):
    with pytest.raises(requests.ConnectionError, match="was refused"):
        requests.get(SHOP, timeout=5)
"""


@pytest.mark.parametrize("seed", [1, 2])
def test_both_answer_in_one_test(run: Run, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # Its own fixture leaves this in place, with or without us.
    monkeypatch.setattr(HTTPAdapter, "send", HTTPAdapter.send)
    result = run(SUITE, "-Werror", f"--randomly-seed={seed}", plugins=["pytest-responses"])

    result.assert_outcomes(passed=7)
