"""requests-mock, which takes the adapter away from every session of `requests`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
import requests
from requests import Session
from requests_mock import Adapter, Mocker, NoMockAddress

from pytest_lookloox import LookLoox
from tests.client import TIMEOUT, ask, log_in

SHOP = "https://shop.invalid/orders"
AUTHORIZE = "https://lookloox.com/api/authorize"


def get(url: str, session: Session | None = None) -> requests.Response:
    return (session or requests.Session()).get(url, timeout=TIMEOUT)


@pytest.fixture(autouse=True)
def _no_trace_is_left() -> Iterator[None]:
    before = dict(vars(Session)), dict(vars(Adapter))
    yield
    assert (dict(vars(Session)), dict(vars(Adapter))) == before


@pytest.fixture
def provider() -> LookLoox:
    """A provider that a test opens before or after its own mocks."""
    return LookLoox()


@pytest.fixture(params=["before", "after", "with real_http"])
def mocker(request: pytest.FixtureRequest, provider: LookLoox) -> Iterator[Mocker]:
    """A mocker of the test's, open beside the provider."""
    mocker = Mocker(real_http=request.param == "with real_http")
    opened: list[AbstractContextManager[Any]] = [provider, mocker]
    if request.param == "before":
        opened.reverse()
    with opened[0], opened[1]:
        yield mocker


class TestEveryMocker:
    def test_both_answer(self, provider: LookLoox, mocker: Mocker) -> None:
        mocker.get(SHOP, text="shop")

        assert get(SHOP).text == "shop"
        assert log_in(provider) == provider.user
        assert get(SHOP).text == "shop"

    def test_the_rest_is_refused(self, mocker: Mocker) -> None:
        refusal = "was refused" if mocker.real_http else f"No mock address: GET {SHOP}"
        with pytest.raises((NoMockAddress, requests.ConnectionError), match=refusal):
            get(SHOP)

    def test_its_stub_for_the_provider_wins(self, provider: LookLoox, mocker: Mocker) -> None:
        mocker.get(AUTHORIZE, [{"status_code": 502}, {"exc": requests.ConnectTimeout}])

        assert get(AUTHORIZE).status_code == 502
        with pytest.raises(requests.ConnectTimeout):
            get(AUTHORIZE)
        assert provider.calls == []

    def test_fault_goes_through(self, provider: LookLoox, mocker: Mocker) -> None:
        provider.inject_fault("read_timeout")

        with pytest.raises(requests.ReadTimeout):
            get(AUTHORIZE)


def test_one_session_alone(provider: LookLoox) -> None:
    session = Session()
    with provider, Mocker(session=session) as mocker:
        mocker.get(SHOP, text="shop")

        assert get(SHOP, session).text == "shop"
        assert get(AUTHORIZE, session).json()["error"] is True
        assert log_in(provider) == provider.user


def test_adapter_that_a_session_has_mounted(provider: LookLoox) -> None:
    session, adapter = Session(), Adapter()
    session.mount("https://", adapter)
    adapter.register_uri("GET", SHOP, text="shop")
    with provider:
        assert get(SHOP, session).text == "shop"
        assert get(AUTHORIZE, session).ok

    with pytest.raises(NoMockAddress):
        get(AUTHORIZE, session)


def test_provider_that_is_closed_is_gone(provider: LookLoox) -> None:
    with Mocker():
        with provider:
            ask(provider, "authorize", {})
        with pytest.raises(NoMockAddress):
            ask(provider, "authorize", {})
