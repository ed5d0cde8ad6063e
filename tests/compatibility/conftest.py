"""No test of this folder leaves this machine, or anything of the stubs behind."""

from __future__ import annotations

import _socket
import asyncio
import ipaddress
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

import httpx
import pytest
from requests import Session
from requests.adapters import HTTPAdapter
from requests_mock import Adapter
from responses import RequestsMock

from pytest_lookloox import LookLoox

Send = Callable[..., httpx.Response]
"""Sends a request with a new client; `client` are the client's options."""

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


def footprint() -> list[Any]:
    """Return what our stubs, our network guard and others' mocks change."""
    handlers = [
        vars(httpx.HTTPTransport)["handle_request"],
        vars(httpx.AsyncHTTPTransport)["handle_async_request"],
    ]
    return [
        *(*handlers, *(handler.__code__ for handler in handlers)),
        *(HTTPAdapter.send, RequestsMock._on_request, dict(vars(Session)), dict(vars(Adapter))),
        *(_socket.getaddrinfo, socket.getaddrinfo, socket.gethostbyname, socket.gethostbyname_ex),
        *(socket.socket.connect, socket.socket.connect_ex, HTTPConnection.set_tunnel),
    ]


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    before = footprint()
    yield
    assert footprint() == before


@pytest.fixture
def provider() -> LookLoox:
    """A provider that a test opens before or after its own mocks."""
    return LookLoox()


def send_sync(
    method: str, url: str, client: dict[str, Any] | None = None, verify: bool = True, **options: Any
) -> httpx.Response:
    with httpx.Client(verify=verify, **client or {}) as opened:
        return opened.request(method, url, **options)


def send_async(
    method: str, url: str, client: dict[str, Any] | None = None, verify: bool = True, **options: Any
) -> httpx.Response:
    async def run() -> httpx.Response:
        async with httpx.AsyncClient(verify=verify, **client or {}) as opened:
            return await opened.request(method, url, **options)

    return asyncio.run(run())


@pytest.fixture(params=[send_sync, send_async])
def send(request: pytest.FixtureRequest) -> Send:
    """Send a request with either kind of client of `httpx`."""
    chosen: Send = request.param
    return chosen
