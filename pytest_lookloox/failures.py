"""What happens on the wire, as `requests` tells it: the very exceptions of the real thing, at once.

`requests` learns of a failure from urllib3, which tries again as often as the adapter's `Retry`
says; so it is here, without the waiting. Belongs to `stubs`, and is imported by nothing else.
"""

from __future__ import annotations

import errno
import os
import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, exceptions
from requests import Response as RequestsResponse
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Retry, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    ResponseError,
    SSLError,
)

from pytest_lookloox.exchange import Response, Wire

Send = Callable[..., RequestsResponse]


class WireError(Exception):
    """The answer to a stub's request: none, but this on the wire."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire.value)
        self.wire = wire


def body_of(answer: Response, timeout: Any) -> bytes:
    """What of the body arrives within the client's time-out; raises `WireError` for nothing."""
    if answer.wire is Wire.TRUNCATED:
        return answer.body[: len(answer.body) // 2]
    if answer.wire is not None:
        raise WireError(answer.wire)
    if answer.delay:
        patience = _timeout(timeout).read_timeout
        if isinstance(patience, (int, float)) and patience < answer.delay:
            raise WireError(Wire.READ_TIMEOUT)
    return answer.body


def carried_out(
    send: Send, adapter: HTTPAdapter, request: PreparedRequest, options: dict[str, Any]
) -> RequestsResponse:
    """Send, as often as the adapter's `Retry` says; raises what `HTTPAdapter.send` raises."""
    retries = adapter.max_retries
    while True:
        try:
            answer = send(adapter, request, options)
        except WireError as failure:
            pool = _pool_for(str(request.url))
            error = _ERRORS[failure.wire](pool, _timeout(options.get("timeout")))
            retries = _retries_after(request, retries, error=error, _pool=pool)
            continue
        if not _is_to_be_retried(answer, retries):
            return answer
        try:
            retries = _retries_after(request, retries, response=answer.raw)
        except exceptions.RetryError:
            if retries.raise_on_status:
                raise
            return answer


def _is_to_be_retried(answer: RequestsResponse, retries: Retry) -> bool:
    # Nearly no adapter has any, and to find that out is cheaper than to ask.
    return bool(retries.total or retries.status_forcelist) and retries.is_retry(
        str(answer.request.method), answer.status_code, "Retry-After" in answer.headers
    )


def _retries_after(request: PreparedRequest, retries: Retry, **event: Any) -> Retry:
    """The retries that are left; raises what `requests` raises when none is."""
    try:
        return retries.increment(request.method, request.path_url, **event)
    except HTTPError as final:
        raise _as_requests_tells_it(final, request)  # noqa: B904 - as `requests` does


def _pool_for(address: str) -> HTTPConnectionPool:
    url = urlsplit(address)
    pool_type = HTTPSConnectionPool if url.scheme == "https" else HTTPConnectionPool
    return pool_type(str(url.hostname), url.port or pool_type.ConnectionCls.default_port)


def _as_requests_tells_it(error: HTTPError, request: PreparedRequest) -> Exception:
    reason = error.reason if isinstance(error, MaxRetryError) else error
    if isinstance(reason, ResponseError):
        return exceptions.RetryError(error, request=request)
    if isinstance(reason, SSLError):
        return exceptions.SSLError(error, request=request)
    if isinstance(error, ReadTimeoutError):
        return exceptions.ReadTimeout(error, request=request)
    # urllib3 1 derives a refused connection from a time-out.
    if isinstance(reason, ConnectTimeoutError) and not isinstance(reason, NewConnectionError):
        return exceptions.ConnectTimeout(error, request=request)
    return exceptions.ConnectionError(error, request=request)


def _refused(pool: HTTPConnectionPool, timeout: Timeout) -> HTTPError:
    cause = _os_error(errno.ECONNREFUSED)
    message = f"Failed to establish a new connection: {cause}"
    return _caused_by(cause, NewConnectionError(_connection(pool), message))


def _connect_timeout(pool: HTTPConnectionPool, timeout: Timeout) -> HTTPError:
    message = f"Connection to {pool.host} timed out. (connect timeout={timeout.connect_timeout})"
    return _caused_by(TimeoutError("timed out"), ConnectTimeoutError(_connection(pool), message))


def _read_timeout(pool: HTTPConnectionPool, timeout: Timeout) -> HTTPError:
    message = f"Read timed out. (read timeout={timeout.read_timeout})"
    return _caused_by(TimeoutError("timed out"), ReadTimeoutError(pool, "", message))


def _reset(pool: HTTPConnectionPool, timeout: Timeout) -> HTTPError:
    return ProtocolError("Connection aborted.", _os_error(errno.ECONNRESET))


def _untrusted(pool: HTTPConnectionPool, timeout: Timeout) -> HTTPError:
    message = (
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
        "unable to get local issuer certificate"
    )
    return SSLError(ssl.SSLCertVerificationError(1, message))


_ERRORS: dict[Wire, Callable[[HTTPConnectionPool, Timeout], HTTPError]] = {
    Wire.CONNECTION_REFUSED: _refused,
    Wire.CONNECT_TIMEOUT: _connect_timeout,
    Wire.READ_TIMEOUT: _read_timeout,
    Wire.CONNECTION_RESET: _reset,
    Wire.TLS_ERROR: _untrusted,
}


def _caused_by(cause: Exception, error: HTTPError) -> HTTPError:
    error.__cause__ = cause
    return error


def _os_error(number: int) -> OSError:
    # OSError makes the subclass of the number: ConnectionRefusedError, ConnectionResetError.
    return OSError(number, os.strerror(number))


def _connection(pool: HTTPConnectionPool) -> HTTPConnection:
    connection_type = HTTPSConnection if pool.scheme == "https" else HTTPConnection
    return connection_type(pool.host, pool.port)


def _timeout(timeout: Any) -> Timeout:
    """What a client passed as `timeout`, in the one form that urllib3 knows."""
    if isinstance(timeout, Timeout):
        return timeout
    connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    return Timeout(connect=connect, read=read)
