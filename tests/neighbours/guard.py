"""Fails every test in which something tries to leave this machine.

It is the conftest of the suites that the tests of this folder run, each in its own process.
An audit hook sees each attempt, whichever tool has patched `socket`, and cannot be taken away.
"""

from __future__ import annotations

import ipaddress
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

_EVENTS = {
    "socket.connect": lambda arguments: arguments[1],
    "socket.sendto": lambda arguments: arguments[1],
    "socket.getaddrinfo": lambda arguments: arguments,
    "socket.gethostbyname": lambda arguments: arguments,
}
_attempts: list[str] = []
_guarded = threading.Event()


def _stays_here(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    address = _EVENTS[event](arguments) if event in _EVENTS and _guarded.is_set() else None
    # A text is the path of a Unix socket.
    if isinstance(address, tuple) and not _stays_here(address[0]):
        _attempts.append(f"{event} {address[0]}")
        raise ConnectionAbortedError(f"the guard stopped {_attempts[-1]}")


sys.addaudithook(_watch)


@pytest.fixture(autouse=True)
def nothing_leaves_this_machine() -> Iterator[None]:
    _attempts.clear()
    _guarded.set()
    yield
    _guarded.clear()
    assert _attempts == []
