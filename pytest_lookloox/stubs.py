"""The door for `requests`: the provider behind `responses`. The one module that imports the latter.

`responses` works by replacing `HTTPAdapter.send`. One `_Switchboard` stands in that place while
any provider is open, and decides who answers a request:

1. a stub of the test's own, wherever it was added: the `RequestsMock()` opened last, the
   module-level `responses`, `lookloox.stub`, a `RequestsMock()` opened before the provider;
2. the provider, for its own host; beside requests-mock too, which never comes by that place;
3. the network, for `allowed_hosts` and for hosts that a stub lets through by name;
4. nobody: the request is refused with a message that says what to do.
"""

from __future__ import annotations

import inspect
import re
import threading
from collections.abc import Set
from http.client import HTTPMessage
from io import BytesIO
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import responses
from requests import PreparedRequest, Session
from requests import Response as RequestsResponse
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.exceptions import ConnectionError as RequestsConnectionError
from responses import BaseResponse, Call, RequestsMock
from urllib3 import HTTPResponse
from urllib3._collections import HTTPHeaderDict

from pytest_lookloox import failures, urls
from pytest_lookloox.adapters import AdapterWatch, Beside
from pytest_lookloox.exchange import NoAnswer, fields_in
from pytest_lookloox.masking import masked_url
from pytest_lookloox.provider import Provider

# What lets these through lets everything through.
_NOWHERE = ("http://0.invalid/", "https://0.invalid/")
_SEND_OPTIONS = ("stream", "timeout", "verify", "cert", "proxies")


class Stubs:
    """One provider, open to `requests` between `open()` and `close()`."""

    def __init__(self, provider: Provider, base_url: str, allowed_hosts: Set[str]) -> None:
        self.provider = provider
        self.site = urls.Site(base_url)
        self.mock = RequestsMock(assert_all_requests_are_fired=False)
        self._allowed_hosts = allowed_hosts

    def open(self) -> None:
        """Simulate the provider from now on; raises `RuntimeError` if it is open already."""
        _switchboard.open(self)

    def close(self) -> None:
        """Leave `requests` as it was found."""
        _switchboard.close(self)

    def answer(
        self, adapter: HTTPAdapter, request: PreparedRequest, options: dict[str, Any]
    ) -> RequestsResponse:
        """The provider's answer, kept in the calls of `mock` as if it were a stub's."""
        request.req_kwargs = options  # type: ignore[attr-defined]
        try:
            answer = adapter.build_response(request, self._raw_answer(request, options))
        except BaseException as error:
            self.mock.calls.add_call(Call(request, error))
            raise
        if self.mock.response_callback:
            answer = self.mock.response_callback(answer)
        self.mock.calls.add_call(Call(request, answer))  # type: ignore[arg-type]
        return answer

    def allows(self, url: str) -> bool:
        """Whether tests may reach the URL's host for real."""
        return not self._allowed_hosts.isdisjoint(urls.host_of(url).spellings(urlsplit(url).scheme))

    def is_app(self, url: str) -> bool:
        """Whether the URL leads to the host of a registered app."""
        host = urls.host_of(url)
        return any(urls.host_of(app.redirect_url) == host for app in self.provider.apps.values())

    def _raw_answer(self, request: PreparedRequest, options: dict[str, Any]) -> HTTPResponse:
        method = str(request.method)
        url = str(request.url)
        plain = urls.request_of(
            method,
            url,
            headers=request.headers,
            form=fields_in(_text(request.body)) if method == "POST" else {},
            verifies=options.get("verify") is not False,
        )
        # Where `responses` keeps them.
        request.params = plain.params()  # type: ignore[attr-defined]
        conduct = self.provider.conduct
        conduct.sent(url, plain, timeout=options.get("timeout"))
        try:
            answer = self.provider.handle(plain)
        except NoAnswer as error:
            raise RequestsConnectionError(str(error), request=request) from None
        conduct.warn()
        body = failures.body_of(answer, options.get("timeout"))
        pairs = answer.header_pairs()
        headers = HTTPHeaderDict()
        for name, value in (*pairs, ("Content-Length", str(len(answer.body)))):
            headers.add(name, value)
        may_set_cookies = answer.session or answer.headers
        return HTTPResponse(
            body=BytesIO(b"" if method == "HEAD" else body),
            headers=headers,
            status=answer.status,
            reason=answer.reason,
            preload_content=False,
            request_method=method,
            original_response=_holding_cookies(pairs) if may_set_cookies else None,  # type: ignore[arg-type]
        )


