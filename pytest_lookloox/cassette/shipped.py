"""The project's own cassettes, recorded from the simulator: the same bytes each time."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pytest_lookloox.app import App
from pytest_lookloox.cassette import model
from pytest_lookloox.cassette.model import Cassette, Step
from pytest_lookloox.cassette.record import Recorder
from pytest_lookloox.cassette.scrub import scrubbed
from pytest_lookloox.cassette.state import Simulator
from pytest_lookloox.contract import (
    AUTHORIZE,
    DEFAULT_BASE_URL,
    GET_USER_INFO,
    OAUTH,
    TOKEN_LIFETIME,
)
from pytest_lookloox.options import Options
from pytest_lookloox.server import Server
from pytest_lookloox.user_info import build_user_info

RECORDED_AT = "2026-11-23T00:00:00Z"
"""Written into every shipped cassette in place of the time, so that only a change shows."""

_NOTE = "Recorded over real HTTP from the simulator, on the loopback interface."


class _Session(Recorder):
    """A recorder that the simulator's state is in reach of."""

    def __init__(self, app: App, simulator: Simulator) -> None:
        super().__init__(app)
        self._simulator = simulator

    def visit(self) -> str:
        """Follow the login link; returns the auth_key."""
        exchange = self.ask(OAUTH, {"app_id": self.app.app_id})
        assert exchange.auth_key is not None
        return exchange.auth_key

    def log_in(self) -> str:
        """Follow the login link and ask for a token; returns it."""
        exchange = self.authorize(self.visit())
        assert exchange.access_token is not None
        return exchange.access_token

    def let(self, action: str, value: object) -> None:
        """Let something happen beside the requests."""
        self._simulator.take(Step(action, value))
        self.happened(action, value)


def _login(session: _Session) -> None:
    session.get_user_info(session.log_in())


def _login_again(session: _Session) -> None:
    _login(session)
    _login(session)


def _expired_token(session: _Session) -> None:
    token = session.log_in()
    session.let(model.ADVANCE, TOKEN_LIFETIME + 1)
    session.get_user_info(token)


def _reused_auth_key(session: _Session) -> None:
    auth_key = session.visit()
    session.let(model.SPEND_AUTH_KEY, auth_key)
    session.authorize(auth_key)


def _wrong_app_secret(session: _Session) -> None:
    session.authorize(session.visit(), "wrong-app-secret")


def _unknown_app(session: _Session) -> None:
    credentials = {"app_id": "unknown-app-id", "app_secret": session.app.app_secret}
    session.ask(AUTHORIZE, {**credentials, "auth_key": session.visit()})


def _missing_parameters(session: _Session) -> None:
    app = session.app
    session.ask(OAUTH, {})
    auth_key = session.visit()
    complete = {"app_id": app.app_id, "app_secret": app.app_secret, "auth_key": auth_key}
    for missing in complete:
        session.ask(AUTHORIZE, {name: complete[name] for name in complete if name != missing})
    session.ask(GET_USER_INFO, {})


def _deleted_user(session: _Session) -> None:
    token = session.log_in()
    session.let(model.REMOVE_USER, build_user_info()["user_id"])
    session.get_user_info(token)


SCENARIOS: Mapping[str, Callable[[_Session], None]] = {
    "login": _login,
    "login_again": _login_again,
    "expired_token": _expired_token,
    "reused_auth_key": _reused_auth_key,
    "wrong_app_secret": _wrong_app_secret,
    "unknown_app": _unknown_app,
    "missing_parameters": _missing_parameters,
    "deleted_user": _deleted_user,
}
"""The shipped cassettes that are recorded, by name."""


def record_shipped() -> list[Cassette]:
    """Record every scenario anew; the cassettes hold placeholders already."""
    return [_recorded(name) for name in SCENARIOS]


def _recorded(name: str) -> Cassette:
    user = build_user_info()
    with Server() as server:
        app = App(
            Options.app_id, Options.app_secret, Options.redirect_url, "Test App", server.base_url
        )
        simulator = Simulator(app, user)
        server.answer = simulator.provider.handle
        session = _Session(app, simulator)
        SCENARIOS[name](session)
    cassette = session.cassette(
        name, origin=model.SIMULATOR, note=_NOTE, user=user, recorded_at=RECORDED_AT
    )
    [result] = scrubbed([cassette], DEFAULT_BASE_URL)
    return result
