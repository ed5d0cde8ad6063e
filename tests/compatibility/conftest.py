"""No test of this folder leaves this machine, or anything of the stubs behind."""

from __future__ import annotations

import asyncio
import ipaddress
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from requests.adapters import HTTPAdapter
from responses import RequestsMock

Get = Callable[[str], httpx.Response]

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
    """Return what the stubs change in `requests`, `responses` and `httpx`."""
    functions = [
        vars(httpx.HTTPTransport)["handle_request"],
        vars(httpx.AsyncHTTPTransport)["handle_async_request"],
    ]
    codes = [function.__code__ for function in functions]
    return [HTTPAdapter.send, RequestsMock._on_request, *functions, *codes]


@pytest.fixture(autouse=True)
def no_stub_is_left() -> Iterator[None]:
    before = footprint()
    yield
    assert footprint() == before


def get_async(url: str) -> httpx.Response:
    async def run() -> httpx.Response:
        async with httpx.AsyncClient() as client:
            return await client.get(url)

    return asyncio.run(run())


@pytest.fixture(params=[httpx.get, get_async], ids=["sync", "async"])
def get(request: pytest.FixtureRequest) -> Get:
    """Get a URL with either kind of client of `httpx`."""
    chosen: Get = request.param
    return chosen
