"""requests-mock and respx, which stub requests and httpx: opened before or after the provider."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import httpx
import pytest
import requests
import respx
from requests_mock import Adapter, Mocker, NoMockAddress

from pytest_lookloox import LookLoox
from tests.client import TIMEOUT, ask, log_in
from tests.compatibility.conftest import send_async

SHOP = "https://shop.invalid/orders"
AUTHORIZE = "https://lookloox.com/api/authorize"

new_router = partial(respx.mock, assert_all_called=False)


def stub_requests(mocker: Mocker, url: str, status: int) -> Any:
    return mocker.get(url, status_code=status)


def stub_httpx(router: respx.MockRouter, url: str, status: int) -> Any:
    return router.get(url).respond(status)


class Tool(NamedTuple):
    """How a tool is opened and stubs a URL; the client it is for; how the rest is refused."""

    open: Callable[[], Any]
    stub: Callable[[Any, str, int], Any]
    get: Callable[[str], Any]
    refusal: str = "was refused"


get = partial(requests.get, timeout=TIMEOUT)
REQUESTS_MOCK = {
    "requests-mock": Tool(Mocker, stub_requests, get, "No mock address: GET https://other-shop"),
    "requests-mock with real_http": Tool(partial(Mocker, real_http=True), stub_requests, get),
}
RESPX = {
    "respx": Tool(new_router, stub_httpx, httpx.get),
    "respx, asynchronous": Tool(new_router, stub_httpx, partial(send_async, "GET")),
}
TOOLS = REQUESTS_MOCK | RESPX
every_tool = pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)


@pytest.fixture(params=["before", "after"])
def mock(request: pytest.FixtureRequest, provider: LookLoox, tool: Tool) -> Iterator[Any]:
    """A mock of the test's, open beside the provider."""
    mock = tool.open()
    opened = (mock, provider) if request.param == "before" else (provider, mock)
    with opened[0], opened[1]:
        yield mock


@every_tool
def test_both_answer_and_the_rest_is_refused(provider: LookLoox, tool: Tool, mock: Any) -> None:
    route = tool.stub(mock, SHOP, 203)

    assert tool.get(SHOP).status_code == 203
    assert tool.get(AUTHORIZE).json()["error"] is True
    assert tool.get(SHOP).status_code == 203
    assert len(provider.calls) == 1
    assert route.call_count == 2
    refused = (NoMockAddress, requests.ConnectionError, httpx.ConnectError)
    with pytest.raises(refused, match=tool.refusal):
        tool.get("https://other-shop.invalid/")


@every_tool
def test_its_stub_for_the_provider_wins(provider: LookLoox, tool: Tool, mock: Any) -> None:
    tool.stub(mock, AUTHORIZE, 502)

    assert tool.get(AUTHORIZE).status_code == 502
    assert tool.get("https://lookloox.com/api/get_user_info").status_code == 200
    assert [call.endpoint for call in provider.calls] == ["get_user_info"]


@every_tool
def test_fault_goes_through(provider: LookLoox, tool: Tool, mock: Any) -> None:
    provider.inject_fault("read_timeout")

    with pytest.raises((requests.ReadTimeout, httpx.ReadTimeout)):
        tool.get(AUTHORIZE)


@pytest.mark.parametrize("tool", REQUESTS_MOCK.values(), ids=REQUESTS_MOCK)
def test_stub_that_raises(tool: Tool, mock: Mocker) -> None:
    mock.get(AUTHORIZE, exc=requests.ConnectTimeout)

    with pytest.raises(requests.ConnectTimeout):
        tool.get(AUTHORIZE)


def test_one_session_alone(provider: LookLoox) -> None:
    session = requests.Session()
    with provider, Mocker(session=session) as mocker:
        mocker.get(SHOP, text="shop")

        assert session.get(SHOP, timeout=TIMEOUT).text == "shop"
        assert session.get(AUTHORIZE, timeout=TIMEOUT).json()["error"] is True
        assert log_in(provider) == provider.user


def test_adapter_that_a_session_has_mounted(provider: LookLoox) -> None:
    session, adapter = requests.Session(), Adapter()
    session.mount("https://", adapter)
    adapter.register_uri("GET", SHOP, text="shop")
    with provider:
        assert session.get(SHOP, timeout=TIMEOUT).text == "shop"
        assert session.get(AUTHORIZE, timeout=TIMEOUT).ok

    with pytest.raises(NoMockAddress):
        session.get(AUTHORIZE, timeout=TIMEOUT)


def test_provider_that_is_closed_is_gone(provider: LookLoox) -> None:
    with Mocker():
        with provider:
            assert log_in(provider) == provider.user
        with pytest.raises(NoMockAddress):
            ask(provider, "authorize", {})


@pytest.mark.parametrize("tool", RESPX.values(), ids=RESPX)
def test_route_that_passes_through_reaches_the_host(
    tool: Tool, mock: respx.MockRouter, real_server: str
) -> None:
    mock.route(host="127.0.0.1").pass_through()

    assert tool.get(AUTHORIZE).json()["error"] is True
    assert len(mock.calls) == 0
    assert tool.get(real_server).text == "real "


@pytest.mark.parametrize("tool", RESPX.values(), ids=RESPX)
def test_router_in_place_of_transports_passes_through(tool: Tool, provider: LookLoox) -> None:
    with provider, respx.mock(using="httpx") as mock:
        mock.route(host="lookloox.com").pass_through()

        assert tool.get(AUTHORIZE).json()["error"] is True


@pytest.mark.parametrize("first", ["mock", "provider"])
@pytest.mark.parametrize("stopped_first", ["mock", "provider"])
def test_router_and_provider_may_be_stopped_in_any_order(
    provider: LookLoox, real_server: str, first: str, stopped_first: str
) -> None:
    mock = new_router()
    for opened in (mock, provider) if first == "mock" else (provider, mock):
        opened.start()

    if stopped_first == "mock":
        mock.stop()
        assert httpx.get(AUTHORIZE).is_success
        provider.stop()
    else:
        provider.stop()
        mock.get(AUTHORIZE).respond(text="mock")
        assert httpx.get(AUTHORIZE).text == "mock"
        mock.stop()
    assert httpx.get(real_server).text == "real "
