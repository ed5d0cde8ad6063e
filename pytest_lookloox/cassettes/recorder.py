"""Recordings over real HTTP: what is sent to a provider, and what is kept of its answers."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from http import HTTPStatus
from importlib.metadata import version
from typing import Any
from urllib.parse import urlencode

from pytest_lookloox.cassettes.cassette import Cassette, Interaction, Step
from pytest_lookloox.provider import facts
from pytest_lookloox.provider.facts import AUTHORIZE, GET_USER_INFO
from pytest_lookloox.provider.models import App
from pytest_lookloox.provider.platforms import DOCUMENTED, PLATFORMS, Platform
from pytest_lookloox.provider.redaction import learn, shorten
from pytest_lookloox.provider.user_info import UserInfo

LIVE_PLAN = (
    ("login", AUTHORIZE, "turns your auth_key into an access_token", ""),
    ("login", GET_USER_INFO, "reads your profile with it", ""),
    ("reused_auth_key", AUTHORIZE, "uses the auth_key again", ""),
    ("wrong_app_secret", AUTHORIZE, "uses a wrong app_secret", "0" * 32),
    ("unknown_token", GET_USER_INFO, "uses an unknown token", "0" * 32),
)
"""The requests of a live recording: cassette, endpoint, purpose, and a value that is wrong."""
_LONGEST_MESSAGE = 300


class Recorder:
    """Sends requests to a provider, and keeps them until a cassette is made of them."""

    def __init__(self, app: App, platform: Platform = DOCUMENTED) -> None:
        learn(app.app_secret)
        self.app = app
        self.platform = platform
        self._interactions: list[Interaction] = []
        self._steps: list[Step] = []

    def ask(self, endpoint: str, params: Mapping[str, str]) -> Interaction:
        """Send a request and keep its answer; raise `ConnectionError`, whose text has no secret."""
        import requests

        method = self.platform.method_of(endpoint)
        address = f"{self.app.base_url}{facts.API_PREFIX}{endpoint}"
        fields = urlencode(params)
        form = fields if method == "POST" else ""
        url = f"{address}?{fields}" if fields and not form else address
        try:
            response = requests.request(
                method, url, data=params if form else None, allow_redirects=False, timeout=30
            )
        except requests.RequestException as error:
            # Its own text contains the URL, and so the secret.
            raise ConnectionError(f"{address} cannot be asked: {type(error).__name__}") from None
        location = response.headers.get("Location")
        interaction = Interaction(
            method=method,
            url=url,
            form=form,
            status=response.status_code,
            headers={"Location": location} if location else {},
            content_type=response.headers.get("Content-Type", ""),
            body=response.content.decode(errors="replace"),
            before=tuple(self._steps),
        )
        self._interactions.append(interaction)
        self._steps = []
        return interaction

    def authorize(self, auth_key: str, app_secret: str = "") -> Interaction:
        """Ask for a token, with the app's secret or another one."""
        secret = app_secret or self.app.app_secret
        credentials = {"app_id": self.app.app_id, "app_secret": secret, "auth_key": auth_key}
        return self.ask(AUTHORIZE, credentials)

    def get_user_info(self, access_token: str) -> Interaction:
        """Ask for the profile."""
        return self.ask(GET_USER_INFO, {"access_token": access_token})

    def note(self, action: str, value: Any) -> None:
        """Note what happened beside the requests, before the next one."""
        self._steps.append(Step(action, value))

    def cassette(self, name: str, user: UserInfo, **head: str) -> Cassette:
        """Return what was kept since the last cassette, with every secret."""
        interactions, self._interactions = tuple(self._interactions), []
        own = {"platform": self.platform.name, "api_version": "1.1"}
        head = {**own, "tool_version": version("pytest-lookloox"), **head}
        return Cassette(name=name, head=head, app=self.app, user=user, interactions=interactions)


def record_live(app: App, auth_key: str, origin: str) -> list[Cassette]:
    """Make the requests of `LIVE_PLAN`; return cassettes that still contain every secret.

    Raises `ValueError` where the login does not succeed.
    """
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    head = {"recorded_from": origin, "recorded_at": now}
    for platform in PLATFORMS.values():
        recorder = Recorder(app, platform)
        recorder.note("issue_auth_key", auth_key)
        answer = recorder.authorize(auth_key)
        # The parameters were sent: a server that misses them reads them from another place.
        if answer.field("message") != facts.AUTHORIZE_NO_APP_ID.message:
            break
    if answer.access_token is None or answer.status != HTTPStatus.OK:
        raise ValueError(f"authorize answered no access_token: {_outcome(answer)}")
    answer = recorder.get_user_info(answer.access_token)
    user_info = answer.field("user_info")
    if not isinstance(user_info, dict):
        raise ValueError(f"get_user_info answered no user_info: {_outcome(answer)}")
    user = {name: value for name, value in user_info.items() if not isinstance(value, (dict, list))}
    cassettes = [recorder.cassette("login", user, **head)]
    for name, endpoint, _, wrong_value in LIVE_PLAN[2:]:
        if endpoint == AUTHORIZE:
            recorder.note("issue_auth_key", auth_key)
            recorder.note("spend_auth_key", auth_key)
            recorder.authorize(auth_key, wrong_value)
        else:
            recorder.get_user_info(wrong_value)
        cassettes.append(recorder.cassette(name, user, **head))
    return cassettes


def message_of(answer: Interaction) -> str:
    """Return an error's message for the terminal: without secrets, but maybe with names."""
    message = answer.field("message")
    return shorten(message, _LONGEST_MESSAGE) if isinstance(message, str) else ""


def _outcome(answer: Interaction) -> str:
    message = message_of(answer)
    if message:
        return f"“{message}”"
    return f"status {answer.status}, {answer.content_type}; is --base-url right?"
