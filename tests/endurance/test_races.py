"""Many threads at one provider: what may happen once happens once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from urllib.parse import urlencode

from pytest_lookloox import LookLoox
from pytest_lookloox.exchange import Request

THREADS = 64
ROUNDS = 1000


def test_one_auth_key_has_one_winner() -> None:
    provider = LookLoox()
    auth_keys: list[str] = []
    start = Barrier(THREADS, action=lambda: auth_keys.append(provider.issue_auth_key()))

    def race(_: int) -> list[Any]:
        return [authorize(provider, start, auth_keys, number) for number in range(ROUNDS)]

    with ThreadPoolExecutor(THREADS) as pool:
        answers_of_threads = list(pool.map(race, range(THREADS)))

    winners = [
        sum("access_token" in one for one in answers)
        for answers in zip(*answers_of_threads, strict=True)
    ]
    assert winners == [1] * ROUNDS
    assert len(provider.calls) == THREADS * ROUNDS


def authorize(provider: LookLoox, start: Barrier, auth_keys: list[str], number: int) -> Any:
    start.wait(timeout=60)
    login = {
        "app_id": provider.app.app_id,
        "app_secret": provider.app.app_secret,
        "auth_key": auth_keys[number],
    }
    return json.loads(provider.handle(Request("GET", "/api/authorize", urlencode(login))).body)
