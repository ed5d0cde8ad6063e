"""Connections of urllib3 whose other end is a handler in the same process.

A fault is raised where a real socket would raise it, so that urllib3 and `requests` themselves
make the exceptions, retries and cookies of it. No time passes: what would take longer than the
client's time-out fails at once, and nothing waits before a retry.
"""

from __future__ import annotations

import copy
import errno
import os
import ssl
from collections.abc import Callable
from http import client
from io import BytesIO
from types import MethodType
from typing import Any

from requests import PreparedRequest
from requests import Response as RequestsResponse
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager, Retry
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from pytest_lookloox.provider.http import Response, TransportFault

Answer = Callable[[], Response]
Send = Callable[..., RequestsResponse]


def send(
    real_send: Send,
    adapter: HTTPAdapter,
    request: PreparedRequest,
    options: dict[str, Any],
    answer: Answer,
) -> RequestsResponse:
    """Send the request as the adapter would; `answer` is called for each attempt.

    Raises what `HTTPAdapter.send` raises.
    """
    twin = object.__new__(type(adapter))
    vars(twin).update(vars(adapter))
    twin.poolmanager = _MemoryPools(answer)
    # Not a subclass's own pools; the lowest supported requests knows the first name only.
    for name in {"get_connection", "get_connection_with_tls_context"} & vars(HTTPAdapter).keys():
        setattr(twin, name, MethodType(getattr(HTTPAdapter, name), twin))
    twin.max_retries = _without_waiting(adapter.max_retries)
    response = real_send(twin, request, **{**options, "proxies": {}})
    response.connection = adapter
    return response


def _without_waiting(retries: Retry) -> Retry:
    """Return a copy of the policy, of its own class, that does not sleep before a retry."""
    impatient = copy.copy(retries)
    impatient.__class__ = type(
        type(retries).__name__, (type(retries),), {"sleep": lambda self, response=None: None}
    )
    return impatient


class _MemoryPools(PoolManager):
    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer

    def _new_pool(self, scheme: str, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super()._new_pool(scheme, *args, **kwargs)
        connection = _MemoryHTTPSConnection if scheme == "https" else _MemoryHTTPConnection
        # A class, since VCR.py compares connections with it.
        pool.ConnectionCls = type(
            connection.__name__, (connection,), {"answer": staticmethod(self._answer)}
        )
        return pool


def _of_urllib3(connection: type) -> type:
    """Return urllib3's own class: VCR.py has a subclass in its place while it is at work."""
    return next(base for base in connection.__mro__ if base.__module__ == "urllib3.connection")


class _MemoryHTTPConnection(_of_urllib3(HTTPConnection)):  # type: ignore[misc]
    answer: Answer

    def connect(self) -> None:
        response = self.answer()
        if response.fault is TransportFault.CONNECTION_REFUSED:
            cause = _os_error(errno.ECONNREFUSED)
            raise NewConnectionError(
                self, f"Failed to establish a new connection: {cause}"
            ) from cause
        if response.fault is TransportFault.CONNECT_TIMEOUT:
            raise ConnectTimeoutError(
                self, f"Connection to {self.host} timed out. (connect timeout={self.timeout})"
            )
        if response.fault is TransportFault.TLS_ERROR:
            raise ssl.SSLCertVerificationError(
                1,
                "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
                "unable to get local issuer certificate",
            )
        self.sock: Any = _MemorySocket(response)
        # Or else urllib3 warns of a connection that it did not verify itself.
        self.is_verified = True

    def getresponse(self, *args: Any, **kwargs: Any) -> Any:
        response = super().getresponse(*args, **kwargs)
        # One request a connection: urllib3 opens another one for a retry.
        self.sock = None
        return response


class _MemoryHTTPSConnection(_MemoryHTTPConnection, _of_urllib3(HTTPSConnection)):  # type: ignore[misc]
    pass


class _MemorySocket:
    """The client's end of a connection."""

    def __init__(self, response: Response) -> None:
        self._response = response
        self._timeout: float | None = None

    def settimeout(self, timeout: float | None) -> None:
        self._timeout = timeout

    def sendall(self, data: bytes) -> None:
        """Accept the request, which was answered already."""

    def makefile(self, *args: Any, **kwargs: Any) -> BytesIO:
        fault = self._response.fault
        timeout = self._timeout
        is_too_slow = timeout is not None and timeout < self._response.delay
        if fault is TransportFault.READ_TIMEOUT or is_too_slow:
            return _BrokenFile(TimeoutError("timed out"))
        if fault is TransportFault.CONNECTION_RESET:
            return _BrokenFile(_os_error(errno.ECONNRESET))
        return BytesIO(_to_http(self._response))

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


class _BrokenFile(BytesIO):
    """A connection that breaks when the answer is read, by its first line."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self._error = error

    def readline(self, *args: Any) -> bytes:
        raise self._error


def _to_http(response: Response) -> bytes:
    """Return the response as HTTP/1.1, the body cut in half where the fault says so."""
    reason = client.responses.get(response.status, "")
    headers = [*response.headers, ("Content-Length", str(len(response.body)))]
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    end = len(response.body) // (2 if response.fault is TransportFault.TRUNCATED else 1)
    return f"HTTP/1.1 {response.status} {reason}\r\n{head}\r\n".encode() + response.body[:end]


def _os_error(number: int) -> OSError:
    # OSError makes the subclass of the number: ConnectionRefusedError, ConnectionResetError.
    return OSError(number, os.strerror(number))
