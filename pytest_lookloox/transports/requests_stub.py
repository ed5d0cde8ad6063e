"""Stubs for `requests`, on `responses`.

While a provider is open, `RequestsMock._on_request` is replaced, so that every mock, a test's own
too, comes here with each request. Who answers:

1. a stub of the test's own, wherever it was added: in the mock opened last, in the module-level
   `responses`, in `lookloox.stub`, or in a mock opened before the provider;
2. the provider, for its own host;
3. the network, for `allowed_hosts` and for hosts that a mock lets through by name;
4. otherwise the request is refused, with a message that says what to do.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterable, Set
from http import client
from io import BytesIO
from typing import Any, NamedTuple, Protocol
from urllib.parse import unquote_plus, urlsplit

import responses
from requests import PreparedRequest
from requests import Response as RequestsResponse
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as RequestsConnectionError
from responses import Call, RequestsMock
from urllib3 import HTTPResponse

from pytest_lookloox.provider import urls
from pytest_lookloox.provider.http import NotRecorded, Request, Response
from pytest_lookloox.transports import memory_connection, other_hosts, requests_mock_fallback
from pytest_lookloox.transports.other_hosts import to_text

_SEND_OPTIONS = ("stream", "timeout", "verify", "cert", "proxies")


class Handler(Protocol):
    """What the stubs need of a simulation."""

    def handle_in_test(self, request: Request, /) -> Response:
        """Answer a request to the provider."""

    def observe_other_host(self, host: str, texts: Iterable[str], /) -> None:
        """Look at a request to another host, made of these texts."""

    def is_app_url(self, url: str, /) -> bool:
        """Return whether the URL leads to the host of a registered app."""


def start(handler: Handler, mock: RequestsMock, base_url: str, allowed_hosts: Set[str]) -> None:
    """Simulate the provider for `requests`; raises `RuntimeError` if it is simulated already.

    `mock` holds the test's stubs for other services, and the calls of both.
    """
    with _patch.lock:
        if any(stub.handler is handler for stub in _patch.stubs):
            raise RuntimeError("this LookLoox is open already: its endpoints are stubbed")
        if not _patch.stubs:
            _patch.install()
        _patch.keep((_Stub(handler, mock, urls.Site(base_url), allowed_hosts), *_patch.stubs))


def stop(handler: Handler) -> None:
    """Leave `requests` as it was found."""
    with _patch.lock:
        were_open = _patch.stubs
        _patch.keep(tuple(stub for stub in were_open if stub.handler is not handler))
        if were_open and not _patch.stubs:
            _patch.remove()


class _Stub(NamedTuple):
    """One provider while it is simulated."""

    handler: Handler
    mock: RequestsMock
    site: urls.Site
    allowed_hosts: Set[str]

    def allows(self, url: str) -> bool:
        """Return whether tests may reach the URL's host for real."""
        return not self.allowed_hosts.isdisjoint(urls.host_of(url).spellings(urlsplit(url).scheme))

    def answer(
        self, adapter: HTTPAdapter, request: PreparedRequest, options: dict[str, Any]
    ) -> RequestsResponse:
        """Return the provider's answer; it is added to the calls of `mock` as a stub's would be."""
        request.req_kwargs = options  # type: ignore[attr-defined]
        plain = _plain(request, options)
        request.params = plain.params()  # type: ignore[attr-defined]
        try:
            answer = self._answer(plain, adapter, request, options)
        except BaseException as error:
            self.mock.calls.add_call(Call(request, error))
            raise
        if self.mock.response_callback:
            answer = self.mock.response_callback(answer)
        self.mock.calls.add_call(Call(request, answer))  # type: ignore[arg-type]
        return answer

    def _answer(
        self,
        plain: Request,
        adapter: HTTPAdapter,
        request: PreparedRequest,
        options: dict[str, Any],
    ) -> RequestsResponse:
        try:
            first = self.handler.handle_in_test(plain)
        except NotRecorded as error:
            raise RequestsConnectionError(str(error), request=request) from None
        retries = adapter.max_retries
        if (
            not first.fault
            and not first.delay
            and not (retries.total or retries.status_forcelist)
            and not first.header("Set-Cookie")
        ):
            body = b"" if plain.method == "HEAD" else first.body
            raw = HTTPResponse(
                body=BytesIO(body),
                headers=[
                    *map(_as_received, first.headers),
                    ("Content-Length", str(len(first.body))),
                ],  # type: ignore[arg-type]
                status=first.status,
                reason=client.responses.get(first.status, ""),
                preload_content=False,
                request_method=plain.method,
            )
            response = adapter.build_response(request, raw)
            if not options.get("stream"):
                # Reading it from `raw` takes much longer.
                response._content = body
                response._content_consumed = True  # type: ignore[attr-defined]
            return response
        pending = [first]

        def attempt() -> Response:
            return pending.pop() if pending else self.handler.handle_in_test(plain)

        return memory_connection.send(_real_send, adapter, request, options, attempt)


