"""The providers that are open, and what becomes of requests to other hosts than theirs."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterable, Set
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import unquote_plus, urlsplit

from pytest_lookloox.provider import urls
from pytest_lookloox.provider.facts import ENDPOINT_BY_PATH
from pytest_lookloox.provider.http import Request, Response
from pytest_lookloox.provider.redaction import redact_url

if TYPE_CHECKING:
    from responses import RequestsMock

CERTIFICATE_ERROR = (
    "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
    "unable to get local issuer certificate"
)
_OBSERVED_LENGTH = 100_000
"""How much of a body is searched for secrets: an upload of many megabytes must not take long."""


class Handler(Protocol):
    """What the stubs need of a simulation."""

    @property
    def mock(self) -> RequestsMock:
        """The mock in which a test stubs other services for `requests`."""

    def handle(self, request: Request, /) -> Response:
        """Answer a request to the provider."""

    def observe_other_host(self, host: str, texts: Iterable[str], /) -> None:
        """Look at a request to another host, made of these texts."""

    def is_app_url(self, url: str, /) -> bool:
        """Return whether the URL leads to the host of a registered app."""

    def note_refusal(self, message: str, /) -> None:
        """Keep the message of a refused request: the client may hide its exception."""


class OpenProvider(NamedTuple):
    """One provider while it is simulated: by stubs, or else on a real port alone."""

    handler: Handler
    base_url: str
    allowed_hosts: Set[str]
    is_stubbed: bool = True

    def holds(self, url: str) -> bool:
        """Return whether the URL leads to its host, in any spelling, over http or https."""
        # Nearly all of its URLs start like this, which is quicker to see than their host.
        is_plain = url.startswith(f"{self.base_url}/")
        return is_plain or urls.host_of(url) == urls.host_of(self.base_url)


Patch = Callable[[], Callable[[], None]]
"""Changes an HTTP library for as long as a provider is open, and returns what undoes it."""


class OpenProviders:
    """The providers that are simulated now, the one opened last first."""

    def __init__(self) -> None:
        self.opened: tuple[OpenProvider, ...] = ()
        # Those among them whose endpoints are stubbed.
        self.stubbed: tuple[OpenProvider, ...] = ()
        self._undo: dict[Patch, Callable[[], None]] = {}
        self._lock = Lock()

    def start(self, provider: OpenProvider, patches: Iterable[Patch]) -> None:
        """Simulate this provider; raises `RuntimeError` if it is stubbed already."""
        with self._lock:
            if provider in self.stubbed:
                raise RuntimeError("this LookLoox is open already: call stop() first")
            self._apply(patches)
            self._set((provider, *self.opened))

    def stop(self, provider: OpenProvider) -> None:
        """End the simulation; with the last one the libraries are left as they were found."""
        with self._lock:
            self._set(tuple(each for each in self.opened if each != provider))
            while self._undo and not self.opened:
                _, undo = self._undo.popitem()
                undo()

    def add_patch(self, patch: Patch) -> None:
        """Change one more library, which was imported just now."""
        with self._lock:
            if self.opened:
                self._apply([patch])

    def _set(self, opened: tuple[OpenProvider, ...]) -> None:
        self.opened = opened
        self.stubbed = tuple(provider for provider in opened if provider.is_stubbed)

    def _apply(self, patches: Iterable[Patch]) -> None:
        for patch in patches:
            if patch not in self._undo:
                self._undo[patch] = patch()

    def handler_of(self, url: str) -> Handler | None:
        """Return the handler of the provider to which the URL leads, if it is open."""
        for provider in self.stubbed:
            if provider.holds(url):
                return provider.handler
        return None

    def allows(self, url: str) -> bool:
        """Return whether tests may reach the URL's host for real."""
        spellings = urls.host_of(url).spellings(urlsplit(url).scheme)
        return any(not each.allowed_hosts.isdisjoint(spellings) for each in self.stubbed)

    def observe(self, url: str, headers: Iterable[Any], body: Any) -> None:
        """Tell the handlers of a request to another host, which may contain their secrets."""
        host = urls.host_of(url).name
        if urls.is_loopback(host) or self.handler_of(url) or self._is_app_url(url):
            return
        sliceable = [each for each in (url, body) if isinstance(each, (str, bytes))]
        texts = [unquote_plus(to_text(each[:_OBSERVED_LENGTH])) for each in sliceable]
        texts += map(to_text, headers)
        for provider in self.stubbed:
            provider.handler.observe_other_host(host, texts)

    def refusal(self, method: str, url: str, *, no_redirect: str, how_to_stub: str) -> str:
        """Return why a request to another host is refused, and the ways out in its library."""
        simulated = ", ".join(each.base_url for each in self.stubbed)
        parts, host = urlsplit(url), urls.host_of(url)
        if self._is_app_url(url):
            why = (
                "this is your own app, and no test reaches a server by surprise. Let your app's "
                "test client follow the redirect, client.get(lookloox.approve()), or stop at it "
                f"with {no_redirect}. An app that really listens goes into "
                f"allowed_hosts=[{str(host)!r}]."
            )
        elif parts.path in ENDPOINT_BY_PATH and self.handler_of(_other_spelling(url)):
            why = (
                f"the address of the site is {simulated}. Elsewhere, servers carry a call out, and "
                "answer with a redirect; let your app ask there."
            )
        elif parts.path in ENDPOINT_BY_PATH:
            why = (
                f"only {simulated} is simulated. If your app's users log in at {host}, let "
                f'lookloox_config return {{"base_url": "{parts.scheme}://{host}"}}.'
            )
        else:
            why = (
                f"only {simulated} is simulated, and no test reaches the network by surprise. "
                f"Stub the other service with {how_to_stub}, or let it through with "
                f"@pytest.mark.lookloox(allowed_hosts=[{host.name!r}])."
            )
        message = f"{method} {redact_url(url)} was refused: {why}"
        for provider in self.stubbed:
            provider.handler.note_refusal(message)
        return message

    def _is_app_url(self, url: str) -> bool:
        return any(provider.handler.is_app_url(url) for provider in self.stubbed)


