"""Record the shipped cassettes: `python -m tests.cassettes.record_shipped [DIRECTORY]`.

They come from the simulator over real HTTP, and are the same bytes each time. The one that is
written by hand, documented_sample.yaml, is left alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_lookloox.cassettes import library
from pytest_lookloox.cassettes.cassette import Cassette, Interaction
from pytest_lookloox.cassettes.recorder import WRONG, ask, head
from pytest_lookloox.cassettes.scrubber import scrub
from pytest_lookloox.provider import facts
from pytest_lookloox.provider.api import Provider
from pytest_lookloox.provider.models import DEFAULT_APP
from pytest_lookloox.provider.platforms import CURRENT, DOCUMENTED, Platform
from pytest_lookloox.provider.user_info import build_user_info
from pytest_lookloox.transports.server import Server

RECORDED_AT = "2026-11-23T00:00:00Z"
"""Written into every shipped cassette in place of the time, so that only a change shows."""

_USER = build_user_info()


class _Session:
    """Requests to a provider, kept with what was done to its state between them."""

    def __init__(self, base_url: str, provider: Provider) -> None:
        self.app = replace(DEFAULT_APP, base_url=base_url)
        provider.register_app(self.app)
        provider.users[_USER["user_id"]] = _USER
        provider.visitor_id = _USER["user_id"]
        self.provider = provider
        self.steps: list[dict[str, Any]] = []
        self.interactions: list[Interaction] = []

    def ask(self, endpoint: str, params: Mapping[str, str]) -> Interaction:
        """Send a request, and keep it."""
        answer = ask(self.app, self.provider.platform, endpoint, params, *self.steps)
        self.interactions.append(answer)
        self.steps.clear()
        return answer

    def visit(self) -> str:
        """Follow the login link; return the auth_key."""
        return self.ask(facts.OAUTH, {"app_id": self.app.app_id}).auth_key

    def credentials(self) -> dict[str, str]:
        """Follow the login link; return what an app sends to ask for a token."""
        app = self.app
        return {"app_id": app.app_id, "app_secret": app.app_secret, "auth_key": self.visit()}

    def log_in(self) -> str:
        """Follow the login link and ask for a token; return it."""
        return self.ask(facts.AUTHORIZE, self.credentials()).access_token

    def get_user_info(self, access_token: str) -> Interaction:
        """Ask for the profile."""
        return self.ask(facts.GET_USER_INFO, {"access_token": access_token})


def _expired_token(session: _Session) -> None:
    token = session.log_in()
    seconds = session.provider.platform.token_lifetime + 1
    session.provider.clock.advance(seconds)
    session.steps.append({"advance": seconds})
    session.get_user_info(token)


def _reused_auth_key(session: _Session) -> None:
    credentials = session.credentials()
    session.provider.spend_auth_key(credentials["auth_key"], session.app.app_id)
    session.steps.append({"spend_auth_key": credentials["auth_key"]})
    session.ask(facts.AUTHORIZE, credentials)


def _missing_parameters(session: _Session) -> None:
    session.ask(facts.OAUTH, {})
    complete = session.credentials()
    for missing in complete:
        session.ask(facts.AUTHORIZE, {n: v for n, v in complete.items() if n != missing})
    session.ask(facts.GET_USER_INFO, {})


def _deleted_user(session: _Session) -> None:
    token = session.log_in()
    del session.provider.users[_USER["user_id"]]
    session.steps.append({"remove_user": _USER["user_id"]})
    session.get_user_info(token)


SCENARIOS: Mapping[str, tuple[Platform, Callable[[_Session], object]]] = {
    "login": (DOCUMENTED, lambda s: s.get_user_info(s.log_in())),
    "login_again": (DOCUMENTED, lambda s: [s.get_user_info(s.log_in()) for _ in range(2)]),
    "expired_token": (DOCUMENTED, _expired_token),
    "reused_auth_key": (DOCUMENTED, _reused_auth_key),
    "wrong_app_secret": (
        DOCUMENTED,
        lambda s: s.ask("authorize", {**s.credentials(), "app_secret": WRONG}),
    ),
    "unknown_app": (DOCUMENTED, lambda s: s.ask("authorize", {**s.credentials(), "app_id": "1"})),
    "missing_parameters": (DOCUMENTED, _missing_parameters),
    "deleted_user": (DOCUMENTED, _deleted_user),
    "current_login": (CURRENT, lambda s: s.get_user_info(s.log_in())),
    "current_expired_token": (CURRENT, _expired_token),
    "current_reused_auth_key": (CURRENT, _reused_auth_key),
}
"""The shipped cassettes that are recorded, by name."""


def record_shipped(directory: Path) -> None:
    """Record every scenario, and write the cassettes to this directory."""
    for name in SCENARIOS:
        library.write(_record(name), directory)


def _record(name: str) -> Cassette:
    platform, scenario = SCENARIOS[name]
    provider = Provider(platform=platform)
    with Server() as server, server.serving(provider.handle):
        session = _Session(server.base_url, provider)
        scenario(session)
    recorded = Cassette(
        name=name,
        head=head(platform, "simulator", RECORDED_AT),
        app=session.app,
        user=_USER,
        interactions=tuple(session.interactions),
    )
    return scrub(recorded)


if __name__ == "__main__":
    record_shipped(Path(sys.argv[1] if len(sys.argv) > 1 else library.OWN_DIRECTORY))
