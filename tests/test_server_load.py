"""Many clients at once: each auth_key is spent exactly once, whoever comes first."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

import pytest

from pytest_lookloox import LookLoox, build_user_info

# These ask in every wrong way, on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")

THREADS = 16
REQUESTS = 10_000


def authorizing(provider: LookLoox) -> Callable[[str], bool]:
    """A function that spends an auth_key: whether it got a token for it."""
    server = urlsplit(provider.base_url)
    app = {"app_id": provider.app.app_id, "app_secret": provider.app.app_secret}

    def authorize(auth_key: str) -> bool:
        # A socket, not a library: half of the time would be the client's.
        query = urlencode({**app, "auth_key": auth_key})
        answer = b""
        with socket.create_connection((server.hostname, server.port), 60) as connection:
            connection.sendall(f"GET /api/authorize?{query} HTTP/1.1\r\n\r\n".encode())
            while not answer.endswith(b"}"):
                answer += connection.recv(4096)
        return b'"access_token"' in answer

    return authorize


def test_10_000_requests_of_16_threads_spend_10_000_keys(lookloox_server: LookLoox) -> None:
    users = [build_user_info(user_id=str(number)) for number in range(REQUESTS)]
    keys = [lookloox_server.issue_auth_key(user) for user in users]

    with ThreadPoolExecutor(THREADS) as pool:
        assert all(pool.map(authorizing(lookloox_server), keys))

    assert len(lookloox_server.calls) == REQUESTS
    assert {call.params["auth_key"] for call in lookloox_server.calls} == set(keys)
    tokens = {call.body["access_token"] for call in lookloox_server.calls}
    assert len(tokens) == REQUESTS


def test_of_16_threads_with_the_same_key_one_gets_a_token(lookloox_server: LookLoox) -> None:
    authorize = authorizing(lookloox_server)
    together = threading.Barrier(THREADS)

    def race(auth_key: str) -> bool:
        together.wait(60)
        return authorize(auth_key)

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(20):
            auth_key = lookloox_server.issue_auth_key()
            assert sum(pool.map(race, [auth_key] * THREADS)) == 1
