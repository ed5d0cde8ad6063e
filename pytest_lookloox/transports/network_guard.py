"""Refuse to look up a provider's host while it is simulated by stubs, or on a real port.

This sees look-ups through Python's `socket`, and hosts that `http.client`, and so urllib, asks a
proxy for. It cannot see child processes, or resolvers of a library's own (uvloop, aiodns, pycurl).
"""

from __future__ import annotations

import _socket
import socket
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection

from pytest_lookloox.provider.urls import host_of, is_loopback
from pytest_lookloox.transports.open_providers import open_providers

__tracebackhide__ = True

# What urllib3 is built on: in `http.client`, VCR.py has a class of its own while it is at work.
_HTTPConnection: Any = next(x for x in HTTPConnection.__mro__ if x.__module__ == "http.client")


def patch() -> Callable[[], None]:
    """Guard the functions below; return what leaves them as they were found."""
    _exchange(_REAL, _GUARDED)
    return partial(_exchange, _GUARDED, _REAL)


def _exchange(old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    owners = (_socket, *[socket] * 2, *[socket.socket] * 2, *[_HTTPConnection] * 2)
    for owner, name in zip(owners, old, strict=True):
        # Where another tool has put a function of its own, that one decides.
        if getattr(owner, name) is old[name]:
            setattr(owner, name, new[name])


def _guarded(real: Callable[..., Any], host_in: Callable[..., object]) -> Callable[..., Any]:
    def guarded(*args: Any, **options: Any) -> Any:
        _refuse(host_in(*args, **options))
        return real(*args, **options)

    return guarded


def _refuse(host: object) -> None:
    """Raise what a failed look-up raises if this host is simulated."""
    try:
        name = host_of(f"//{host.decode() if isinstance(host, bytes) else host}").name
    except ValueError:  # an IPv6 address, or not a name at all
        return
    for provider in open_providers.opened:
        base_url = provider.base_url
        allowed = {host_of(f"//{host}").name for host in provider.allowed_hosts}
        if name == host_of(base_url).name and name not in allowed and not is_loopback(name):
            where = (
                "for requests and httpx, and another client looked it up"
                if provider.is_stubbed
                else "on a real port, and a client looked it up here"
            )
            message = (
                f"{name} is simulated {where}. "
                f"Give that client lookloox_server.base_url instead of {base_url} (without pytest, "
                "that of LookLoox.serve()), or let it reach the real host by "
                f"allowed_hosts=[{name!r}]."
            )
            provider.handler.note_refusal(message)
            raise socket.gaierror(socket.EAI_NONAME, message)


_FUNCTIONS: dict[str, tuple[Callable[..., Any], Callable[..., object]]] = {
    # The function below that of `socket`, which pytest-socket replaces and puts back.
    "getaddrinfo": (_socket.getaddrinfo, lambda host, *_: host),
    "gethostbyname": (_socket.gethostbyname, lambda host: host),
    "gethostbyname_ex": (_socket.gethostbyname_ex, lambda host: host),
    "connect": (_socket.socket.connect, lambda _, address: address[0]),
    "connect_ex": (_socket.socket.connect_ex, lambda _, address: address[0]),
    "set_tunnel": (_HTTPConnection.set_tunnel, lambda _, host, *args, **options: host),
    # A whole URL is what a proxy is sent, where there is no tunnel.
    "putrequest": (
        _HTTPConnection.putrequest,
        lambda _, method, url, *args, **options: urlsplit(url).netloc,
    ),
}
_REAL = {name: real for name, (real, _) in _FUNCTIONS.items()}
_GUARDED = {name: _guarded(real, host_in) for name, (real, host_in) in _FUNCTIONS.items()}
