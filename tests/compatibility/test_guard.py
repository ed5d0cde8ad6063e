"""The guard of this folder sees what it is there for."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable

import requests

from tests.compatibility.conftest import guarded

NOWHERE = "192.0.2.1"  # an address that no machine has (RFC 5737)


def test_attempts_are_noticed_though_a_test_swallows_them() -> None:
    attempts_to_make: list[Callable[[], object]] = [
        lambda: socket.create_connection((NOWHERE, 443)),
        lambda: datagram.sendto(b"x", (NOWHERE, 53)),
        lambda: socket.gethostbyname("shop.invalid"),
        lambda: requests.get("https://shop.invalid/", timeout=1),
    ]
    with socket.socket(type=socket.SOCK_DGRAM) as datagram:
        for attempt in attempts_to_make:
            with guarded() as attempts, contextlib.suppress(OSError):
                attempt()
            assert len(attempts) == 1
            attempts.clear()
