"""A login as a client does it, call by call: what tests of faults ask the provider with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from pytest_lookloox import LookLoox


def authorize(provider: LookLoox, auth_key: str, **options: Any) -> requests.Response:
    """Exchange an auth_key; `options` are those of `requests`, and `session` and `retries`."""
    app = provider.app
    credentials = {"app_id": app.app_id, "app_secret": app.app_secret, "auth_key": auth_key}
    return _get(provider, "authorize", credentials, options)


def get_user_info(provider: LookLoox, access_token: str, **options: Any) -> requests.Response:
    """Ask for the profile; `options` are those of `requests`."""
    return _get(provider, "get_user_info", {"access_token": access_token}, options)


def call(provider: LookLoox, endpoint: str, **options: Any) -> requests.Response:
    """One call in good order to either endpoint."""
    return calling(provider, endpoint)(**options)


def calling(provider: LookLoox, endpoint: str) -> Callable[..., requests.Response]:
    """The same, to be made more than once: each time with the same key or token."""
    if endpoint == "authorize":
        return partial(authorize, provider, provider.issue_auth_key())
    return partial(get_user_info, provider, provider.issue_access_token())


def gets_in(provider: LookLoox, **options: Any) -> bool:
    """Whether a client that makes no mistake gets a profile."""
    auth_key = provider.approve().partition("?auth_key=")[2]
    try:
        token = authorize(provider, auth_key, **options).json()["access_token"]
        profile = get_user_info(provider, token, **options).json()
        return bool(profile["user_info"]["user_id"])
    except (requests.RequestException, KeyError, TypeError):
        return False


def new_session(provider: LookLoox, retries: Any = 0) -> requests.Session:
    session = requests.Session()
    session.mount(provider.base_url, HTTPAdapter(max_retries=retries))
    return session


def _get(
    provider: LookLoox, endpoint: str, params: dict[str, str], options: dict[str, Any]
) -> requests.Response:
    session = options.pop("session", None) or new_session(provider, options.pop("retries", 0))
    options = {"timeout": 5, "verify": provider.ca_file or True, **options}
    return session.get(f"{provider.base_url}/api/{endpoint}", params=params, **options)
