"""freezegun, which replaces `datetime` itself, and time-machine, which moves the clock below it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from typing import Any, NamedTuple

import pytest
import time_machine
from freezegun import freeze_time

from pytest_lookloox import LookLoox
from tests.client import get_user_info, log_in

HOUR = 3600


class Clock(NamedTuple):
    """How one of the two stops the time, and how it moves what it has stopped."""

    stopped_at: Callable[[str], AbstractContextManager[Any]]
    move: Callable[[Any, float], object]


CLOCKS = {
    "freezegun": Clock(freeze_time, lambda stopped, seconds: stopped.tick(seconds)),
    "time-machine": Clock(
        partial(time_machine.travel, tick=False), lambda stopped, seconds: stopped.shift(seconds)
    ),
}


def is_expired(provider: LookLoox, token: str) -> bool:
    answer = get_user_info(provider, token).json()
    return bool(answer.get("message") == "Bad Request, expired access_token")


@pytest.mark.parametrize("clock", CLOCKS.values(), ids=CLOCKS)
@pytest.mark.parametrize("stopped_first", [True, False])
@pytest.mark.parametrize("advance", [0, HOUR // 2])
def test_token_ages_to_the_second(clock: Clock, stopped_first: bool, advance: int) -> None:
    provider = LookLoox()
    with ExitStack() as stack:
        if not stopped_first:
            stack.enter_context(provider)
        stopped = stack.enter_context(clock.stopped_at("2030-01-01T00:00:00Z"))
        if stopped_first:
            stack.enter_context(provider)

        assert log_in(provider, retries=1) == provider.user
        token = provider.issue_access_token()
        provider.advance(seconds=advance)
        clock.move(stopped, HOUR - advance)
        assert not is_expired(provider, token)

        clock.move(stopped, 1)
        assert is_expired(provider, token)


@pytest.mark.lookloox_expired_token
@freeze_time("2030-01-01")
def test_decorator_and_marker(lookloox: LookLoox) -> None:
    assert is_expired(lookloox, lookloox.issue_access_token())
