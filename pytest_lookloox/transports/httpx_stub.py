"""Stubs for `httpx`, sync and async.

While a provider is open, httpx's own functions that send, `HTTPTransport.handle_request` and
`AsyncHTTPTransport.handle_async_request`, run code of ours. The functions are changed, not the
attributes into which pytest-httpx and others put theirs, so that all may come and go in any order.
A client with a transport of its own never gets here. Who answers:

1. a stub of the test's own for this address, in respx or pytest-httpx;
2. the provider, for its own host;
3. the network, for `allowed_hosts`;
4. otherwise the request is refused, with a message that says what to do.
"""

from __future__ import annotations

import ssl
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from types import FunctionType
from typing import Any

import httpx

from pytest_lookloox.provider.http import NotRecorded, Request, Response, TransportFault
from pytest_lookloox.transports.open_providers import (
    CERTIFICATE_ERROR,
    Handler,
    change_attributes,
    open_providers,
)

__tracebackhide__ = True

_WHILE_CONNECTING = {
    TransportFault.CONNECTION_REFUSED: (httpx.ConnectError, "[Errno 111] Connection refused"),
    TransportFault.CONNECT_TIMEOUT: (httpx.ConnectTimeout, "timed out"),
    TransportFault.TLS_ERROR: (httpx.ConnectError, CERTIFICATE_ERROR),
}
_ERRORS = {
    **_WHILE_CONNECTING,
    TransportFault.CONNECTION_RESET: (httpx.ReadError, "[Errno 104] Connection reset by peer"),
    TransportFault.READ_TIMEOUT: (httpx.ReadTimeout, "The read operation timed out"),
}


def _send(
    self: Any, request: httpx.Request, *, answer: Callable[..., Any], send: Callable[..., Any]
) -> Any:
    # Its code runs in httpx's function, where none of our names is known but these two.
    return answer(self, request) or send(self, request)


async def _send_async(
    self: Any, request: httpx.Request, *, answer: Callable[..., Any], send: Callable[..., Any]
) -> Any:
    return answer(self, request) or await send(self, request)


def _answer(transport: Any, request: httpx.Request) -> httpx.Response | None:
    """Return the provider's answer, or `None` for a request to send on to where it leads.

    Raises an `httpx.TransportError` for a fault, and for a request to a host that is not allowed.
    """
    url = str(request.url)
    is_stubbed = _has_respx_stub(request)
    handler = open_providers.handler_of(url)
    if handler and not is_stubbed:
        return _ask(handler, transport, request)
    _observe(request)
    if not is_stubbed and not open_providers.allows(url):
        message = open_providers.refusal(
            request.method,
            url,
            no_redirect="follow_redirects=False",
            how_to_stub="respx or pytest-httpx",
        )
        raise httpx.ConnectError(message)
    return None


def _observe(request: httpx.Request) -> None:
    open_providers.observe(str(request.url), request.headers.values(), _body_of(request))


def _body_of(request: httpx.Request) -> bytes:
    """Return the body, but nothing of one that only a coroutine can read."""
    return request.read() if isinstance(request.stream, Iterable) else b""


def _has_respx_stub(request: httpx.Request) -> bool:
    """Return whether respx, which answers behind httpx's transports, has a stub for this."""
    respx: Any = sys.modules.get("respx.mocks")
    routers = respx.HTTPCoreMocker.routers if respx else ()
    return any(
        not route.pattern or route.pattern.match(request)
        for router in routers
        for route in router.routes
    )


def _ask(handler: Handler, transport: Any, request: httpx.Request) -> httpx.Response:
    """Return the provider's answer as httpx would, or raise its fault."""
    timeouts = request.extensions.get("timeout", {})
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    context = transport._pool._ssl_context
    plain = Request(
        request.method,
        path,
        query,
        request.headers,
        _body_of(request),
        f"{request.url.scheme}://{request.url.netloc.decode('ascii')}",
        context.verify_mode is not ssl.CERT_NONE,
        None not in (timeouts.get("connect"), timeouts.get("read")),
    )
    try:
        response = handler.handle(plain)
        for _ in range(transport._pool._retries):
            if response.fault in _WHILE_CONNECTING:
                response = handler.handle(plain)
    except NotRecorded as error:
        raise httpx.ConnectError(str(error)) from None
    is_too_slow = (timeouts.get("read") or response.delay) < response.delay
    fault = TransportFault.READ_TIMEOUT if is_too_slow else response.fault
    if fault in _ERRORS:
        exception, message = _ERRORS[fault]
        raise exception(message)
    return _build_response(response, is_head=request.method == "HEAD")


def _build_response(response: Response, *, is_head: bool) -> httpx.Response:
    headers = [*response.headers, ("Content-Length", str(len(response.body)))]
    return httpx.Response(
        response.status,
        headers=[(name.encode(), value.encode()) for name, value in headers],
        stream=_Body(response._replace(body=b"") if is_head else response),
    )


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of an answer, which breaks off in the middle where the fault says so."""

    def __init__(self, response: Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        body = self._response.body
        if self._response.fault is not TransportFault.TRUNCATED:
            yield body
            return
        received = body[: len(body) // 2]
        yield received
        raise httpx.RemoteProtocolError(
            "peer closed connection without sending complete message body "
            f"(received {len(received)} bytes, expected {len(body)})"
        )

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part


def patch() -> Callable[[], None]:
    """Let httpx's functions run our code; return what leaves them as they were found."""
    changes: list[tuple[Any, str, Any]] = []
    for transport, name, ours in (
        (httpx.HTTPTransport, "handle_request", _send),
        (httpx.AsyncHTTPTransport, "handle_async_request", _send_async),
    ):
        function = _original(getattr(transport, name), name)
        if not isinstance(function, FunctionType) or function.__closure__:
            continue  # a replacement of the test's own, which answers everything
        real_send = FunctionType(function.__code__, function.__globals__)
        changes += [
            (function, "__kwdefaults__", {"answer": _answer, "send": real_send}),
            (function, "__code__", ours.__code__),
        ]
        if pytest_httpx := sys.modules.get("pytest_httpx"):
            changes.append(_behind(pytest_httpx.HTTPXMock, f"_{name}", function))
    return change_attributes(changes)


def _original(method: Any, name: str) -> Any:
    """Return httpx's own function, which a tool that replaced it has in a closure."""
    for cell in getattr(method, "__closure__", None) or ():
        if getattr(cell.cell_contents, "__name__", "") == name:
            return _original(cell.cell_contents, name)
    return method


def _behind(mock_class: Any, name: str, send: Callable[..., Any]) -> tuple[Any, str, Any]:
    """Return the change that lets pytest-httpx ask the provider where it has no stub for it."""
    handle = getattr(mock_class, name)

    def handle_or_simulate(mocked: Any, transport: Any, request: httpx.Request) -> Any:
        is_stubbed = any(
            matcher.url and matcher.match(transport, request) for matcher, _ in mocked._callbacks
        )
        if not is_stubbed and open_providers.handler_of(str(request.url)):
            return send(transport, request)
        _observe(request)
        return handle(mocked, transport, request)

    return mock_class, name, handle_or_simulate
