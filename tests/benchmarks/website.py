"""The website that logs people in, and the answers it gets where a peer has to be told them."""

from __future__ import annotations

import json
from typing import Any

import requests

from pytest_lookloox import build_user_info_payload
from pytest_lookloox.contract import (
    API_PREFIX,
    AUTHORIZE,
    DEFAULT_BASE_URL,
    GET_USER_INFO,
    LOGIN_PATH,
)

AUTHORIZE_PATH = f"{API_PREFIX}{AUTHORIZE}"
USER_INFO_PATH = f"{API_PREFIX}{GET_USER_INFO}"
AUTH_KEY = "0123456789abcdef0123456789abcdef"
ACCESS_TOKEN = "fedcba9876543210fedcba9876543210"
CALLBACK_URL = f"http://localhost/callback?auth_key={AUTH_KEY}"
ANSWERS: dict[str, Any] = {
    AUTHORIZE_PATH: {"access_token": ACCESS_TOKEN},
    USER_INFO_PATH: build_user_info_payload(),
}
BODIES = {path: json.dumps(answer).encode() for path, answer in ANSWERS.items()}


def session() -> requests.Session:
    """A session whose speed does not hang on this machine's proxy variables and netrc file."""
    opened = requests.Session()
    opened.trust_env = False
    return opened


def log_in(client: requests.Session, base_url: str = DEFAULT_BASE_URL) -> None:
    """The three requests of a login: the browser's, then the website's two."""
    app_id = "test-app-id"
    to_the_app = client.get(
        f"{base_url}{LOGIN_PATH}", params={"app_id": app_id}, allow_redirects=False, timeout=5
    )
    auth_key = to_the_app.headers["Location"].partition("auth_key=")[2]
    credentials = {"app_id": app_id, "app_secret": "test-app-secret", "auth_key": auth_key}
    token = client.get(f"{base_url}{AUTHORIZE_PATH}", params=credentials, timeout=5).json()
    payload = client.get(f"{base_url}{USER_INFO_PATH}", params=token, timeout=5).json()
    if payload["user_info"]["user_id"] != "1042":
        raise RuntimeError(f"this is no login: {payload}")


def visit(base_url: str = DEFAULT_BASE_URL) -> None:
    """A login by a client of its own, and so over connections of its own."""
    with session() as client:
        log_in(client, base_url)
