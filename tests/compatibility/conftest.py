"""No test of this folder leaves this machine."""

from __future__ import annotations

import ipaddress
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

_EVENTS = {
    "socket.connect": lambda arguments: arguments[1],
    "socket.sendto": lambda arguments: arguments[1],
    "socket.getaddrinfo": lambda arguments: arguments,
    "socket.gethostbyname": lambda arguments: arguments,
}
_attempts: list[str] = []
_is_guarded = threading.Event()


def _is_local(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    address = _EVENTS[event](arguments) if event in _EVENTS and _is_guarded.is_set() else None
    # A text is the path of a Unix socket.
    if isinstance(address, tuple) and not _is_local(address[0]):
        _attempts.append(f"{event} {address[0]}")
        raise ConnectionAbortedError(f"the guard stopped {_attempts[-1]}")


# It sees each attempt, whichever tool has patched `socket`, and stays for the life of the process.
sys.addaudithook(_watch)


@contextmanager
def guarded() -> Iterator[list[str]]:
    """Stop and list every attempt to reach another machine."""
    _attempts.clear()
    _is_guarded.set()
    try:
        yield _attempts
    finally:
        _is_guarded.clear()


@pytest.fixture(autouse=True)
def nothing_leaves_this_machine() -> Iterator[None]:
    with guarded() as attempts:
        yield
    assert attempts == []
