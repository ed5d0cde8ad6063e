"""A login as a client does it, call by call: what tests of faults ask the provider with."""

from __future__ import annotations

from typing import Any

import requests
from requests.adapters import HTTPAdapter

from pytest_lookloox import LookLoox


def authorize(provider: LookLoox, auth_key: str, **options: Any) -> requests.Response:
    """Exchange an auth_key; `options` are those of `requests`, and `retries`."""
    app = provider.app
    credentials = {"app_id": app.app_id, "app_secret": app.app_secret, "auth_key": auth_key}
    return _get(provider, "authorize", credentials, options)


def get_user_info(provider: LookLoox, access_token: str, **options: Any) -> requests.Response:
    """Ask for the profile; `options` are those of `requests`."""
    return _get(provider, "get_user_info", {"access_token": access_token}, options)


def call(provider: LookLoox, endpoint: str, **options: Any) -> requests.Response:
    """One call in good order to either endpoint."""
    if endpoint == "authorize":
        return authorize(provider, provider.issue_auth_key(), **options)
    return get_user_info(provider, provider.issue_access_token(), **options)


def _get(
    provider: LookLoox, endpoint: str, params: dict[str, str], options: dict[str, Any]
) -> requests.Response:
    session = requests.Session()
    session.mount(provider.base_url, HTTPAdapter(max_retries=options.pop("retries", 0)))
    options = {"timeout": 5, "verify": provider.ca_file or True, **options}
    return session.get(f"{provider.base_url}/api/{endpoint}", params=params, **options)