class _Switchboard:
    """Stands in for `HTTPAdapter.send` while a provider is open, and chooses who answers.

    A mock that a test opens meanwhile puts itself in front: `unbound_on_send`, which makes its
    `send`, is wrapped, so that what it does not answer comes back here. And `stop` is watched:
    closing a mock that was opened before the provider would uncover the network, and one that
    outlives the provider would put us back.
    """

    def __init__(self) -> None:
        self._open: tuple[Stubs, ...] = ()
        self._lock = threading.Lock()
        self._send = self._send_with(None)
        self._send_behind: Any = HTTPAdapter.send
        self._mock_behind: RequestsMock | None = None
        self._unbound_on_send: Any = RequestsMock.unbound_on_send
        self._stop = RequestsMock.stop
        self._stop_module = responses.stop
        self._network = RequestsMock(passthru_prefixes=("http://", "https://"))
        self._watch = AdapterWatch(Session.get_adapter, self._beside)
        self._default_stubs: list[BaseResponse] = []
        self._default_calls: list[Any] = []
        self._default_prefixes: Any = ()

    def open(self, stubs: Stubs) -> None:
        with self._lock:
            if stubs in self._open:
                raise RuntimeError("this LookLoox is open already: its endpoints are stubbed")
            if not self._open:
                self._install()
            self._open = (stubs, *self._open)

    def close(self, stubs: Stubs) -> None:
        with self._lock:
            self._open = tuple(other for other in self._open if other is not stubs)
            if not self._open:
                self._uninstall()

    def _install(self) -> None:
        def unbound_on_send(mock: RequestsMock) -> Any:
            return self._send_with(mock)

        def stop(mock: RequestsMock, allow_assert: bool = True) -> None:
            try:
                self._stop(mock, allow_assert)
            finally:
                self._keep_the_place()

        self._default_stubs = list(responses.mock.registered())
        self._default_calls = list(responses.mock.calls)
        self._default_prefixes = responses.mock.passthru_prefixes
        self._cover_the_network()
        self._watch = AdapterWatch(Session.get_adapter, self._beside)
        Session.get_adapter = self._watch  # type: ignore[method-assign, assignment]
        RequestsMock.unbound_on_send = unbound_on_send  # type: ignore[method-assign, assignment]
        RequestsMock.stop = stop  # type: ignore[method-assign, assignment]
        # The module's function was bound to the unwatched method when it was imported.
        responses.stop = responses.mock.stop

    def _uninstall(self) -> None:
        if vars(Session)["get_adapter"] is self._watch:
            Session.get_adapter = self._watch.get_adapter  # type: ignore[method-assign]
        RequestsMock.unbound_on_send = self._unbound_on_send  # type: ignore[method-assign]
        # A mock that is active takes care of itself.
        if responses.mock is not self._mock_behind and HTTPAdapter.send is self._send:
            self._forget_what_the_module_was_told()
        self._leave_the_place()

    def _keep_the_place(self) -> None:
        """A mock was stopped: cover the network again, or leave as the last."""
        if self._open:
            self._cover_the_network()
        else:
            self._leave_the_place()

    def _leave_the_place(self) -> None:
        # While a mock of the test's own is in front it leads on past us; its `stop` calls again.
        if HTTPAdapter.send is not self._send and HTTPAdapter.send.__module__ == __name__:
            return
        if HTTPAdapter.send is self._send:
            HTTPAdapter.send = self._send_behind  # type: ignore[method-assign]
        RequestsMock.stop = self._stop  # type: ignore[method-assign]
        responses.stop = self._stop_module

    def _cover_the_network(self) -> None:
        # A function of this module is our own `send`, or that of a mock in front of it.
        if HTTPAdapter.send.__module__ != __name__:
            self._send_behind = HTTPAdapter.send
            self._mock_behind = _mock_of(HTTPAdapter.send)
            HTTPAdapter.send = self._send  # type: ignore[method-assign]

    def _forget_what_the_module_was_told(self) -> None:
        """Drop what a test told the module-level `responses` without activating it."""
        mock = responses.mock
        _keep_only(mock.registered(), self._default_stubs)
        calls = [call for call in mock.calls if any(call is old for old in self._default_calls)]
        mock.calls.reset()
        for call in calls:
            mock.calls.add_call(call)
        mock.passthru_prefixes = self._default_prefixes

    def _send_with(self, front: RequestsMock | None) -> Any:
        """What stands in for `HTTPAdapter.send`, with a test's own mock in front or without."""

        def send(
            adapter: HTTPAdapter, request: PreparedRequest, *args: Any, **kwargs: Any
        ) -> RequestsResponse:
            kwargs.update(zip(_SEND_OPTIONS, args, strict=False))
            answer: RequestsResponse = self._route(front, adapter, request, kwargs)
            return answer

        return send

    def _route(
        self,
        front: RequestsMock | None,
        adapter: HTTPAdapter,
        request: PreparedRequest,
        options: dict[str, Any],
    ) -> Any:
        if not self._open:
            beyond = self._send_behind if front is None else self._unbound_on_send(front)
            return beyond(adapter, request, **options)
        url = str(request.url)
        own = [stubs.mock for stubs in self._open]
        candidates = [front, responses.mock, *own, self._mock_behind]
        mocks = [mock for mock in candidates if mock is not None]
        _read_body(request)
        for mock in mocks:
            if mock.registered() and _has_a_stub_for(mock, request, options):
                self._watch_secrets(request)
                return self._unbound_on_send(mock)(adapter, request, **options)
        for stubs in self._open:
            if stubs.site.holds(url):
                return failures.carried_out(stubs.answer, adapter, request, options)
        self._watch_secrets(request)
        if any(stubs.allows(url) for stubs in self._open):
            return self._unbound_on_send(self._network)(adapter, request, **options)
        for mock in mocks:
            if _lets_through(mock, url):
                return self._unbound_on_send(mock)(adapter, request, **options)
        raise RequestsConnectionError(self._refusal(request), request=request)

    def _beside(self, adapter: BaseAdapter) -> BaseAdapter:
        return adapter if isinstance(adapter, HTTPAdapter) else Beside(adapter, self._is_simulated)

    def _is_simulated(self, url: str) -> bool:
        return any(stubs.site.holds(url) for stubs in self._open)

    def _watch_secrets(self, request: PreparedRequest) -> None:
        """Let the providers know of a request to some other host, which may hold their secrets."""
        url = str(request.url)
        host = urls.host_of(url).name
        if urls.is_loopback(host) or any(
            stubs.site.holds(url) or stubs.is_app(url) for stubs in self._open
        ):
            return
        texts = [unquote_plus(_text(sent)) for sent in (url, request.body)]
        texts += map(_text, request.headers.values())
        for stubs in self._open:
            stubs.provider.conduct.sent_elsewhere(host, texts)
            stubs.provider.conduct.warn()

    def _refusal(self, request: PreparedRequest) -> str:
        url = str(request.url)
        shown = masked_url(url)
        simulated = ", ".join(stubs.site.base_url for stubs in self._open)
        if any(stubs.is_app(url) for stubs in self._open):
            return (
                f"{request.method} {shown} was refused: this is the redirect to your own app, "
                "which no server answers here. Let your app's test client follow it, "
                "client.get(lookloox.approve()), or stop at the redirect with "
                "allow_redirects=False. An app that really listens goes into "
                f"allowed_hosts=[{urlsplit(url).netloc!r}]."
            )
        stub = f"lookloox.stub.{str(request.method).lower()}({shown.partition('?')[0]!r}, …)"
        return (
            f"{request.method} {shown} was refused: only {simulated} is simulated, and no test "
            "reaches the network by surprise. Stub the other service with "
            f"{stub}, or let it through with "
            f"@pytest.mark.lookloox(allowed_hosts=[{urls.host_of(url).name!r}])."
        )


