"""An app's login as people write it, for the suites of this folder."""

from __future__ import annotations

from typing import Any

import requests

from pytest_lookloox import LookLoox

SHOP = "https://shop.invalid/orders"


def get(url: str, **options: Any) -> requests.Response:
    return requests.get(url, timeout=5, **options)


def log_in(provider: LookLoox) -> Any:
    """What an app learns of a visitor who begins at the login link."""
    redirect = get(provider.app.login_url, allow_redirects=False)
    login = {
        "app_id": provider.app.app_id,
        "app_secret": provider.app.app_secret,
        "auth_key": redirect.headers["Location"].partition("auth_key=")[2],
    }
    token = get(f"{provider.base_url}/api/authorize", params=login).json()
    return get(f"{provider.base_url}/api/get_user_info", params=token).json()


def logs_in(provider: LookLoox) -> bool:
    """Whether the simulator answered a whole login."""
    answer: dict[str, Any] = log_in(provider)
    return answer == {"user_info": provider.user} and len(provider.calls) >= 3
