"""`LookLoox`: the provider as a test sees it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from pytest_lookloox.checks.client_warnings import place_of_client
from pytest_lookloox.faults.catalogue import TLS_ERROR, find_fault, find_variation
from pytest_lookloox.faults.injector import PlannedFault
from pytest_lookloox.options import Options, Settings, resolve
from pytest_lookloox.provider.models import App, Call
from pytest_lookloox.provider.user_info import FIELDS, UserInfo, identity, require_legal_values
from pytest_lookloox.simulation import Simulation

if TYPE_CHECKING:
    import responses
    from typing_extensions import Unpack

__tracebackhide__ = True


class LookLoox:
    """A Look Loox provider with a memory: keys are spent, tokens age, users come and go.

    The fixture `lookloox` is one of these. Without pytest it is a context manager: inside its
    `with` block the three endpoints are stubbed for `requests` and httpx, and at its end the
    teardown checks run. A wrong option raises `TypeError` or `ValueError`.
    """

    # What help() shows of the options; editors know them by the annotation of `__init__`.
    __doc__ = f"{__doc__}\n    Options: {Options.__doc__}"
    __signature__ = inspect.signature(Settings)

    ca_file: str | None = None
    """The file of the authority that signed the server's certificate, where it speaks https."""

    def __init__(self, **options: Unpack[Options]) -> None:
        self._simulation = Simulation(resolve(options))
        self._base_url = self._simulation.options.base_url

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
        """Remove the stubs and, unless the block failed already, run the teardown checks."""
        self._simulation.stop_stubs()
        if not exc_type:
            self._finish()

    @contextmanager
    def serve(self, port: int = 0) -> Iterator[LookLoox]:
        """Serve this provider on a real port of this machine; yield it at that address.

        `port` 0 means any free one. With the option `tls` it speaks https, and clients have to
        trust `ca_file`; that needs `pytest-lookloox[tls]`. Raises `OSError` if the port is in use.
        At the end come the warnings and the teardown checks, as after `with LookLoox()`.
        """
        from tempfile import TemporaryDirectory

        from pytest_lookloox.transports.server import Server

        simulation = self._simulation
        with TemporaryDirectory() as directory:
            ca_file = Path(directory, "ca.pem") if simulation.options.tls else None
            with Server(port=port, ca_file=ca_file) as server, simulation.served_by(server):
                yield view(simulation, server.base_url, server.ca_file)
        self._finish()

    def start(self) -> None:
        """Stub the three endpoints until `stop()`; raises `RuntimeError` if they are already."""
        self._simulation.start_stubs()

    def stop(self) -> None:
        """Remove the stubs, and issue the warnings; the provider's memory stays."""
        self._simulation.stop_stubs()
        self._simulation.issue_warnings()

    def __repr__(self) -> str:
        """Show the provider in one line, without any secret."""
        return f"<LookLoox {self.base_url}, app {self.app.app_id!r}, {len(self.calls)} calls>"

    @property
    def base_url(self) -> str:
        """Scheme and host of the simulated community, without a trailing slash."""
        return self._base_url

    @property
    def app(self) -> App:
        """The registered app, as configured."""
        app = self._simulation.provider.apps[self._simulation.options.app_id]
        return app if app.base_url == self._base_url else replace(app, base_url=self._base_url)

    @property
    def user(self) -> UserInfo:
        """The signed-in user's `user_info`: a copy, free to change."""
        user = self._simulation.user
        return dict(self._simulation.provider.users.get(identity(user), user))

    @property
    def calls(self) -> list[Call]:
        """Every request to the provider, in order."""
        return self._simulation.calls

    @property
    def stub(self) -> responses.RequestsMock:
        """The `responses.RequestsMock` of this test, to stub other services with."""
        return self._simulation.mock

    def approve(self, user: Mapping[str, Any] | str | None = None) -> str:
        """Let the user approve the app; return the callback URL with a fresh auth_key.

        `user` is a `user_info` dict, which is added if need be, or the `user_id` of a known user;
        without it the signed-in user approves. Raises `ValueError` for an unknown `user_id`.
        """
        user_id = self._known_user(user)
        self._simulation.provider.approve(self.app.app_id, user_id)
        return self.callback_url(self._simulation.issue_auth_key(user_id))

    def callback_url(self, auth_key: str) -> str:
        """Return the address to which a user who approved is sent with this auth_key."""
        if not isinstance(auth_key, str):
            raise TypeError(f"callback_url() takes an auth_key, not {type(auth_key).__name__}")
        return self._simulation.injector.callback_url(self.app, auth_key)

    def issue_auth_key(self, user: Mapping[str, Any] | str | None = None) -> str:
        """Return a fresh auth_key, 32 hex digits; the user's earlier unspent one is void (O)."""
        return self._simulation.issue_auth_key(self._known_user(user))

    def issue_access_token(self, user: Mapping[str, Any] | str | None = None) -> str:
        """Return the user's access_token, 32 hex digits; the present one while it lives (O)."""
        return self._simulation.issue_access_token(self._known_user(user))

    def forge_callback(self) -> str:
        """Return a valid callback URL for *another* user, as an attacker would plant it.

        The protocol has no `state` (D): an app that logs its visitor in with this URL, although
        the visitor's session never began a login, has a login-CSRF hole.
        """
        stranger = self._changeable("forge_callback").build_stranger()
        return self.app.callback_url(self.issue_auth_key(stranger))

    def add_user(self, user_info: Mapping[str, Any]) -> None:
        """Add this user, replacing one of the same `user_id`.

        Raises `TypeError` for anything but a `user_info` dict of strings, numbers and `None`.
        """
        require_legal_values(user_info)
        users = self._changeable("add_user").provider.users
        users[identity(user_info)] = dict(user_info)

    def remove_user(self, user_id: str) -> None:
        """Delete this user; raises `ValueError` if they do not exist."""
        provider = self._changeable("remove_user").provider
        if not isinstance(user_id, str):
            raise TypeError(f"remove_user() takes a user_id string, not {type(user_id).__name__}")
        del provider.users[self._known_user(user_id)]

    def sign_in(self, user_info: Mapping[str, Any]) -> None:
        """Add this user and sign them in; the one before them stays a user.

        Raises `TypeError` as `add_user` does.
        """
        simulation = self._changeable("sign_in")
        require_legal_values(user_info)
        simulation.sign_in(dict(user_info))
        simulation.provider.signed_in = True

    def register_app(
        self,
        *,
        app_id: str = "5647382910",
        app_secret: str = "fedcba9876543210fedcba9876543210",
        redirect_url: str = "http://localhost/another/callback",
        name: str = "Test App",
    ) -> App:
        """Register another app, or change the one with this `app_id`; return the app.

        Raises `TypeError` or `ValueError` for a blank id or secret or a relative redirect URL.
        """
        simulation = self._changeable("register_app")
        Settings(app_id=app_id, app_secret=app_secret, redirect_url=redirect_url)
        if not isinstance(name, str):
            raise TypeError(f"name must be a string, not {type(name).__name__}")
        app = App(app_id, app_secret, redirect_url, name, self.base_url)
        simulation.register_app(app)
        return app

    def disable_app(self, app_id: str) -> None:
        """Answer as if the app did not exist; raises `ValueError` if it does not."""
        provider = self._changeable("disable_app").provider
        if app_id not in provider.apps:
            known = ", ".join(map(repr, provider.apps))
            raise ValueError(f"no app {app_id!r}; registered: {known}")
        provider.disable_app(app_id)

    def disable_api(self) -> None:
        """Switch the community's developer API off, as its admin can."""
        provider = self._changeable("disable_api").provider
        with provider.lock:
            provider.api_enabled = False

    def advance(self, seconds: float = 0, minutes: float = 0, hours: float = 0) -> None:
        """Move the provider's clock ahead; raises `ValueError` for a step back."""
        self._changeable("advance").provider.clock.advance(seconds, minutes, hours)

    def inject_fault(self, name: str, times: int | None = None) -> None:
        """Make requests fail with this fault, every time or the next `times` times.

        `name` is one that `python -m pytest_lookloox faults` lists, for each of its endpoints, or
        `"name@endpoint"` for one. Raises `ValueError` for an unknown name, naming the nearest,
        and for `tls_error` where clients use plain http.
        """
        simulation = self._changeable("inject_fault")
        fault = find_fault(name)
        if fault.name == TLS_ERROR and self.base_url.startswith("http:"):
            raise ValueError(
                f"{fault} needs https, and {self.base_url} shows no certificate; "
                "on a real port, ask for it with the option tls=True, or serve --tls"
            )
        simulation.injector.planned.append(PlannedFault(fault, times, place=place_of_client()))

    def vary(self, name: str, times: int | None = None) -> None:
        """Give good answers an unusual form, every time or the next `times` times.

        `name` is one of `pytest_lookloox.VARIATIONS`: `"html_content_type"`, `"byte_order_mark"`,
        `"extra_fields"` or `"slow_answer"`. Raises `ValueError` for any other.
        """
        injector, place = self._changeable("vary").injector, place_of_client()
        planned = PlannedFault(find_variation(name), times, origin=f"variation {name}", place=place)
        injector.variations.append(planned)

    def check(self) -> None:
        """Run the teardown checks now; raises `AssertionError` that says what happened."""
        problems = self._simulation.problems()
        if problems:
            raise AssertionError("\n".join(problems))

    def _finish(self) -> None:
        self._simulation.issue_warnings()
        if self._simulation.options.strict:
            self.check()

    def _changeable(self, method: str) -> Simulation:
        if self._simulation.player is not None:
            raise RuntimeError(
                f"lookloox.{method}() cannot change a recording: "
                "remove the marker lookloox_cassette, and the simulator answers"
            )
        return self._simulation

    def _known_user(self, user: Mapping[str, Any] | str | None) -> str:
        if isinstance(user, Mapping):
            if "user_id" not in user and len(user) < len(FIELDS) - 1:
                raise ValueError(
                    "a dict of a few fields is no whole user_info: build_user_info(…) takes them "
                    "and adds the others"
                )
            self.add_user(user)
            return identity(user)
        user_id = identity(self._simulation.user) if user is None else user
        if not isinstance(user_id, str):
            raise TypeError(
                f"a user is a user_info dict or a user_id string, not {type(user_id).__name__}"
            )
        users = self._simulation.provider.users
        if user_id not in users:
            raise ValueError(
                f"no user {user_id!r}; known: {', '.join(map(repr, users)) or 'none'}; "
                "add one with add_user(build_user_info(user_id=…))"
            )
        return user_id


def view(simulation: Simulation, base_url: str = "", ca_file: str | None = None) -> LookLoox:
    """Return the provider of a simulation under this address, by default the stubbed one."""
    lookloox = LookLoox.__new__(LookLoox)
    lookloox._simulation = simulation
    lookloox._base_url = base_url or simulation.options.base_url
    lookloox.ca_file = ca_file
    if base_url:
        simulation.allowed_hosts.add(base_url.partition("://")[2])
    return lookloox