_switchboard = _Switchboard()


def _has_a_stub_for(mock: RequestsMock, request: PreparedRequest, options: dict[str, Any]) -> bool:
    # What matchers look at; `responses` adds it to the request itself later.
    request.params = mock._parse_request_params(str(request.url))  # type: ignore[attr-defined]
    request.req_kwargs = options  # type: ignore[attr-defined]
    return any(stub.matches(request)[0] for stub in mock.registered())


def _read_body(request: PreparedRequest) -> None:
    read = getattr(request.body, "read", None)
    if read is not None:
        request.body = read()


def _holding_cookies(pairs: list[tuple[str, str]]) -> HTTPResponse:
    """Where `requests` looks for cookies."""
    message = HTTPMessage()
    for name, value in pairs:
        message[name] = value
    return HTTPResponse(body=BytesIO(), msg=message, preload_content=False)


def _text(body: Any) -> str:
    if isinstance(body, bytes):
        return body.decode(errors="replace")
    return body if isinstance(body, str) else ""


def _keep_only(stubs: list[BaseResponse], kept: list[BaseResponse]) -> None:
    # By identity: stubs are equal if their method and URL are.
    stubs[:] = [stub for stub in stubs if any(stub is other for other in kept)]


def _lets_through(mock: RequestsMock, url: str) -> bool:
    """Whether the mock was told to let this URL through, by a prefix that names a host.

    A blanket prefix such as `"http"`, which some mocks set for themselves, is no permission.
    """
    return any(
        _begins(url, prefix) and not any(_begins(other, prefix) for other in _NOWHERE)
        for prefix in mock.passthru_prefixes
    )


def _begins(url: str, prefix: str | re.Pattern[str]) -> bool:
    if isinstance(prefix, re.Pattern):
        return prefix.match(url) is not None
    return url.startswith(prefix)


def _mock_of(send: Any) -> RequestsMock | None:
    """The mock whose `send` this is, or `None` for the real one."""
    if send.__module__ != responses.__name__:
        return None
    mock = inspect.getclosurevars(send).nonlocals.get("self")
    return mock if isinstance(mock, RequestsMock) else None
