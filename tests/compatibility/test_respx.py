"""respx, which answers behind the transports of httpx: opened before or after the provider."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
import respx

from pytest_lookloox import LookLoox
from tests.compatibility.conftest import Get

SHOP = "https://shop.invalid/orders"
AUTHORIZE = "https://lookloox.com/api/authorize"


@pytest.fixture
def provider() -> LookLoox:
    """A provider that a test opens before or after its own mocks."""
    return LookLoox()


@pytest.fixture(params=["before", "after"])
def mock(request: pytest.FixtureRequest, provider: LookLoox) -> Iterator[respx.MockRouter]:
    """A mock of the test's, open beside the provider."""
    mock = respx.mock(assert_all_called=False)
    opened: list[AbstractContextManager[Any]] = [provider, mock]
    if request.param == "before":
        opened.reverse()
    with opened[0], opened[1]:
        yield mock


def test_both_answer(get: Get, provider: LookLoox, mock: respx.MockRouter) -> None:
    mock.get(SHOP).respond(text="shop")

    assert get(SHOP).text == "shop"
    assert get(AUTHORIZE).json()["error"] is True
    assert get(SHOP).text == "shop"
    assert len(provider.calls) == 1
    assert len(mock.calls) == 2


def test_the_rest_is_refused(get: Get, mock: respx.MockRouter) -> None:
    mock.get(SHOP)

    with pytest.raises(httpx.ConnectError, match="was refused"):
        get("https://other-shop.invalid/")


def test_its_stub_for_the_provider_wins(
    get: Get, provider: LookLoox, mock: respx.MockRouter
) -> None:
    mock.get(AUTHORIZE).respond(502)

    assert get(AUTHORIZE).status_code == 502
    assert get("https://lookloox.com/api/get_user_info").status_code == 200
    assert [call.endpoint for call in provider.calls] == ["get_user_info"]


def test_fault_goes_through(get: Get, provider: LookLoox, mock: respx.MockRouter) -> None:
    provider.inject_fault("read_timeout")

    with pytest.raises(httpx.ReadTimeout):
        get(AUTHORIZE)


def test_route_that_passes_through_reaches_the_host(
    get: Get, mock: respx.MockRouter, real_server: str
) -> None:
    mock.route(host="127.0.0.1").pass_through()

    assert get(real_server).text == "real "


def test_mock_in_place_of_transports_passes_through(get: Get, provider: LookLoox) -> None:
    with provider, respx.mock(using="httpx") as mock:
        mock.route(host="lookloox.com").pass_through()

        assert get(AUTHORIZE).json()["error"] is True


@pytest.mark.parametrize("first", ["mock", "provider"])
@pytest.mark.parametrize("stopped_first", ["mock", "provider"])
def test_both_may_be_stopped_in_any_order(
    provider: LookLoox, real_server: str, first: str, stopped_first: str
) -> None:
    mock = respx.mock(assert_all_called=False)
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
