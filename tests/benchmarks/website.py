"""The website that logs users in, and the answers that peers have to be told."""

from __future__ import annotations

import json
from typing import Any

import requests

from pytest_lookloox import build_user_info_payload
from pytest_lookloox.provider.facts import API_PREFIX, DEFAULT_BASE_URL, ENDPOINTS
from pytest_lookloox.provider.models import DEFAULT_APP

OAUTH_PATH, AUTHORIZE_PATH, GET_USER_INFO_PATH = (f"{API_PREFIX}{name}" for name in ENDPOINTS)
REDIRECT = {"Location": DEFAULT_APP.callback_url("0123456789abcdef0123456789abcdef")}
ANSWERS: dict[str, Any] = {
    AUTHORIZE_PATH: {"access_token": "fedcba9876543210fedcba9876543210"},
    GET_USER_INFO_PATH: build_user_info_payload(),
}
BODIES = {path: json.dumps(answer).encode() for path, answer in ANSWERS.items()}


def new_session() -> requests.Session:
    """Return a session that looks for no proxy variables and no netrc file of this machine."""
    session = requests.Session()
    session.trust_env = False
    return session


def visit(base_url: str = DEFAULT_BASE_URL) -> None:
    """Log in with a new session, and so over new connections."""
    with new_session() as session:
        log_in(session, base_url, allow_redirects=False)


def log_in(session: Any, base_url: str = DEFAULT_BASE_URL, **no_redirect: bool) -> None:
    """Send the three requests of a login by requests or httpx, first the browser's."""
    credentials = {"app_id": DEFAULT_APP.app_id}
    url = f"{base_url}{OAUTH_PATH}"
    redirect = session.get(url, params=credentials, timeout=5, **no_redirect)
    credentials["app_secret"] = DEFAULT_APP.app_secret
    credentials["auth_key"] = redirect.headers["Location"].partition("auth_key=")[2]
    token = session.get(f"{base_url}{AUTHORIZE_PATH}", params=credentials, timeout=5).json()
    payload = session.get(f"{base_url}{GET_USER_INFO_PATH}", params=token, timeout=5).json()
    if payload["user_info"]["user_id"] != "1042":
        raise RuntimeError(f"the login failed: {payload}")
