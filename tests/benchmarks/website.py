"""The website that logs users in, and the answers that peers have to be told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import requests

from pytest_lookloox import build_user_info_payload
from pytest_lookloox.provider.facts import DEFAULT_BASE_URL, ENDPOINT_BY_PATH

OAUTH_PATH, AUTHORIZE_PATH, GET_USER_INFO_PATH = ENDPOINT_BY_PATH
AUTH_KEY = "0123456789abcdef0123456789abcdef"
CALLBACK_URL = f"http://localhost/callback?auth_key={AUTH_KEY}"
REDIRECT = {"Location": CALLBACK_URL}
ANSWERS: dict[str, Any] = {
    AUTHORIZE_PATH: {"access_token": "fedcba9876543210fedcba9876543210"},
    GET_USER_INFO_PATH: build_user_info_payload(),
}
BODIES = {path: json.dumps(answer).encode() for path, answer in ANSWERS.items()}


def log_in(get: Callable[..., requests.Response], base_url: str = DEFAULT_BASE_URL) -> None:
    """Send the three requests of a login: the browser's, then the website's two."""
    app_id = "test-app-id"
    redirect = get(
        f"{base_url}{OAUTH_PATH}", params={"app_id": app_id}, allow_redirects=False, timeout=5
    )
    auth_key = redirect.headers["Location"].partition("auth_key=")[2]
    credentials = {"app_id": app_id, "app_secret": "test-app-secret", "auth_key": auth_key}
    token = get(f"{base_url}{AUTHORIZE_PATH}", params=credentials, timeout=5).json()
    payload = get(f"{base_url}{GET_USER_INFO_PATH}", params=token, timeout=5).json()
    if payload["user_info"]["user_id"] != "1042":
        raise RuntimeError(f"the login failed: {payload}")


def new_session() -> requests.Session:
    """Return a session that looks for no proxy variables and no netrc file of this machine."""
    session = requests.Session()
    session.trust_env = False
    return session


def visit(base_url: str = DEFAULT_BASE_URL) -> None:
    """Log in with a new session, and so over new connections."""
    with new_session() as session:
        log_in(session.get, base_url)


def visit_bare(base_url: str = DEFAULT_BASE_URL) -> None:
    """Log in with `requests.get`, which opens a session for each request."""
    log_in(requests.get, base_url)