open_providers = OpenProviders()


class HttpxFinder:
    """An import hook: a test that is the first to import httpx finds it simulated, too."""

    @classmethod
    def patch(cls) -> Callable[[], None]:
        """Wait for the import; return what ends that."""
        sys.meta_path.insert(0, cls)
        return cls._end

    @classmethod
    def find_spec(cls, name: str, *_: Any) -> Any:
        """Return how httpx is loaded: as ever, and then changed."""
        if name != "httpx":
            return None
        cls._end()
        spec: Any = importlib.util.find_spec(name)
        if spec:
            exec_module = spec.loader.exec_module

            def exec_and_patch(module: Any) -> None:
                exec_module(module)
                from pytest_lookloox.transports import httpx_stub

                open_providers.add_patch(httpx_stub.patch)

            spec.loader.exec_module = exec_and_patch
        return spec

    @classmethod
    def _end(cls) -> None:
        if cls in sys.meta_path:
            sys.meta_path.remove(cls)


def _other_spelling(url: str) -> str:
    """Return the URL with its www. left out, or put in."""
    scheme, _, rest = url.partition("://")
    is_www = rest.startswith("www.")
    return f"{scheme}://{rest.removeprefix('www.') if is_www else f'www.{rest}'}"


def to_text(sent: Any) -> str:
    """Return a part of a request as text, `""` for a body that is neither text nor bytes."""
    if isinstance(sent, bytes):
        return sent.decode(errors="replace")
    return sent if isinstance(sent, str) else ""


def change_attributes(changes: Iterable[tuple[Any, str, Any]]) -> Callable[[], None]:
    """Set attributes, each of an owner, a name and a value; return what sets the old values."""
    before = []
    for owner, name, value in changes:
        before.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    def undo() -> None:
        for each in before:
            setattr(*each)

    return undo
