"""pytest-httpx, pytest-responses and pytest-recording, which answer beside the provider."""

from __future__ import annotations

import pytest
import pytest_httpx  # noqa: F401 - pytester forgets what is first imported inside it
import yaml  # noqa: F401 - the same
from requests.adapters import HTTPAdapter

from tests.conftest import Run

# Where `monkeypatch` is named first, pytest-httpx is undone after the provider is closed.
ORDERS = ["lookloox, httpx_mock", "httpx_mock, lookloox", "monkeypatch, lookloox, httpx_mock"]
PYTEST_HTTPX = """
import re

import httpx
import pytest
from pytest_lookloox import LookLoox, MisdirectedSecretWarning
from tests.compatibility.conftest import send

SHOP = "https://shop.invalid/orders"
AUTHORIZE = "https://lookloox.com/api/authorize"

def test_both_answer(send, {fixtures}):
    httpx_mock.add_response(url=SHOP, text="shop")
    httpx_mock.add_response(url=SHOP, text="shop again")

    assert send("GET", SHOP).text == "shop"
    assert send("GET", AUTHORIZE).json()["error"] is True
    assert send("GET", SHOP).text == "shop again"
    assert len(lookloox.calls) == 1
    assert len(httpx_mock.get_requests()) == 2

@pytest.mark.httpx_mock(assert_all_requests_were_expected=False)
def test_the_rest_is_refused(send, {fixtures}):
    with pytest.raises(httpx.TimeoutException, match="No response can be found for GET"):
        send("GET", SHOP)

@pytest.mark.parametrize("url", [AUTHORIZE, re.compile(".*/authorize")])
def test_its_stub_for_the_provider_wins(send, url, {fixtures}):
    httpx_mock.add_response(url=url, status_code=502)

    assert send("GET", AUTHORIZE).status_code == 502
    assert send("GET", "https://lookloox.com/api/get_user_info").status_code == 200
    assert [call.endpoint for call in lookloox.calls] == ["get_user_info"]

def test_stub_for_any_address_leaves_the_provider_alone(send, {fixtures}):
    httpx_mock.add_response(text="any")

    assert send("GET", AUTHORIZE).json()["error"] is True
    assert send("GET", SHOP).text == "any"

def test_secret_sent_to_a_stub_is_observed(send, {fixtures}):
    httpx_mock.add_response(url=SHOP + "?q=a-secret-of-the-app")

    with pytest.warns(MisdirectedSecretWarning), LookLoox(app_secret="a-secret-of-the-app"):
        send("GET", SHOP + "?q=a-secret-of-the-app")

def test_fault_goes_through(send, {fixtures}):
    lookloox.inject_fault("read_timeout")

    with pytest.raises(httpx.ReadTimeout):
        send("GET", AUTHORIZE)

@pytest.mark.httpx_mock(should_mock=lambda request: request.url.host == "shop.invalid")
def test_what_it_is_told_not_to_mock(send, {fixtures}):
    httpx_mock.add_response(url=SHOP, text="shop")

    assert send("GET", SHOP).text == "shop"
    assert send("GET", AUTHORIZE).json()["error"] is True
    with pytest.raises(httpx.ConnectError, match="was refused"):
        send("GET", "https://other-shop.invalid/")
"""
PYTEST_RESPONSES = """
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
CASSETTE = """
version: 1
interactions:
- request:
    method: GET
    uri: https://shop.invalid/orders
    body: null
    headers: {}
  response:
    status: {code: 200, message: OK}
    headers: {}
    body: {string: recorded}
"""
RECORDING = """
import pytest
import requests
from tests.client import log_in

def get_orders():
    return requests.get("https://shop.invalid/orders", timeout=5)

@pytest.mark.vcr("shop.yaml")
@pytest.mark.lookloox(allowed_hosts=["shop.invalid"])
@pytest.mark.block_network
def test_both_answer(vcr, lookloox):
    assert get_orders().text == "recorded"
    assert log_in(lookloox) == lookloox.user

@pytest.mark.vcr("shop.yaml")
def test_recorded_host_that_is_not_allowed_is_refused(lookloox):
    with pytest.raises(requests.ConnectionError, match="allowed_hosts="):
        get_orders()
"""
PROVIDER_ALONE = """
import pytest
from tests.client import log_in

@pytest.mark.vcr
def test_it(lookloox):
    lookloox.inject_fault("http_503@authorize", times=1)
    assert log_in(lookloox, retries=1) == lookloox.user
"""


@pytest.mark.parametrize(
    ("suite", "plugin", "argument", "passed"),
    [
        *((PYTEST_HTTPX.format(fixtures=order), "pytest_httpx", "-q", 16) for order in ORDERS),
        (PYTEST_RESPONSES, "pytest-responses", "--randomly-seed=1", 7),
        (PYTEST_RESPONSES, "pytest-responses", "--randomly-seed=2", 7),
        (RECORDING, "recording", "--record-mode=none", 2),
    ],
    ids=[*ORDERS, "pytest-responses", "in another order", "pytest-recording"],
)
def test_both_answer_in_one_test(
    run: Run,
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    suite: str,
    plugin: str,
    argument: str,
    passed: int,
) -> None:
    # pytest-responses leaves this in place, with or without us.
    monkeypatch.setattr(HTTPAdapter, "send", HTTPAdapter.send)
    folder = pytester.mkdir("cassettes") / "test_it"
    folder.mkdir()
    (folder / "shop.yaml").write_text(CASSETTE, encoding="utf-8")

    result = run(suite, "-Werror", argument, plugins=[plugin])

    result.assert_outcomes(passed=passed)


# In a process of its own, our modules are loaded while VCR.py has its classes in place.
@pytest.mark.parametrize(("mode", "subprocess"), [("once", True), ("all", False)])
def test_provider_is_never_recorded(
    run: Run, pytester: pytest.Pytester, mode: str, subprocess: bool
) -> None:
    options = ["-Werror", f"--record-mode={mode}"]
    result = run(PROVIDER_ALONE, *options, plugins=["recording"], subprocess=subprocess)

    result.assert_outcomes(passed=1)
    assert list(pytester.path.rglob("*.yaml")) == []
