"""One simulated provider behind every address and transport: state, faults, calls and warnings."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pytest_lookloox.checks import teardown
from pytest_lookloox.checks.client_warnings import ClientObserver
from pytest_lookloox.faults.injector import FaultInjector
from pytest_lookloox.options import Settings
from pytest_lookloox.provider import facts, urls
from pytest_lookloox.provider.api import Provider
from pytest_lookloox.provider.browser import is_page
from pytest_lookloox.provider.http import Request, Response
from pytest_lookloox.provider.models import App, Call
from pytest_lookloox.provider.platforms import PLATFORMS
from pytest_lookloox.provider.redaction import learn, with_secrets
from pytest_lookloox.provider.user_info import UserInfo, UserInfoBuilder, identity
from pytest_lookloox.transports.open_providers import HttpxFinder, OpenProvider, open_providers

if TYPE_CHECKING:
    from responses import RequestsMock

    from pytest_lookloox.cassettes.cassette import Cassette
    from pytest_lookloox.cassettes.player import CassettePlayer
    from pytest_lookloox.transports.server import Server

__tracebackhide__ = True

OPTIONS_OF_RECORDINGS = (
    *("base_url", "redirect_url", "allowed_hosts", "tls", "strict"),
    *("app_id", "app_secret"),
)
"""The options that a recording does not decide by itself."""

_FIRST_STRANGER_ID = 900001


class Simulation:
    """A provider with one memory, which the stubs and the server share.

    With `player`, a recording answers instead of the simulator; its unused rest is a problem if
    `use_up` is set.
    """

    def __init__(
        self, options: Settings, player: CassettePlayer | None = None, *, use_up: bool = False
    ) -> None:
        self.options = options
        self.calls: list[Call] = []
        self.refusals: list[str] = []
        self.provider = Provider(
            platform=PLATFORMS[options.platform],
            token_lifetime=options.token_lifetime,
            approved=options.approved,
            signed_in=options.signed_in,
            error_status=options.error_status,
        )
        self.injector = FaultInjector(self.provider)
        self.player = player
        self.observer = ClientObserver(player.secrets if player else self.provider.secrets)
        self.allowed_hosts = {urls.allowed_host(host) for host in options.allowed_hosts}
        self.build_stranger = UserInfoBuilder(_FIRST_STRANGER_ID)
        self.user: UserInfo = {}
        self._handler = player or self.injector
        self._use_up = use_up
        self.register_app(
            App(
                options.app_id,
                options.app_secret,
                options.redirect_url,
                base_url=options.base_url,
            )
        )
        self.sign_in(dict(options.user))

    def handle(self, request: Request) -> Response:
        """Answer one request; record it and observe the client, unless it is a step on a page."""
        with self.provider.lock:
            response = self._handler.handle(request)
            if not is_page(request):
                self.calls.append(_call(request, response))
                self.observer.observe(request, response)
            return response

    def observe_other_host(self, host: str, texts: Iterable[str]) -> None:
        """Warn if a request to another host, made of these texts, contains a secret."""
        self.observer.observe_other_host(host, texts)

    def is_app_url(self, url: str) -> bool:
        """Return whether the URL leads to the host of a registered app."""
        host = urls.host_of(url)
        return any(urls.host_of(app.redirect_url) == host for app in self.provider.apps.values())

    def note_refusal(self, message: str) -> None:
        """Keep the message of a refused request: the client may hide its exception."""
        self.refusals.append(message)

    def register_app(self, app: App) -> None:
        """Register an app, or change a registered one."""
        self.provider.register_app(app)
        self.observer.observe_registration(app.redirect_url)

    def sign_in(self, user_info: UserInfo) -> None:
        """Add this user and sign them in."""
        self.user = user_info
        self.provider.visitor_id = identity(user_info)
        self.provider.users[identity(user_info)] = user_info

    def issue_auth_key(self, user_id: str) -> str:
        """Return an auth_key for the configured app."""
        with self.provider.lock:
            if self.player:
                return self.player.issue_auth_key()
            self.injector.expect(facts.AUTHORIZE)
            return self.provider.issue_auth_key(self.options.app_id, user_id)

    def issue_access_token(self, user_id: str) -> str:
        """Return an access_token for the configured app."""
        with self.provider.lock:
            if self.player:
                return self.player.issue_access_token()
            self.injector.expect(facts.GET_USER_INFO)
            return self.provider.issue_access_token(self.options.app_id, user_id)

    def issue_warnings(self) -> None:
        """Warn, at the end of a test, of the client's mistakes and of faults without effect."""
        for planned in (*self.injector.planned, *self.injector.variations):
            if planned.place and not planned.took_effect:
                why = "; ".join([planned.why_missed, *self.refusals[-1:]])
                self.observer.observe_unused(planned.origin, why, planned.place)
                planned.place = None
        self.observer.issue()

    def problems(self) -> list[str]:
        """Return what the teardown checks find, whether they are on or not, and the way out."""
        if self.player:
            found = [*self.player.problems(), *(self.player.unused() if self._use_up else [])]
        else:
            found = teardown.problems(self.calls, self.injector.planned, self.provider.platform)
        # A refused request explains why no other came.
        return [*found, *self.refusals[-1:], teardown.OPT_OUT] if found else []

    def start_stubs(self) -> None:
        """Simulate the provider for `requests` and, once it is imported, for `httpx`."""
        from pytest_lookloox.transports import network_guard, requests_stub

        patches = [requests_stub.patch, network_guard.patch, HttpxFinder.patch]
        if "httpx" in sys.modules:
            from pytest_lookloox.transports import httpx_stub

            patches[-1] = httpx_stub.patch
        open_providers.start(self._open(is_stubbed=True), patches)

    def stop_stubs(self) -> None:
        """Leave `requests` and `httpx` as they were found."""
        open_providers.stop(self._open(is_stubbed=True))

    @contextmanager
    def served_by(self, server: Server) -> Iterator[None]:
        """Answer at a real port; let no client of this process look up the provider's own host."""
        from pytest_lookloox.transports import network_guard

        provider = self._open(is_stubbed=False)
        open_providers.start(provider, [network_guard.patch])
        try:
            with server.serving(self.handle, self.injector.is_untrusted_certificate_due):
                yield
        finally:
            open_providers.stop(provider)

    def _open(self, *, is_stubbed: bool) -> OpenProvider:
        return OpenProvider(self, self.options.base_url, self.allowed_hosts, is_stubbed)

    @cached_property
    def mock(self) -> RequestsMock:
        """The mock in which a test stubs other services."""
        from responses import RequestsMock

        return RequestsMock(assert_all_requests_are_fired=False)