class _Patch:
    """What is replaced while at least one provider is open."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.stubs: tuple[_Stub, ...] = ()
        self.mocks: tuple[RequestsMock, ...] = ()
        self._mocks_before: tuple[RequestsMock, ...] = ()
        self._send_before: Any = None
        self._send_before_mock: Any = None
        self._module_before: Any = None
        self._remove_fallback: Any = None

    def keep(self, stubs: tuple[_Stub, ...]) -> None:
        self.stubs = stubs
        self.mocks = (responses.mock, *(stub.mock for stub in stubs), *self._mocks_before)

    def install(self) -> None:
        self._send_before = HTTPAdapter.send
        self._mocks_before = ()
        if HTTPAdapter.send.__module__ == responses.__name__:
            before = _mock_of(HTTPAdapter.send)
            self._mocks_before = (before,)
            # A mock that is stopped before the provider must not put the network back.
            self._send_before_mock = before._patcher.temp_original
            before._patcher.temp_original = _send
        module = responses.mock
        self._module_before = (
            None if module._patcher else ([*module.registered()], module.passthru_prefixes)
        )
        RequestsMock._on_request = _on_request  # type: ignore[method-assign, assignment]
        HTTPAdapter.send = _send  # type: ignore[method-assign, assignment]
        self._remove_fallback = requests_mock_fallback.install(self.holds)

    def remove(self) -> None:
        for mock in self._mocks_before:
            if mock._patcher:
                mock._patcher.temp_original = self._send_before_mock
            else:
                self._send_before = self._send_before_mock
        if HTTPAdapter.send is _send:
            HTTPAdapter.send = self._send_before  # type: ignore[method-assign]
        elif HTTPAdapter.send.__module__ == responses.__name__:
            # A mock in front is still open: when it is stopped, nothing of ours comes back.
            _mock_of(HTTPAdapter.send)._patcher.temp_original = self._send_before
        RequestsMock._on_request = _real_on_request  # type: ignore[method-assign]
        self._remove_fallback()
        module = responses.mock
        if self._module_before and not module._patcher:
            # Stubs of an inactive module must not leak into the next test.
            module.registered()[:], module.passthru_prefixes = self._module_before
            module.calls.reset()

    def holds(self, url: str) -> bool:
        """Return whether the URL leads to a provider that is simulated."""
        return any(stub.site.holds(url) for stub in self.stubs)


_patch = _Patch()
_real_send = responses._real_send
_real_on_request = RequestsMock._on_request


def _send(adapter: HTTPAdapter, request: PreparedRequest, *args: Any, **options: Any) -> Any:
    """Send a request in place of `HTTPAdapter.send`."""
    options.update(zip(_SEND_OPTIONS, args, strict=False))
    return _on_request(_patch.stubs[0].mock, adapter, request, **options)


def _mock_of(send: Any) -> Any:
    """Return the mock that made this `send`."""
    return inspect.getclosurevars(send).nonlocals["self"]


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
    mocks = _patch.mocks if front in _patch.mocks else (front, *_patch.mocks)
    for mock in mocks:
        if mock.registered() and _has_stub_for(mock, request, options):
            _observe_other_host(request)
            return _real_on_request(mock, adapter, request, retries=retries, **options)
    for stub in _patch.stubs:
        if stub.site.holds(url):
            return stub.answer(adapter, request, options)
    _observe_other_host(request)
    if any(stub.allows(url) for stub in _patch.stubs):
        return _real_send(adapter, request, **options)
    for mock in mocks:
        if other_hosts.is_let_through(mock.passthru_prefixes, url):
            return _real_on_request(mock, adapter, request, retries=retries, **options)
    is_app = any(stub.handler.is_app_url(url) for stub in _patch.stubs)
    simulated = [stub.site.base_url for stub in _patch.stubs]
    message = other_hosts.refusal(str(request.method), url, simulated, is_app=is_app)
    raise RequestsConnectionError(message, request=request)


def _has_stub_for(mock: RequestsMock, request: PreparedRequest, options: dict[str, Any]) -> bool:
    # What matchers look at; `responses` adds it to the request only later, or not at all.
    read = getattr(request.body, "read", None)
    if read is not None:
        request.body = read()
    request.params = mock._parse_request_params(str(request.url))  # type: ignore[attr-defined]
    request.req_kwargs = options  # type: ignore[attr-defined]
    return any(stub.matches(request)[0] for stub in mock.registered())


def _plain(request: PreparedRequest, options: dict[str, Any]) -> Request:
    # With the arguments that requests passes, too: urlsplit remembers its answers by them.
    parts = urlsplit(str(request.url), "", True)
    timeout = options.get("timeout")
    return Request(
        str(request.method),
        parts.path,
        parts.query,
        request.headers,
        to_text(request.body).encode(),
        f"{parts.scheme}://{parts.netloc}",
        options.get("verify") is not False,
        None not in timeout if isinstance(timeout, tuple) else timeout is not None,
    )


def _as_received(header: tuple[str, str]) -> tuple[str, str]:
    """Return a header as http.client reads it: the bytes of UTF-8 as Latin-1."""
    name, value = header
    return header if value.isascii() else (name, value.encode().decode("latin-1"))


def _observe_other_host(request: PreparedRequest) -> None:
    """Tell the simulations of a request to another host, which may contain their secrets."""
    url = str(request.url)
    host = urls.host_of(url).name
    if urls.is_loopback(host) or any(
        stub.site.holds(url) or stub.handler.is_app_url(url) for stub in _patch.stubs
    ):
        return
    texts = [unquote_plus(to_text(sent)) for sent in (url, request.body)]
    texts += map(to_text, request.headers.values())
    for stub in _patch.stubs:
        stub.handler.observe_other_host(host, texts)
