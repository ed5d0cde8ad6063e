"""The guard of this folder sees what it is there for."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable

import requests

from tests.compatibility.conftest import guarded

NOWHERE = "192.0.2.1"  # an address that no machine has (RFC 5737)


def test_attempts_are_noticed_though_a_test_swallows_them() -> None:
    with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagram:
        attempts_to_make: list[Callable[[], object]] = [
            lambda: stream.connect_ex((NOWHERE, 443)),
            lambda: datagram.sendto(b"x", (NOWHERE, 53)),
            lambda: socket.getaddrinfo("shop.invalid", 443),
            lambda: socket.gethostbyname("shop.invalid"),
            lambda: requests.get("https://shop.invalid/", timeout=1),
        ]
        for attempt in attempts_to_make:
            with guarded() as attempts, contextlib.suppress(OSError):
                attempt()
            assert len(attempts) == 1
            attempts.clear()


def test_this_machine_may_be_reached() -> None:
    with socket.create_server(("localhost", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()
