"""The client that tests share: a login over `requests`, call by call."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from pytest_lookloox import App, LookLoox

TIMEOUT = 5


def key_in(callback_url: str) -> str:
    """Return the auth_key at the end of a callback URL."""
    return callback_url.rpartition("?auth_key=")[2]


def visit(provider: LookLoox, app: App | None = None, **options: Any) -> requests.Response:
    """Follow the login link as a browser does, without following the redirect."""
    app_id = (app or provider.app).app_id
    return ask(provider, "oauth", {"app_id": app_id}, allow_redirects=False, **options)


def authorize(
    provider: LookLoox, auth_key: str, app: App | None = None, **options: Any
) -> requests.Response:
    """Exchange an auth_key for a token."""
    app = app or provider.app
    credentials = {"app_id": app.app_id, "app_secret": app.app_secret, "auth_key": auth_key}
    return ask(provider, "authorize", credentials, **options)


def get_user_info(provider: LookLoox, access_token: str, **options: Any) -> requests.Response:
    """Ask for the profile."""
    return ask(provider, "get_user_info", {"access_token": access_token}, **options)


def log_in(provider: LookLoox, callback_url: str | None = None, **options: Any) -> dict[str, Any]:
    """Log in with a callback URL, by default a fresh one, and return the `user_info`.

    Raises `requests.RequestException`, `KeyError` or `TypeError` if the provider does not let it.
    """
    auth_key = key_in(callback_url or provider.approve())
    token = authorize(provider, auth_key, **options).json()["access_token"]
    user_info: dict[str, Any] = get_user_info(provider, token, **options).json()["user_info"]
    return user_info


def gets_in(provider: LookLoox, **options: Any) -> bool:
    """Return whether a client that makes no mistake gets a profile with an id."""
    try:
        return bool(log_in(provider, **options)["user_id"])
    except (requests.RequestException, KeyError, TypeError):
        return False


def caller(provider: LookLoox, endpoint: str) -> Callable[..., requests.Response]:
    """Return a call of an endpoint in good order, with the same key or token each time."""
    if endpoint == "oauth":
        return partial(visit, provider)
    if endpoint == "authorize":
        return partial(authorize, provider, provider.issue_auth_key())
    return partial(get_user_info, provider, provider.issue_access_token())


def ask(
    provider: LookLoox,
    endpoint: str,
    params: dict[str, Any],
    method: str | None = None,
    **options: Any,
) -> requests.Response:
    """Send a request, without a method in the way that the provider's platform reads.

    `options` are those of `requests`, and `session` and `retries`, or `send` instead of both.
    """
    session = options.pop("session", None) or new_session(provider, options.pop("retries", 0))
    options = {"timeout": TIMEOUT, "verify": provider.ca_file or True, **options}
    url = f"{provider.base_url}/api/{endpoint}"
    way = method or provider._simulation.provider.platform.method_of(endpoint)
    options["params" if method or way == "GET" else "data"] = params
    send = options.pop("send", session.request)
    response: requests.Response = send(way, url, **options)
    return response


def new_session(provider: LookLoox, retries: Any = 0) -> requests.Session:
    """Return a session that repeats requests to the provider by this policy."""
    session = requests.Session()
    session.mount(provider.base_url, HTTPAdapter(max_retries=retries))
    return session
