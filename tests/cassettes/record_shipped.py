"""Record the shipped cassettes: `python -m tests.cassettes.record_shipped [DIRECTORY]`.

They come from the simulator over real HTTP, and are the same bytes each time. The one that is
written by hand, documented_sample.yaml, is left alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from pytest_lookloox.cassettes import library
from pytest_lookloox.cassettes.cassette import Cassette
from pytest_lookloox.cassettes.recorder import Recorder
from pytest_lookloox.cassettes.scrubber import scrub
from pytest_lookloox.provider import facts
from pytest_lookloox.provider.api import Provider
from pytest_lookloox.provider.models import DEFAULT_APP
from pytest_lookloox.provider.user_info import build_user_info
from pytest_lookloox.transports.server import Server

RECORDED_AT = "2026-11-23T00:00:00Z"
"""Written into every shipped cassette in place of the time, so that only a change shows."""

_NOTE = "Recorded over real HTTP from the simulator, on the loopback interface."
_USER = build_user_info()


class _Session(Recorder):
    """A recorder beside the provider's own state."""

    def __init__(self, base_url: str, provider: Provider) -> None:
        super().__init__(replace(DEFAULT_APP, base_url=base_url))
        provider.register_app(self.app)
        provider.users[_USER["user_id"]] = _USER
        provider.visitor_id = _USER["user_id"]
        self.provider = provider

    def visit(self) -> str:
        """Follow the login link; return the auth_key."""
        auth_key = self.ask(facts.OAUTH, {"app_id": self.app.app_id}).auth_key
        assert auth_key is not None
        return auth_key

    def log_in(self) -> str:
        """Follow the login link and ask for a token; return it."""
        access_token = self.authorize(self.visit()).access_token
        assert access_token is not None
        return access_token


def _login(session: _Session) -> None:
    session.get_user_info(session.log_in())


def _login_again(session: _Session) -> None:
    _login(session)
    _login(session)


def _expired_token(session: _Session) -> None:
    token = session.log_in()
    session.provider.clock.advance(facts.TOKEN_LIFETIME + 1)
    session.note("advance", facts.TOKEN_LIFETIME + 1)
    session.get_user_info(token)


def _reused_auth_key(session: _Session) -> None:
    auth_key = session.visit()
    session.provider.spend_auth_key(auth_key, session.app.app_id)
    session.note("spend_auth_key", auth_key)
    session.authorize(auth_key)


def _wrong_app_secret(session: _Session) -> None:
    session.authorize(session.visit(), "wrong-app-secret")


def _unknown_app(session: _Session) -> None:
    credentials = {"app_id": "unknown-app-id", "app_secret": session.app.app_secret}
    session.ask(facts.AUTHORIZE, {**credentials, "auth_key": session.visit()})


def _missing_parameters(session: _Session) -> None:
    app = session.app
    session.ask(facts.OAUTH, {})
    complete = {"app_id": app.app_id, "app_secret": app.app_secret, "auth_key": session.visit()}
    for missing in complete:
        session.ask(facts.AUTHORIZE, {n: v for n, v in complete.items() if n != missing})
    session.ask(facts.GET_USER_INFO, {})


def _deleted_user(session: _Session) -> None:
    token = session.log_in()
    del session.provider.users[_USER["user_id"]]
    session.note("remove_user", _USER["user_id"])
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


def record_shipped(directory: Path) -> None:
    """Record every scenario, and write the cassettes to this directory."""
    library.write([_record(name) for name in SCENARIOS], directory)


def _record(name: str) -> Cassette:
    provider = Provider()
    with Server() as server, server.serving(provider.handle):
        session = _Session(server.base_url, provider)
        SCENARIOS[name](session)
    recorded = session.cassette(name, "simulator", _USER, RECORDED_AT, note=_NOTE)
    # As if it had been asked at its usual address. Each is scrubbed by itself, so that each begins
    # with the first placeholders.
    [scrubbed] = scrub(
        [
            replace(
                recorded,
                head={**recorded.head, "base_url": DEFAULT_APP.base_url},
                app=DEFAULT_APP,
                interactions=tuple(
                    replace(each, url=each.url.replace(server.base_url, DEFAULT_APP.base_url))
                    for each in recorded.interactions
                ),
            )
        ]
    )
    return scrubbed


if __name__ == "__main__":
    record_shipped(Path(sys.argv[1] if len(sys.argv) > 1 else library.OWN_DIRECTORY))
