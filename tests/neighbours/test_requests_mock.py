"""requests-mock, which takes the adapter away from every session of `requests`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from unittest import mock

import pytest
import requests
import requests_mock
from requests import Session

from pytest_lookloox import LookLoox
from tests.neighbours.client import SHOP, get, log_in, logs_in
from tests.neighbours.conftest import Run

AUTHORIZE = "https://lookloox.com/api/authorize"

Order = Callable[[LookLoox], AbstractContextManager[requests_mock.Mocker]]


@contextmanager
def opened_before(provider: LookLoox) -> Iterator[requests_mock.Mocker]:
    with requests_mock.Mocker() as mocker, provider:
        yield mocker


@contextmanager
def opened_inside(provider: LookLoox) -> Iterator[requests_mock.Mocker]:
    with provider, requests_mock.Mocker() as mocker:
        yield mocker


@contextmanager
def with_another_opened_before(provider: LookLoox) -> Iterator[requests_mock.Mocker]:
    with requests_mock.Mocker(real_http=True), provider, requests_mock.Mocker() as mocker:
        yield mocker


@contextmanager
def with_real_http(provider: LookLoox) -> Iterator[requests_mock.Mocker]:
    with provider, requests_mock.Mocker(real_http=True) as mocker:
        yield mocker


every_order = pytest.mark.parametrize(
    "order", [opened_before, opened_inside, with_another_opened_before, with_real_http]
)


@every_order
def test_both_answer_in_one_test(order: Order) -> None:
    provider = LookLoox()
    with order(provider) as mocker:
        mocker.get(SHOP, text="shop")

        assert get(SHOP).text == "shop"
        assert logs_in(provider)
        assert get(SHOP).text == "shop"


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        (opened_before, "No mock address: GET https://shop.invalid/orders"),
        (opened_inside, "No mock address: GET https://shop.invalid/orders"),
        (with_another_opened_before, "No mock address: GET https://shop.invalid/orders"),
        (with_real_http, "GET https://shop.invalid/orders was refused"),
    ],
)
def test_what_neither_knows_is_refused(order: Order, refusal: str) -> None:
    with (
        order(LookLoox()),
        pytest.raises((requests_mock.NoMockAddress, requests.ConnectionError), match=refusal),
    ):
        get(SHOP)


@every_order
def test_its_stub_for_the_provider_wins(order: Order) -> None:
    provider = LookLoox()
    with order(provider) as mocker:
        mocker.get(AUTHORIZE, status_code=502)

        assert get(AUTHORIZE).status_code == 502

    assert provider.calls == []


@every_order
@pytest.mark.parametrize("error", [requests.ConnectTimeout, requests.ConnectionError])
def test_its_simulated_failure_is_not_mended(
    order: Order, error: type[requests.RequestException]
) -> None:
    provider = LookLoox()
    with order(provider) as mocker:
        mocker.get(AUTHORIZE, exc=error)

        with pytest.raises(error):
            get(AUTHORIZE)

    assert provider.calls == []


def test_one_session_alone() -> None:
    session = Session()
    with LookLoox() as provider, requests_mock.Mocker(session=session) as mocker:
        mocker.get(SHOP, text="shop")

        for _ in range(2):
            assert session.get(SHOP, timeout=5).text == "shop"
            assert session.get(AUTHORIZE, timeout=5).json()["error"] is True
        assert logs_in(provider)


def test_one_session_mocked_twice() -> None:
    session = Session()
    for _ in range(2):
        with LookLoox(), requests_mock.Mocker(session=session):
            assert session.get(AUTHORIZE, timeout=5).json()["error"] is True


def test_a_session_used_before_and_after() -> None:
    session = Session()
    with requests_mock.Mocker() as mocker:
        mocker.get(SHOP, text="before")
        assert session.get(SHOP, timeout=5).text == "before"
    with LookLoox(), requests_mock.Mocker():
        assert session.get(AUTHORIZE, timeout=5).ok
    with requests_mock.Mocker() as mocker:
        mocker.get(SHOP, text="after")
        assert session.get(SHOP, timeout=5).text == "after"


def test_a_provider_closed_before_its_neighbour_is_gone() -> None:
    with requests_mock.Mocker():
        with LookLoox() as provider:
            assert logs_in(provider)

        with pytest.raises(requests_mock.NoMockAddress):
            log_in(provider)


def test_a_neighbour_that_outlives_the_provider_is_alone() -> None:
    provider = LookLoox()
    mocker = requests_mock.Mocker()
    provider.start()
    mocker.start()
    provider.stop()

    with pytest.raises(requests_mock.NoMockAddress):
        log_in(provider)

    mocker.stop()


def test_a_patch_of_a_sessions_adapter_can_be_undone() -> None:
    session = Session()
    with LookLoox():
        with (
            mock.patch.object(session, "get_adapter", return_value=requests_mock.Adapter()),
            pytest.raises(requests_mock.NoMockAddress),
        ):
            session.get(SHOP, timeout=5)

        assert session.get(AUTHORIZE, timeout=5).ok


def test_nothing_is_left() -> None:
    before = dict(vars(Session))
    with requests_mock.Mocker(), LookLoox(), requests_mock.Mocker():
        pass

    assert dict(vars(Session)) == before


@pytest.mark.parametrize("fixtures", ["lookloox, requests_mock", "requests_mock, lookloox"])
def test_its_fixture(run: Run, fixtures: str) -> None:
    run(
        f"""
from client import SHOP, get, logs_in

def test_it({fixtures}):
    requests_mock.get(SHOP, text="shop")

    assert logs_in(lookloox)
    assert get(SHOP).text == "shop"
""",
        plugins=("requests_mock",),
    ).assert_outcomes(passed=1)
