"""`LookLoox`: the provider as a test sees it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any

from pytest_lookloox import checks, faults, options, urls, variations
from pytest_lookloox.app import App
from pytest_lookloox.calls import Call
from pytest_lookloox.exchange import Request, Response, Wire
from pytest_lookloox.provider import Provider
from pytest_lookloox.scenarios import Scenario
from pytest_lookloox.user_info import UserInfo, UserInfoBuilder, identity, require_legal_values

if TYPE_CHECKING:
    import logging

    import responses

    from pytest_lookloox.stubs import Stubs

_FIRST_FORGED_ID = 900001
_APP_NAME = "Test App"


class LookLoox:
    """A Look Loox provider with a memory: keys are spent, tokens age, users come and go.

    The fixture `lookloox` is one of these. Without pytest it is a context manager: inside its
    `with` block the three endpoints are stubbed for `requests`, and at its end the teardown
    checks run. The keyword arguments are the options of the marker `lookloox`; an unknown or
    wrong one raises `TypeError` or `ValueError`.
    """

    ca_file: str | None = None
    """The file of the authority behind the server's certificate, where it speaks https."""

    _unserved: LookLoox | None = None
    """The provider that this is the served form of: they share their stubs, too."""

    def __init__(self, **options_: Any) -> None:
        self._options = options.checked(options_)
        self._provider = Provider(
            token_lifetime=self._options.token_lifetime,
            approved=self._options.approved,
            signed_in=self._options.signed_in,
            error_status=self._options.error_status,
        )
        self._base_url = self._options.base_url
        self._reachable = {urls.allowed_host(host) for host in self._options.allowed_hosts}
        self._registered(self._options.app_id, self._options.app_secret, self._options.redirect_url)
        self._let_in(dict(self._options.user))
        self._strangers = UserInfoBuilder(_FIRST_FORGED_ID)

    def __enter__(self) -> LookLoox:
        """Stub the three endpoints."""
        self.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Take the stubs away and, unless the block failed already, run the teardown checks."""
        self.stop()
        self._provider.conduct.warn()
        if exc_type is None and self.strict:
            self.check()

    def start(self) -> None:
        """Stub the three endpoints until `stop()`; raises `RuntimeError` if they are already."""
        self._door.open()

    def stop(self) -> None:
        """Take the stubs away; the provider keeps its memory."""
        self._door.close()

    def __repr__(self) -> str:
        """The provider in one line, without any secret."""
        return f"<LookLoox {self.base_url}, app {self.app.app_id!r}, {len(self.calls)} calls>"

    @property
    def base_url(self) -> str:
        """Scheme and host of the simulated community, without a trailing slash."""
        return self._base_url

    @property
    def strict(self) -> bool:
        """Whether the teardown checks run by themselves."""
        return self._options.strict

    @property
    def tls(self) -> bool:
        """Whether a server of this provider speaks https."""
        return self._options.tls

    @property
    def app(self) -> App:
        """The registered app, as configured."""
        app = self._provider.apps[self._options.app_id]
        return app if app.base_url == self._base_url else replace(app, base_url=self._base_url)

    @property
    def user(self) -> UserInfo:
        """The signed-in user's `user_info`, as configured: a copy, free to change."""
        return dict(self._provider.users.get(identity(self._user), self._user))

    @property
    def calls(self) -> list[Call]:
        """Every request to the provider, in order."""
        return self._provider.calls

    @property
    def stub(self) -> responses.RequestsMock:
        """The `responses.RequestsMock` of this test, to stub other services with."""
        return self._door.mock

    def approve(self, user: Mapping[str, Any] | str | None = None) -> str:
        """The user approves the app: returns the callback URL with a fresh auth_key.

        `user` is a `user_info` dict, which is added if need be, or the `user_id` of a known user;
        without it the signed-in user approves. Raises `ValueError` for an unknown `user_id`.
        """
        user_id = self._known_user(user)
        self._provider.approve(self.app.app_id, user_id)
        return self.callback_url(self._provider.issue_auth_key(self.app.app_id, user_id))

    def callback_url(self, auth_key: str) -> str:
        """Where Look Loox sends a user who approved: the redirect URL with their auth_key."""
        return self._provider.callback_url(self.app, auth_key)

    def issue_auth_key(self, user: Mapping[str, Any] | str | None = None) -> str:
        """A fresh, unspent auth_key: 32 hex digits; the user's earlier unspent one is void (O)."""
        return self._provider.issue_auth_key(self.app.app_id, self._known_user(user))

    def issue_access_token(self, user: Mapping[str, Any] | str | None = None) -> str:
        """The user's access_token: 32 hex digits; the present one within its hour (O)."""
        return self._provider.issue_access_token(self.app.app_id, self._known_user(user))

    def forge_callback(self) -> str:
        """A valid callback URL for *another* user, as an attacker would plant it.

        The protocol has no `state` (D): an app that logs its visitor in with this URL, although
        the visitor's session never began a login, has a login-CSRF hole.
        """
        stranger = self._strangers()
        return self.app.callback_url(self.issue_auth_key(stranger))

    def add_user(self, user_info: Mapping[str, Any]) -> None:
        """From now on this user exists; a user of the same `user_id` is replaced.

        Raises `TypeError` for what is no `user_info` dict of strings, numbers and `None`.
        """
        profile = _profile("add_user", user_info)
        self._provider.users[identity(profile)] = profile

    def remove_user(self, user_id: str) -> None:
        """From now on this user is gone; raises `ValueError` if they never were."""
        if not isinstance(user_id, str):
            raise TypeError(f"remove_user() takes a user_id string, not {type(user_id).__name__}")
        del self._provider.users[self._known_user(user_id)]

    def register_app(
        self,
        *,
        app_id: str = "another-app-id",
        app_secret: str = "another-app-secret",
        redirect_url: str = "http://localhost/another/callback",
        name: str = _APP_NAME,
    ) -> App:
        """Register another app, or change the one with this `app_id`; returns the app.

        Raises `TypeError` or `ValueError` for a blank id or secret or a relative redirect URL.
        """
        options.checked({"app_id": app_id, "app_secret": app_secret, "redirect_url": redirect_url})
        return self._registered(app_id, app_secret, redirect_url, name)

    def disable_app(self, app_id: str) -> None:
        """From now on the app is answered as if it did not exist; raises `ValueError` if so."""
        if app_id not in self._provider.apps:
            raise ValueError(
                f"no app {app_id!r}; registered: {', '.join(map(repr, self._provider.apps))}"
            )
        self._provider.disable_app(app_id)

    def disable_api(self) -> None:
        """From now on the community's admin has switched the developer API off."""
        self._provider.api_enabled = False

    def advance(self, seconds: float = 0, minutes: float = 0, hours: float = 0) -> None:
        """Move the provider's clock ahead; raises `ValueError` for a step back."""
        self._provider.clock.advance(seconds, minutes, hours)

    def check(self) -> None:
        """Run the teardown checks now; raises `AssertionError` that says what happened."""
        problems = checks.problems(self.calls, self._provider.scenarios)
        if problems:
            raise AssertionError("\n".join([*problems, checks.OPT_OUT]))

    def inject_fault(self, name: str, times: int | None = None) -> None:
        """From now on a fault of the catalogue befalls every attempt, or the next `times`.

        `name` is one that `python -m pytest_lookloox faults` lists, for each of its endpoints, or
        `"name@endpoint"` for one. Raises `ValueError` for an unknown name, naming the nearest,
        and for `tls_error` where clients ask over plain http.
        """
        fault = faults.find(name)
        if fault.barrier == Wire.TLS_ERROR and self.base_url.startswith("http:"):
            raise ValueError(
                f"{fault} needs https, and {self.base_url} has no certificate to doubt; "
                "on a real port, ask for it with the option tls, or serve --tls"
            )
        self.plan(Scenario(str(fault), times))

    def vary(self, name: str, times: int | None = None) -> None:
        """From now on good answers come in an unusual form, which a client has to survive.

        `name` is one of `pytest_lookloox.VARIATIONS`: `"html_content_type"`, `"byte_order_mark"`,
        `"extra_fields"` or `"slow_answer"`. Raises `ValueError` for any other.
        """
        self._provider.variations.append(Scenario(variations.find(name).name, times))

    def sign_in(self, user_info: Mapping[str, Any]) -> None:
        """From now on this is the signed-in user; the one before them stays a user.

        Raises `TypeError` where `add_user` does.
        """
        self._let_in(_profile("sign_in", user_info))

    def watch_log(self, records: Iterable[logging.LogRecord]) -> None:
        """Warn of every secret in these log records, and of all else not yet warned of."""
        for record in records:
            self._provider.conduct.logged(record.name, record.getMessage())
        self._provider.conduct.warn()

    def plan(self, scenario: Scenario) -> None:
        """Let a marker's or a fixture's fault befall this provider."""
        self._provider.plan(scenario)

    def keep_the_door(self, doorkeeper: Callable[[Wire | None], None] | None) -> None:
        """Let a real server know what keeps the next call from arriving, or `None` for nothing."""
        self._provider.keep_the_door(doorkeeper)

    def shows_a_bad_certificate(self) -> bool:
        """Whether a server over https has to show a bad certificate to who connects now."""
        return self._provider.shows_a_bad_certificate()

    def has_faults(self) -> bool:
        """Whether a fault may befall somebody."""
        return bool(self._provider.scenarios)

    def _registered(
        self, app_id: str, app_secret: str, redirect_url: str, name: str = _APP_NAME
    ) -> App:
        app = App(app_id, app_secret, redirect_url, name, self.base_url)
        self._provider.register_app(app)
        self._provider.conduct.warn()
        return app

    def _let_in(self, profile: UserInfo) -> None:
        self._user = profile
        self._provider.visitor_id = identity(profile)
        self._provider.users[identity(profile)] = profile

    def _known_user(self, user: Mapping[str, Any] | str | None) -> str:
        if isinstance(user, Mapping):
            self.add_user(user)
            return identity(user)
        user_id = identity(self._user) if user is None else user
        if not isinstance(user_id, str):
            raise TypeError(
                f"a user is a user_info dict or a user_id string, not {type(user_id).__name__}"
            )
        if user_id not in self._provider.users:
            known = ", ".join(map(repr, self._provider.users)) or "nobody"
            raise ValueError(
                f"no user {user_id!r}; known: {known}; "
                "add one with add_user(build_user_info(user_id=…))"
            )
        return user_id

    def handle(self, request: Request) -> Response:
        """Answer a plain request, as every door does."""
        return self._provider.handle(request)

    def served_at(self, base_url: str, ca_file: str | None = None) -> LookLoox:
        """The same provider, with the same memory, under the address of a real server."""
        served = copy.copy(self)
        served._unserved = self
        served._base_url = base_url
        served.ca_file = ca_file
        self._reachable.add(base_url.partition("://")[2])
        return served

    @cached_property
    def _door(self) -> Stubs:
        if self._unserved is not None:
            return self._unserved._door
        from pytest_lookloox.stubs import Stubs

        return Stubs(self._provider, self._options.base_url, self._reachable)


def _profile(method: str, user_info: Mapping[str, Any]) -> UserInfo:
    """A copy of what a method was told of a user; raises `TypeError` if it is no profile."""
    if not isinstance(user_info, Mapping):
        raise TypeError(
            f"{method}() takes a user_info dict, such as build_user_info(…) makes, "
            f"not {type(user_info).__name__}"
        )
    require_legal_values(user_info)
    return dict(user_info)
