"""Connections of urllib3 whose other end is a handler in the same process.

A fault is raised where a real socket would raise it, so that urllib3 and `requests` themselves
make the exceptions, retries and cookies of it. No time passes: what would take longer than the
client's time-out fails at once, and nothing waits before a retry.
"""

from __future__ import annotations

import copy
import errno
import ssl
from collections.abc import Callable
from http import client
from io import BytesIO
from typing import Any

from requests import PreparedRequest
from requests import Response as RequestsResponse
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from pytest_lookloox.provider.http import Response, TransportFault
from pytest_lookloox.transports.open_providers import CERTIFICATE_ERROR

Answer = Callable[[], Response]


def send(
    real_send: Callable[..., RequestsResponse],
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
    retries = twin.max_retries = copy.copy(adapter.max_retries)
    # A subclass: its methods make copies of themselves, which must not wait either.
    retries.__class__ = type(
        type(retries).__name__, (type(retries),), {"sleep": lambda self, response=None: None}
    )
    options = {**options, "proxies": {}, "verify": True, "cert": None}
    response = real_send(twin, request, **options)
    response.connection = adapter
    return response


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
            cause = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
            message = f"Failed to establish a new connection: {cause}"
            raise NewConnectionError(self, message) from cause
        if response.fault is TransportFault.CONNECT_TIMEOUT:
            message = f"Connection to {self.host} timed out. (connect timeout={self.timeout})"
            raise ConnectTimeoutError(self, message)
        if response.fault is TransportFault.TLS_ERROR:
            raise ssl.SSLCertVerificationError(1, CERTIFICATE_ERROR)
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
        response = self._response
        is_too_slow = self._timeout is not None and self._timeout < response.delay
        if response.fault is TransportFault.READ_TIMEOUT or is_too_slow:
            return _BrokenFile(TimeoutError("timed out"))
        if response.fault is TransportFault.CONNECTION_RESET:
            reset = ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
            return _BrokenFile(reset)
        # HTTP/1.1, the body cut in half where the fault says so.
        headers = [*response.headers, ("Content-Length", str(len(response.body)))]
        head = "".join(f"{name}: {value}\r\n" for name, value in headers)
        status = f"{response.status} {client.responses.get(response.status, '')}"
        end = len(response.body) // (2 if response.fault is TransportFault.TRUNCATED else 1)
        return BytesIO(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + response.body[:end])

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


class _BrokenFile(BytesIO):
    """A connection that breaks when the answer is read, by its first line.

    To raise in `makefile` would leave an `HTTPResponse` that Python 3.13 cannot close.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self._error = error

    def readline(self, *args: Any) -> bytes:
        raise self._error
