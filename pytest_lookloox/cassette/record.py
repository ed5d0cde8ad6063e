"""Recordings over real HTTP: what is asked of a provider, and what is kept of it."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any, NamedTuple

from pytest_lookloox.app import App
from pytest_lookloox.cassette import model, wire
from pytest_lookloox.cassette.format import API_VERSION, timestamp
from pytest_lookloox.cassette.model import Cassette, Exchange, Step
from pytest_lookloox.cassette.placeholders import is_public
from pytest_lookloox.contract import API_PREFIX, AUTHORIZE, GET_USER_INFO
from pytest_lookloox.user_info import UserInfo

_WRONG_SECRET = "wrong-app-secret"
_BAD_TOKEN = "0" * 32

Progress = Callable[[str], None]


class Planned(NamedTuple):
    """A request of a live recording, as it is announced."""

    cassette: str
    endpoint: str
    purpose: str


LIVE_PLAN = (
    Planned("login", AUTHORIZE, "turns your auth_key into an access_token"),
    Planned("login", GET_USER_INFO, "reads your profile with it"),
    Planned("reused_auth_key", AUTHORIZE, "uses the auth_key again"),
    Planned("wrong_app_secret", AUTHORIZE, "uses a wrong app_secret"),
    Planned("unknown_token", GET_USER_INFO, "uses a token that never was"),
)


class Recorder:
    """Asks a provider, and keeps what was on the wire until a cassette is made of it."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._exchanges: list[Exchange] = []
        self._steps: list[Step] = []

    def ask(self, endpoint: str, params: Mapping[str, str]) -> Exchange:
        """Ask an endpoint; raises `ConnectionError`."""
        exchange = wire.get(self.app.base_url, f"{API_PREFIX}{endpoint}", dict(params))
        self.keep(exchange)
        return exchange

    def authorize(self, auth_key: str, app_secret: str | None = None) -> Exchange:
        """Ask for a token."""
        secret = self.app.app_secret if app_secret is None else app_secret
        return self.ask(
            AUTHORIZE,
            {"app_id": self.app.app_id, "app_secret": secret, "auth_key": auth_key},
        )

    def get_user_info(self, access_token: str) -> Exchange:
        """Ask for the profile."""
        return self.ask(GET_USER_INFO, {"access_token": access_token})

    def happened(self, action: str, value: Any) -> None:
        """Note what happened beside the requests, before the next one."""
        self._steps.append(Step(action, value))

    def keep(self, exchange: Exchange) -> None:
        """Keep an exchange, with what happened before it."""
        self._exchanges.append(dataclasses.replace(exchange, before=tuple(self._steps)))
        self._steps = []

    def cassette(
        self, name: str, *, origin: str, note: str, user: UserInfo, recorded_at: str
    ) -> Cassette:
        """What was kept since the last cassette."""
        exchanges, self._exchanges = tuple(self._exchanges), []
        return Cassette(
            name=name,
            origin=origin,
            base_url=self.app.base_url,
            api_version=API_VERSION,
            recorded_at=recorded_at,
            tool_version=version("pytest-lookloox"),
            note=note,
            app=self.app,
            user=user,
            exchanges=exchanges,
        )


def record_live(app: App, auth_key: str, origin: str, progress: Progress) -> list[Cassette]:
    """Make the requests of `LIVE_PLAN`; the cassettes still hold every secret.

    Raises `ValueError` where the provider does not let the login succeed, or answers no JSON.
    """
    steps = iter(enumerate(LIVE_PLAN, start=1))

    def told(exchange: Exchange) -> Exchange:
        number, planned = next(steps)
        progress(
            f"[{number}/{len(LIVE_PLAN)}] {planned.endpoint}: status {exchange.status}, "
            f"{_outcome(exchange)}"
        )
        return exchange

    recorder = Recorder(app)
    now = timestamp(datetime.datetime.now(datetime.timezone.utc))
    recorder.happened(model.ISSUE_AUTH_KEY, auth_key)
    authorized = told(recorder.authorize(auth_key))
    _require_json(authorized)
    token = authorized.access_token
    if token is None:
        raise ValueError("the login did not succeed: authorize answered no access_token")
    user = _user_in(told(recorder.get_user_info(token)))

    def cassette(name: str) -> Cassette:
        return recorder.cassette(name, origin=origin, note="", user=user, recorded_at=now)

    cassettes = [cassette("login")]
    for name, secret in (("reused_auth_key", None), ("wrong_app_secret", _WRONG_SECRET)):
        recorder.happened(model.ISSUE_AUTH_KEY, auth_key)
        recorder.happened(model.SPEND_AUTH_KEY, auth_key)
        _require_json(told(recorder.authorize(auth_key, secret)))
        cassettes.append(cassette(name))
    _require_json(told(recorder.get_user_info(_BAD_TOKEN)))
    cassettes.append(cassette("unknown_token"))
    return cassettes


def _user_in(exchange: Exchange) -> UserInfo:
    body = _require_json(exchange)
    user = body.get("user_info") if isinstance(body, dict) else None
    if not isinstance(user, dict):
        raise ValueError("the login did not succeed: get_user_info answered no user_info")
    return {name: value for name, value in user.items() if not isinstance(value, (dict, list))}


def _require_json(exchange: Exchange) -> Any:
    try:
        return exchange.json()
    except ValueError:
        raise ValueError(
            f"{exchange.path} answered no JSON ({_outcome(exchange)}): is --base-url right?"
        ) from None


def _outcome(exchange: Exchange) -> str:
    """The answer in a few words, none of which is a value of the user's."""
    content_type = (exchange.content_type or "no content type").partition(";")[0]
    try:
        body = exchange.json()
    except ValueError:
        return content_type
    message = body.get("message") if isinstance(body, dict) else None
    if isinstance(message, str) and is_public("message", message):
        return f"{content_type}, “{message}”"
    return content_type
