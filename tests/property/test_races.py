"""Many threads at one provider: what may happen once happens once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import TypeVar
from urllib.parse import urlencode

from pytest_lookloox import LookLoox
from pytest_lookloox.provider.http import Request, Response

THREADS = 16
ROUNDS = 20

Result = TypeVar("Result")


class SlowToCompare(str):
    """An app_id that keeps the provider busy in the middle of a login, so that threads meet there.

    Plain ones are compared so fast that a missing lock would show once in many hundred rounds;
    with this one it shows in most.
    """

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        for _ in range(20_000):
            pass
        return str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other


def at_once(work: Callable[[], Result]) -> list[Result]:
    """Return what each of many threads gets that begin at the same moment, and take many turns."""
    interval = sys.getswitchinterval()
    # Not earlier: while threads start, they set trace functions for coverage, which fails if
    # another one does so in between.
    start = Barrier(THREADS, action=lambda: sys.setswitchinterval(1e-6))

    def run(_: int) -> Result:
        start.wait(timeout=60)
        return work()

    try:
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(run, range(THREADS)))
    finally:
        sys.setswitchinterval(interval)


def authorize(provider: LookLoox, auth_key: str) -> Response:
    app = provider.app
    login = {"app_id": app.app_id, "app_secret": app.app_secret, "auth_key": auth_key}
    return provider._simulation.handle(Request("GET", "/api/authorize", urlencode(login)))


def winners(answers: list[Response]) -> int:
    return sum("access_token" in answer.data for answer in answers)


def test_one_auth_key_has_one_winner() -> None:
    provider = LookLoox(app_id=SlowToCompare("slow-app"))

    for _ in range(ROUNDS):
        assert winners(at_once(partial(authorize, provider, provider.issue_auth_key()))) == 1

    assert len(provider.calls) == THREADS * ROUNDS


def test_threads_get_the_same_token() -> None:
    provider = LookLoox()

    for _ in range(ROUNDS):
        assert set(at_once(provider.issue_access_token)) == {provider.issue_access_token()}
        provider.advance(hours=2)


def test_of_keys_made_at_once_one_stays_valid() -> None:
    provider = LookLoox()

    for _ in range(ROUNDS):
        keys = at_once(provider.issue_auth_key)
        assert winners([authorize(provider, key) for key in keys]) == 1


def test_fault_is_counted_once_for_each_attempt() -> None:
    provider = LookLoox()
    provider.inject_fault("http_500", times=THREADS // 2)
    request = Request("GET", "/api/get_user_info", "access_token=x")

    statuses = [answer.status for answer in at_once(lambda: provider._simulation.handle(request))]

    assert statuses.count(500) == THREADS // 2
