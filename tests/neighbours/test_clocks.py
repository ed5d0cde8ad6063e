"""freezegun, which replaces `datetime` itself, and time-machine, which moves the clock below it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple

import pytest
import time_machine
from freezegun import freeze_time

from pytest_lookloox import LookLoox
from tests.neighbours.client import get, logs_in

HOUR = 3600


class Clock(NamedTuple):
    """One of the two: how it stops the time, and how it moves what it has stopped."""

    stopped_at: Callable[[str], Any]
    move: Callable[[Any, float], object]


FREEZEGUN = Clock(freeze_time, lambda stopped, seconds: stopped.tick(seconds))
TIME_MACHINE = Clock(
    lambda moment: time_machine.travel(moment, tick=False),
    lambda stopped, seconds: stopped.shift(seconds),
)
Order = Callable[[LookLoox, Clock], AbstractContextManager[Any]]


@contextmanager
def stopped_before(provider: LookLoox, clock: Clock) -> Iterator[Any]:
    with clock.stopped_at("2030-01-01T00:00:00Z") as stopped, provider:
        yield stopped


@contextmanager
def stopped_inside(provider: LookLoox, clock: Clock) -> Iterator[Any]:
    with provider, clock.stopped_at("2030-01-01T00:00:00Z") as stopped:
        yield stopped


each_clock = pytest.mark.parametrize(
    "clock", [FREEZEGUN, TIME_MACHINE], ids=["freezegun", "time-machine"]
)
every_order = pytest.mark.parametrize("order", [stopped_before, stopped_inside])


def answer_to(provider: LookLoox, access_token: str) -> Any:
    url = f"{provider.base_url}/api/get_user_info"
    return get(url, params={"access_token": access_token}).json()


@each_clock
@every_order
def test_login_while_the_time_stands_still(clock: Clock, order: Order) -> None:
    provider = LookLoox()
    with order(provider, clock):
        assert logs_in(provider)


@each_clock
@every_order
def test_it_ages_tokens_to_the_second(clock: Clock, order: Order) -> None:
    provider = LookLoox()
    with order(provider, clock) as stopped:
        token = provider.issue_access_token()
        clock.move(stopped, HOUR)
        assert answer_to(provider, token) == {"user_info": provider.user}

        clock.move(stopped, 1)
        assert answer_to(provider, token)["message"] == "Bad Request, expired access_token"


@each_clock
@every_order
def test_it_adds_to_the_providers_own_clock(clock: Clock, order: Order) -> None:
    provider = LookLoox()
    with order(provider, clock) as stopped:
        token = provider.issue_access_token()
        provider.advance(minutes=30)
        clock.move(stopped, HOUR / 2 + 1)

        assert answer_to(provider, token)["message"] == "Bad Request, expired access_token"


@each_clock
def test_a_token_of_the_past_used_in_the_present(clock: Clock) -> None:
    with LookLoox() as provider:
        with clock.stopped_at("2001-01-01T00:00:00Z"):
            token = provider.issue_access_token()

        assert answer_to(provider, token)["message"] == "Bad Request, expired access_token"


@pytest.mark.lookloox_expired_token
@freeze_time("2030-01-01")
def test_decorator_of_freezegun_and_marker(lookloox: LookLoox) -> None:
    token = lookloox.issue_access_token()

    assert answer_to(lookloox, token)["message"] == "Bad Request, expired access_token"


@pytest.mark.lookloox_expired_token
@time_machine.travel("2030-01-01T00:00:00Z", tick=False)
def test_decorator_of_time_machine_and_marker(lookloox: LookLoox) -> None:
    token = lookloox.issue_access_token()

    assert answer_to(lookloox, token)["message"] == "Bad Request, expired access_token"
