"""Recordings over real HTTP: what is sent to a provider, and what is kept of its answers."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any
from urllib.parse import urlencode

from pytest_lookloox.cassettes.cassette import HEAD, Cassette, Interaction, Step
from pytest_lookloox.cassettes.scrubber import is_api_message
from pytest_lookloox.provider.facts import API_PREFIX, AUTHORIZE, GET_USER_INFO
from pytest_lookloox.provider.models import App
from pytest_lookloox.provider.user_info import UserInfo

LIVE_PLAN = (
    ("login", AUTHORIZE, "turns your auth_key into an access_token"),
    ("login", GET_USER_INFO, "reads your profile with it"),
    ("reused_auth_key", AUTHORIZE, "uses the auth_key again"),
    ("wrong_app_secret", AUTHORIZE, "uses a wrong app_secret"),
    ("unknown_token", GET_USER_INFO, "uses an unknown token"),
)
"""The requests of a live recording: its cassette, its endpoint, and what it does."""

_HEADERS_OF_THE_CONNECTION = (
    *("connection", "content-encoding", "content-length", "date", "keep-alive", "server"),
    "transfer-encoding",
)


class Recorder:
    """Sends requests to a provider, and keeps them until a cassette is made of them."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._interactions: list[Interaction] = []
        self._steps: list[Step] = []

    def ask(self, endpoint: str, params: Mapping[str, str]) -> Interaction:
        """Send a request to an endpoint, follow no redirect, and keep the answer.

        Raises `ConnectionError`, whose text contains no secret.
        """
        import requests

        address = f"{self.app.base_url}{API_PREFIX}{endpoint}"
        url = f"{address}?{urlencode(params)}" if params else address
        try:
            response = requests.get(url, allow_redirects=False, timeout=30)
        except requests.RequestException as error:
            # Its own text contains the URL, and so the secret.
            raise ConnectionError(f"{address} cannot be asked: {type(error).__name__}") from None
        interaction = Interaction(
            method="GET",
            url=url,
            status=response.status_code,
            headers=tuple(
                (name, value)
                for name, value in response.raw.headers.items()
                if name.lower() not in _HEADERS_OF_THE_CONNECTION
            ),
            body=response.content,
            before=tuple(self._steps),
        )
        self._interactions.append(interaction)
        self._steps = []
        return interaction

    def authorize(self, auth_key: str, app_secret: str | None = None) -> Interaction:
        """Ask for a token."""
        secret = self.app.app_secret if app_secret is None else app_secret
        credentials = {"app_id": self.app.app_id, "app_secret": secret, "auth_key": auth_key}
        return self.ask(AUTHORIZE, credentials)

    def get_user_info(self, access_token: str) -> Interaction:
        """Ask for the profile."""
        return self.ask(GET_USER_INFO, {"access_token": access_token})

    def note(self, action: str, value: Any) -> None:
        """Note what happened beside the requests, before the next one."""
        self._steps.append(Step(action, value))

    def cassette(
        self, name: str, origin: str, user: UserInfo, recorded_at: str, **head: str
    ) -> Cassette:
        """Return what was kept since the last cassette, with every secret."""
        interactions, self._interactions = tuple(self._interactions), []
        texts = (origin, self.app.base_url, "1.1", recorded_at, version("pytest-lookloox"))
        return Cassette(
            name=name,
            head={**dict(zip(HEAD, texts, strict=True)), **head},
            app=self.app,
            user=user,
            interactions=interactions,
        )


def record_live(app: App, auth_key: str, origin: str) -> list[Cassette]:
    """Make the requests of `LIVE_PLAN`; return cassettes that still contain every secret.

    Raises `ValueError` where the login does not succeed.
    """
    recorder = Recorder(app)
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    recorder.note("issue_auth_key", auth_key)
    answer = recorder.authorize(auth_key)
    if answer.access_token is None:
        raise ValueError(f"authorize answered no access_token: {_outcome(answer)}")
    answer = recorder.get_user_info(answer.access_token)
    user_info = answer.data.get("user_info") if isinstance(answer.data, dict) else None
    if not isinstance(user_info, dict):
        raise ValueError(f"get_user_info answered no user_info: {_outcome(answer)}")
    user = {name: value for name, value in user_info.items() if not isinstance(value, (dict, list))}
    cassettes = [recorder.cassette("login", origin, user, now)]
    for name, secret in (
        ("reused_auth_key", app.app_secret),
        ("wrong_app_secret", "wrong-app-secret"),
    ):
        recorder.note("issue_auth_key", auth_key)
        recorder.note("spend_auth_key", auth_key)
        recorder.authorize(auth_key, secret)
        cassettes.append(recorder.cassette(name, origin, user, now))
    recorder.get_user_info("0" * 32)
    return [*cassettes, recorder.cassette("unknown_token", origin, user, now)]


def _outcome(answer: Interaction) -> str:
    """Return the answer in a few words, none of which is a value of the user's."""
    message = answer.data.get("message") if isinstance(answer.data, dict) else None
    if is_api_message(message):
        return f"“{message}”"
    return f"status {answer.status}, {answer.header('content-type')}; is --base-url right?"
