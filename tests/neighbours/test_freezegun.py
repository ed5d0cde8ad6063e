"""freezegun, which replaces `datetime` itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from freezegun import freeze_time

from pytest_lookloox import LookLoox
from tests.neighbours.client import get, logs_in

HOUR = 3600
Order = Callable[[LookLoox], AbstractContextManager[Any]]


def frozen() -> Any:
    return freeze_time("2030-01-01")


@contextmanager
def frozen_before(provider: LookLoox) -> Iterator[Any]:
    with frozen() as moved, provider:
        yield moved


@contextmanager
def frozen_inside(provider: LookLoox) -> Iterator[Any]:
    with provider, frozen() as moved:
        yield moved


every_order = pytest.mark.parametrize("order", [frozen_before, frozen_inside])


def answer_to(provider: LookLoox, access_token: str) -> Any:
    url = f"{provider.base_url}/api/get_user_info"
    return get(url, params={"access_token": access_token}).json()


@every_order
def test_login_in_frozen_time(order: Order) -> None:
    provider = LookLoox()
    with order(provider):
        assert logs_in(provider)


@every_order
def test_it_ages_tokens_to_the_second(order: Order) -> None:
    provider = LookLoox()
    with order(provider) as moved:
        token = provider.issue_access_token()
        moved.tick(HOUR)
        assert answer_to(provider, token) == {"user_info": provider.user}

        moved.tick(1)
        assert answer_to(provider, token)["message"] == "Bad Request, expired access_token"


@every_order
def test_it_adds_to_the_providers_own_clock(order: Order) -> None:
    provider = LookLoox()
    with order(provider) as moved:
        token = provider.issue_access_token()
        provider.advance(minutes=30)
        moved.tick(HOUR / 2 + 1)

        assert answer_to(provider, token)["message"] == "Bad Request, expired access_token"


def test_a_token_of_frozen_time_used_in_the_present() -> None:
    with LookLoox() as provider:
        with freeze_time("2001-01-01"):
            token = provider.issue_access_token()

        assert answer_to(provider, token)["message"] == "Bad Request, expired access_token"


@pytest.mark.lookloox_expired_token
@freeze_time("2030-01-01")
def test_decorator_and_marker(lookloox: LookLoox) -> None:
    token = lookloox.issue_access_token()

    assert answer_to(lookloox, token)["message"] == "Bad Request, expired access_token"
