"""Recordings over real HTTP: what is sent to a provider, and what is kept of its answers."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from pytest_lookloox.cassettes.cassette import Cassette, Interaction
from pytest_lookloox.provider import facts
from pytest_lookloox.provider.facts import AUTHORIZE, GET_USER_INFO
from pytest_lookloox.provider.models import App
from pytest_lookloox.provider.platforms import PLATFORMS, Platform
from pytest_lookloox.provider.redaction import learn, shorten

WRONG = "0" * 32
"""A secret and a token that no provider has issued."""


def ask(
    app: App, platform: Platform, endpoint: str, params: Mapping[str, str], *before: dict[str, Any]
) -> Interaction:
    """Send a request and return it with its answer; `before` is what happened before it.

    Raises `ConnectionError`, whose text has no secret.
    """
    import requests

    method = platform.method_of(endpoint)
    address = f"{app.base_url}{facts.API_PREFIX}{endpoint}"
    sent: dict[str, Any] = {"data" if method == "POST" else "params": params}
    try:
        response = requests.request(method, address, **sent, allow_redirects=False, timeout=30)
    except requests.RequestException as error:
        # Its own text contains the URL, and so the secret.
        raise ConnectionError(f"{address} cannot be asked: {type(error).__name__}") from None
    location = response.headers.get("Location")
    return Interaction(
        method=method,
        url=str(response.request.url),
        form=str(response.request.body or ""),
        status=response.status_code,
        headers={"Location": location} if location else {},
        content_type=response.headers.get("Content-Type", ""),
        body=response.content.decode(errors="replace"),
        before=before,
    )


def head(platform: Platform, recorded_from: str, recorded_at: str) -> dict[str, str]:
    """Return what a cassette says of itself."""
    return {
        "platform": platform.name,
        "api_version": "1.1",
        "tool_version": version("pytest-lookloox"),
        "recorded_from": recorded_from,
        "recorded_at": recorded_at,
    }


def record_live(app: App, auth_key: str, origin: str) -> list[Cassette]:
    """Record a login, then an error each; return cassettes that still contain every secret.

    Raises `ValueError` where the login does not succeed.
    """
    learn(app.app_secret)
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    good = {"app_id": app.app_id, "app_secret": app.app_secret, "auth_key": auth_key}
    issued, spent = {"issue_auth_key": auth_key}, {"spend_auth_key": auth_key}
    for platform in PLATFORMS.values():
        login = ask(app, platform, AUTHORIZE, good, issued)
        # The parameters were sent: a server that misses them reads them from another place.
        if login.field("message") != facts.AUTHORIZE_NO_APP_ID.message:
            break
    if not login.access_token:
        raise ValueError(f"authorize answered no access_token: {_outcome(login)}")
    profile = ask(app, platform, GET_USER_INFO, {"access_token": login.access_token})
    user_info = profile.field("user_info")
    if not isinstance(user_info, dict):
        raise ValueError(f"get_user_info answered no user_info: {_outcome(profile)}")
    wrong = {**good, "app_secret": WRONG}
    recorded = {
        "login": (login, profile),
        "reused_auth_key": (ask(app, platform, AUTHORIZE, good, issued, spent),),
        "wrong_app_secret": (ask(app, platform, AUTHORIZE, wrong, issued, spent),),
        "unknown_token": (ask(app, platform, GET_USER_INFO, {"access_token": WRONG}),),
    }
    return [
        Cassette(
            name=name,
            head=head(platform, origin, now),
            app=app,
            user={n: v for n, v in user_info.items() if not isinstance(v, (dict, list))},
            interactions=interactions,
        )
        for name, interactions in recorded.items()
    ]


def message_of(answer: Interaction) -> str:
    """Return an error's message for the terminal: without secrets, but maybe with names."""
    return shorten(str(answer.field("message") or ""), 300)


def _outcome(answer: Interaction) -> str:
    page = f"status {answer.status}, {answer.content_type}; is --base-url right?"
    return f"“{message_of(answer)}”" if message_of(answer) else page
