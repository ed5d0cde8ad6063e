"""Stubs for `requests`, on `responses`.

While a provider is open, `RequestsMock._on_request` is replaced, so that every mock, a test's own
too, comes here with each request; without one, `HTTPAdapter.send` does. Who answers:

1. a stub of the test's own, wherever it was added: in the mock opened last, in the module-level
   `responses`, or in `lookloox.stub`;
2. the provider, for its own host;
3. the network, for `allowed_hosts` and what a mock lets through by a prefix with a host;
4. otherwise the request is refused, with a message that says what to do.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from http import client
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import responses
from requests import PreparedRequest
from requests import Response as RequestsResponse
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as RequestsConnectionError
from responses import RequestsMock
from urllib3 import HTTPResponse

from pytest_lookloox.provider.http import NotRecorded, Request, Response
from pytest_lookloox.provider.redaction import redact_url
from pytest_lookloox.transports import memory_connection
from pytest_lookloox.transports.open_providers import (
    Handler,
    change_attributes,
    open_providers,
    to_text,
)

__tracebackhide__ = True

_SEND_OPTIONS = ("stream", "timeout", "verify", "cert", "proxies")
_real_send = responses._real_send
_real_on_request = RequestsMock._on_request


def patch() -> Callable[[], None]:
    """Send every request through `_on_request`; return what leaves `requests` as it was found."""
    module = responses.mock
    stubs, prefixes = [*module.registered()], module.passthru_prefixes
    was_active = module._patcher
    place = _place_beneath_mocks()
    before = getattr(*place)
    setattr(*place, _send)
    RequestsMock._on_request = _on_request  # type: ignore[method-assign, assignment]
    unpatch_requests_mock = _patch_requests_mock()

    def unpatch() -> None:
        unpatch_requests_mock()
        RequestsMock._on_request = _real_on_request  # type: ignore[method-assign]
        place = _place_beneath_mocks()
        if getattr(*place) is _send:
            setattr(*place, before)
        if not was_active and not module._patcher:
            # Stubs of an inactive module must not leak into the next test.
            module.registered()[:], module.passthru_prefixes = stubs, prefixes
            module.calls.reset()

    return unpatch


def _place_beneath_mocks() -> tuple[Any, str]:
    """Return the object and the attribute that hold what sends beneath all open mocks.

    A mock puts back what it found, so that mocks and providers may be closed in any order.
    """
    place: tuple[Any, str] = (HTTPAdapter, "send")
    while patcher := _patcher_of(getattr(*place)):
        place = (patcher, "temp_original")
    return place


def _patcher_of(send: Any) -> Any:
    """Return the patcher that put this function in place, if it is an open mock's."""
    if send.__module__ != responses.__name__:
        return None
    patcher = inspect.getclosurevars(send).nonlocals["self"]._patcher
    return patcher if patcher and patcher.new is send else None


def _patch_requests_mock() -> Callable[[], None]:
    """Let requests-mock, where it is in use, ask the provider for what it has no stub for."""
    module: Any = sys.modules.get("requests_mock.adapter")
    if not module:
        return lambda: None
    send = module.Adapter.send

    def send_or_simulate(adapter: Any, request: PreparedRequest, **options: Any) -> Any:
        try:
            return send(adapter, request, **options)
        except module.exceptions.NoMockAddress:
            if not open_providers.handler_of(str(request.url)):
                raise
        return HTTPAdapter().send(request, **options)

    return change_attributes([(module.Adapter, "send", send_or_simulate)])


def _send(adapter: HTTPAdapter, request: PreparedRequest, *args: Any, **options: Any) -> Any:
    """Send a request in place of `HTTPAdapter.send`."""
    options.update(zip(_SEND_OPTIONS, args, strict=False))
    if not open_providers.stubbed:  # a test's own patch, undone late, has put this function back
        return _real_send(adapter, request, **options)
    return _on_request(responses.mock, adapter, request, **options)