def play(cassette: Cassette, given: Mapping[str, Any], *, use_up: bool) -> Simulation:
    """Return a simulation that answers from a recording.

    Of the options that were given, those in `OPTIONS_OF_RECORDINGS` count; an app_id and
    app_secret are accepted from the client in place of the recorded ones.
    """
    from pytest_lookloox.cassettes.player import CassettePlayer

    app = cassette.app
    recorded = {
        "base_url": app.base_url,
        "redirect_url": app.redirect_url,
        **{name: given[name] for name in OPTIONS_OF_RECORDINGS if name in given},
        "app_id": app.app_id,
        "app_secret": app.app_secret,
        "platform": cassette.platform.name,
    }
    credentials = {
        given[name]: recorded[name] for name in ("app_id", "app_secret") if name in given
    }
    options = Settings(**recorded)
    learn(given.get("app_secret", ""))
    player = CassettePlayer(
        cassette,
        replace(app, redirect_url=options.redirect_url, base_url=options.base_url),
        credentials,
    )
    simulation = Simulation(options, player, use_up=use_up)
    simulation.provider.users.clear()
    simulation.sign_in(dict(cassette.user))
    return simulation


def _call(request: Request, response: Response) -> Call:
    data = response.data
    error: str | None = response.fact.message if response.fact else None
    if response.fault:
        error = response.fault.value
    elif isinstance(data, dict) and data.get("error"):
        error = data.get("message")
    endpoint = facts.ENDPOINT_BY_PATH.get(request.path)
    params = with_secrets(request.params())
    body = with_secrets(data) if isinstance(data, dict) else data
    answer = (response.status, body, error)
    return Call(endpoint, params, *answer, request.method, request.path, response.reason)
