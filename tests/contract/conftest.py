"""The contract is tested from outside, as a client sees it, through every door."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
import requests

from pytest_lookloox import LookLoox

Ask = Callable[..., requests.Response]

# Written out, not imported: what changes in the package has to fail here.
API_DISABLED = "The developers module has been disabled by the admin"
UNKNOWN_APP = (
    "We're sorry, but the application you're trying to use doesn't exist or has been disabled"
)
INVALID_APP_ID = "Bad Request, invalid app_id"
INVALID_APP_SECRET = "Bad Request, invalid app_secret"
INVALID_AUTH_KEY = "Bad Request, invalid auth_key"
INVALID_ACCESS_TOKEN = "Bad Request, invalid access_token"
EXPIRED_ACCESS_TOKEN = "Bad Request, expired access_token"
INVALID_PARAMETERS = "Bad Request, invalid parameters"
FIELDS = [
    "user_id",
    "user_name",
    "user_email",
    "user_firstname",
    "user_lastname",
    "user_gender",
    "user_birthdate",
    "user_picture",
    "user_cover",
    "user_registered",
    "user_verified",
    "user_relationship",
    "user_biography",
    "user_website",
]

JSON = "application/json"
HTML = "text/html; charset=utf-8"

BLANKS = [
    pytest.param(None, id="missing"),
    pytest.param("", id="empty"),
    pytest.param(" ", id="space"),
    pytest.param("\t\r\n", id="control"),
    pytest.param("\u00a0", id="no-break space"),
    pytest.param(" \u00a0\u3000", id="mixed"),
]
UNHEARD_OF = [
    pytest.param("unheard-of", id="ascii"),
    pytest.param("ключ-🔑-鍵", id="non-ascii"),
    pytest.param("\u200b", id="zero-width space, which is no white space"),
    pytest.param("0", id="falsy in PHP"),
    pytest.param("' OR '1'='1", id="quotes"),
    # The longest that web servers let through; test_lookloox.py goes further.
    pytest.param("x" * 60_000, id="60 kB"),
]


class Answer(NamedTuple):
    """What a client can tell answers apart by."""

    status: int
    content_type: str
    body: str


def answer(response: requests.Response) -> Answer:
    """The part of a response that the contract fixes."""
    return Answer(response.status_code, response.headers["Content-Type"], response.text)


def error(message: str, status: int = 200) -> Answer:
    """The JSON error with this message, letter by letter."""
    return Answer(status, JSON, f'{{"error": true, "message": "{message}"}}')


def key_in(callback_url: str) -> str:
    """The auth_key at the end of a callback URL."""
    return callback_url.rpartition("?auth_key=")[2]


@pytest.fixture(params=["lookloox", "lookloox_server"])
def provider(request: pytest.FixtureRequest) -> LookLoox:
    """The provider behind one of its doors."""
    opened: LookLoox = request.getfixturevalue(request.param)
    return opened


@pytest.fixture
def ask(provider: LookLoox) -> Ask:
    """Ask an endpoint: `ask("authorize", app_id="…")`; redirects are not followed.

    A parameter given as `None` is left out, one given as a list is repeated.
    """

    def send(
        endpoint: str, method: str = "GET", **params: str | list[str] | None
    ) -> requests.Response:
        url = f"{provider.base_url}/api/{endpoint}"
        return requests.request(method, url, params=params, allow_redirects=False, timeout=30)

    return send


@pytest.fixture
def authorize(provider: LookLoox, ask: Ask) -> Ask:
    """Ask `/api/authorize` with the registered app's values, except where a test gives others."""

    def send(**params: str | list[str] | None) -> requests.Response:
        app = provider.app
        return ask("authorize", **{"app_id": app.app_id, "app_secret": app.app_secret, **params})

    return send


@pytest.fixture
def visit(provider: LookLoox, ask: Ask) -> Ask:
    """Follow the link "Log in with Look Loox" of an app, by default the registered one."""

    def send(app_id: str | None = provider.app.app_id) -> requests.Response:
        return ask("oauth", app_id=app_id)

    return send
