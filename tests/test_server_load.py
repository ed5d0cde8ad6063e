"""Many clients at once: each auth_key is spent exactly once, whoever comes first."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from pytest_lookloox import LookLoox, build_user_info
from pytest_lookloox.exchange import Request

# These ask in every wrong way, on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")

THREADS = 16
REQUESTS = 10_000


def authorizing(provider: LookLoox) -> Callable[[str], dict[str, Any]]:
    """A function that spends an auth_key: what the provider answers."""
    server = urlsplit(provider.base_url)
    app = {"app_id": provider.app.app_id, "app_secret": provider.app.app_secret}

    def authorize(auth_key: str) -> dict[str, Any]:
        # A socket, not a library: half of the time would be the client's.
        query = urlencode({**app, "auth_key": auth_key})
        with socket.create_connection((server.hostname, server.port), 60) as connection:
            connection.sendall(f"GET /api/authorize?{query} HTTP/1.1\r\n\r\n".encode())
            connection.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
        data: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
        return data

    return authorize


def test_10_000_requests_of_16_threads_spend_10_000_keys(lookloox_server: LookLoox) -> None:
    users = [build_user_info(user_id=str(number)) for number in range(REQUESTS)]
    keys = [lookloox_server.issue_auth_key(user) for user in users]

    with ThreadPoolExecutor(THREADS) as pool:
        answers = [*pool.map(authorizing(lookloox_server), keys)]

    assert len({answer["access_token"] for answer in answers}) == REQUESTS
    assert len(lookloox_server.calls) == REQUESTS
    assert {call.params["auth_key"] for call in lookloox_server.calls} == set(keys)


def test_of_16_threads_with_the_same_key_one_gets_a_token(lookloox_server: LookLoox) -> None:
    authorize = authorizing(lookloox_server)
    together = threading.Barrier(THREADS)

    def race(auth_key: str) -> str:
        together.wait(60)
        return ", ".join(authorize(auth_key))

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(20):
            auth_key = lookloox_server.issue_auth_key()
            outcomes = sorted(pool.map(race, [auth_key] * THREADS))
            assert outcomes == ["access_token", *["error, message"] * (THREADS - 1)]


def test_provider_itself_lets_no_two_threads_in_at_once(
    threads_that_take_turns_often: None,
) -> None:
    provider = LookLoox()
    app = {"app_id": provider.app.app_id, "app_secret": provider.app.app_secret}
    together = threading.Barrier(THREADS)

    def race(auth_key: str) -> str:
        request = Request("GET", "/api/authorize", urlencode({**app, "auth_key": auth_key}))
        together.wait(60)
        return ", ".join(provider.handle(request).data)

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(1500):
            auth_key = provider.issue_auth_key()
            outcomes = sorted(pool.map(race, [auth_key] * THREADS))
            assert outcomes == ["access_token", *["error, message"] * (THREADS - 1)]


@pytest.fixture
def threads_that_take_turns_often() -> Iterator[None]:
    """So that one is interrupted in the middle of things, as on a busy machine."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)