def _on_request(
    front: RequestsMock,
    adapter: HTTPAdapter,
    request: PreparedRequest,
    *,
    retries: Any = None,
    **options: Any,
) -> Any:
    """Answer a request in place of `RequestsMock._on_request`."""
    url = str(request.url)
    mocks = (front, responses.mock, *[each.handler.mock for each in open_providers.stubbed])
    for mock in mocks:
        if mock.registered() and _has_stub_for(mock, request, options):
            open_providers.observe(url, request.headers.values(), request.body)
            return _real_on_request(mock, adapter, request, retries=retries, **options)
    if handler := open_providers.handler_of(url):
        return _answer(handler, adapter, request, options)
    open_providers.observe(url, request.headers.values(), request.body)
    prefixes = [prefix for mock in mocks for prefix in mock.passthru_prefixes]
    if open_providers.allows(url) or any(_names_host_of(url, prefix) for prefix in prefixes):
        return _real_send(adapter, request, **options)
    method, address = str(request.method), redact_url(url).partition("?")[0]
    message = open_providers.refusal(
        method,
        url,
        no_redirect="allow_redirects=False",
        how_to_stub=f"lookloox.stub.{method.lower()}({address!r}, …)",
    )
    raise RequestsConnectionError(message, request=request)


def _names_host_of(url: str, prefix: Any) -> bool:
    # A blanket prefix such as "http", which some mocks set for themselves, is not a permission.
    return isinstance(prefix, str) and bool(urlsplit(prefix).netloc) and url.startswith(prefix)


def _has_stub_for(mock: RequestsMock, request: PreparedRequest, options: dict[str, Any]) -> bool:
    # What matchers look at; `responses` adds it to the request only later, or not at all.
    read = getattr(request.body, "read", None)
    if read is not None:
        request.body = read()
    request.params = mock._parse_request_params(str(request.url))  # type: ignore[attr-defined]
    request.req_kwargs = options  # type: ignore[attr-defined]
    return any(stub.matches(request)[0] for stub in mock.registered())


def _answer(
    handler: Handler, adapter: HTTPAdapter, request: PreparedRequest, options: dict[str, Any]
) -> RequestsResponse:
    """Return the provider's answer, or raise what `HTTPAdapter.send` would."""
    # With the arguments that requests passes, too: urlsplit remembers its answers by them.
    parts = urlsplit(str(request.url), "", True)
    timeout = options.get("timeout")
    plain = Request(
        str(request.method),
        parts.path,
        parts.query,
        request.headers,
        to_text(request.body).encode(),
        f"{parts.scheme}://{parts.netloc}",
        options.get("verify") is not False,
        None not in timeout if isinstance(timeout, tuple) else timeout is not None,
    )
    try:
        first = handler.handle(plain)
    except NotRecorded as error:
        raise RequestsConnectionError(str(error), request=request) from None
    retries = adapter.max_retries
    may_repeat = retries.total or retries.status_forcelist
    if not (first.fault or first.delay or may_repeat or "Set-Cookie" in dict(first.headers)):
        return _build_response(first, adapter, request, options)
    pending = [first]

    def attempt() -> Response:
        return pending.pop() if pending else handler.handle(plain)

    return memory_connection.send(_real_send, adapter, request, options, attempt)


def _build_response(
    answer: Response, adapter: HTTPAdapter, request: PreparedRequest, options: dict[str, Any]
) -> RequestsResponse:
    """Build what `HTTPAdapter.send` would return, in much less time."""
    body = b"" if request.method == "HEAD" else answer.body
    # As http.client reads headers: the bytes of UTF-8 as Latin-1.
    headers = {name: value.encode().decode("latin-1") for name, value in answer.headers}
    raw = HTTPResponse(
        body=BytesIO(body),
        headers={**headers, "Content-Length": str(len(answer.body))},
        status=answer.status,
        reason=client.responses.get(answer.status, ""),
        preload_content=False,
        request_method=request.method,
    )
    response = adapter.build_response(request, raw)
    if not options.get("stream"):
        # Reading it from `raw` takes much longer.
        response._content = body
        response._content_consumed = True  # type: ignore[attr-defined]
    return response
