"""pytest-httpx, whose fixture takes the place of httpx's transports for a test."""

from __future__ import annotations

import pytest
import pytest_httpx  # noqa: F401 - pytester forgets what is first imported inside it

from tests.conftest import Run

# Where `monkeypatch` is named first, pytest-httpx is undone after the provider is closed.
ORDERS = [
    "lookloox, httpx_mock",
    "httpx_mock, lookloox",
    "monkeypatch, lookloox, httpx_mock",
]
SUITE = """
import re

import httpx
import pytest
from pytest_lookloox import LookLoox, MisdirectedSecretWarning
from tests.compatibility.conftest import get_async

SHOP = "https://shop.invalid/orders"
AUTHORIZE = "https://lookloox.com/api/authorize"

@pytest.fixture(params=[httpx.get, get_async])
def get(request):
    return request.param

def test_both_answer(get, {fixtures}):
    httpx_mock.add_response(url=SHOP, text="shop")
    httpx_mock.add_response(url=SHOP, text="shop again")

    assert get(SHOP).text == "shop"
    assert get(AUTHORIZE).json()["error"] is True
    assert get(SHOP).text == "shop again"
    assert len(lookloox.calls) == 1
    assert len(httpx_mock.get_requests()) == 2

@pytest.mark.httpx_mock(assert_all_requests_were_expected=False)
def test_the_rest_is_refused(get, {fixtures}):
    with pytest.raises(httpx.TimeoutException, match="No response can be found for GET"):
        get(SHOP)

@pytest.mark.parametrize("url", [AUTHORIZE, re.compile(".*/authorize")])
def test_its_stub_for_the_provider_wins(get, url, {fixtures}):
    httpx_mock.add_response(url=url, status_code=502)

    assert get(AUTHORIZE).status_code == 502
    assert get("https://lookloox.com/api/get_user_info").status_code == 200
    assert [call.endpoint for call in lookloox.calls] == ["get_user_info"]

def test_stub_for_any_address_leaves_the_provider_alone(get, {fixtures}):
    httpx_mock.add_response(text="any")

    assert get(AUTHORIZE).json()["error"] is True
    assert get(SHOP).text == "any"

def test_secret_sent_to_a_stub_is_observed(get, {fixtures}):
    httpx_mock.add_response(url=SHOP + "?q=a-secret-of-the-app")

    with pytest.warns(MisdirectedSecretWarning), LookLoox(app_secret="a-secret-of-the-app"):
        get(SHOP + "?q=a-secret-of-the-app")

def test_fault_goes_through(get, {fixtures}):
    lookloox.inject_fault("read_timeout")

    with pytest.raises(httpx.ReadTimeout):
        get(AUTHORIZE)

@pytest.mark.httpx_mock(should_mock=lambda request: request.url.host == "shop.invalid")
def test_what_it_is_told_not_to_mock(get, {fixtures}):
    httpx_mock.add_response(url=SHOP, text="shop")

    assert get(SHOP).text == "shop"
    assert get(AUTHORIZE).json()["error"] is True
    with pytest.raises(httpx.ConnectError, match="was refused"):
        get("https://other-shop.invalid/")
"""


@pytest.mark.parametrize("fixtures", ORDERS)
def test_both_answer_in_one_test(run: Run, fixtures: str) -> None:
    result = run(SUITE.format(fixtures=fixtures), "-Werror", plugins=["pytest_httpx"])

    result.assert_outcomes(passed=16)
