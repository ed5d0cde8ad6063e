"""The contract as a client sees it, over both transports; expected texts are written out here."""

from __future__ import annotations

import html
import re
from typing import NamedTuple

import pytest
import requests

from pytest_lookloox import LookLoox
from pytest_lookloox.provider.platforms import PLATFORMS

BOTH_PLATFORMS = pytest.mark.parametrize("platform", list(PLATFORMS))
API_DISABLED = "The developers module has been disabled by the admin"
UNKNOWN_APP = (
    "We're sorry, but the application you're trying to use doesn't exist or has been disabled"
)
FIELDS = [
    *("user_id", "user_name", "user_email", "user_firstname", "user_lastname", "user_gender"),
    *("user_birthdate", "user_picture", "user_cover", "user_registered", "user_verified"),
    *("user_relationship", "user_biography", "user_website"),
]
NULLABLE = [
    *("user_birthdate", "user_picture", "user_cover"),
    *("user_relationship", "user_biography", "user_website"),
]


class Answer(NamedTuple):
    """The part of a response that the contract fixes."""

    status: int
    content_type: str
    body: str


def answer(response: requests.Response) -> Answer:
    """Return a response with its body as sent, or with the message or else heading of a page."""
    body = response.text
    for element in ("h1", "blockquote"):
        if found := re.search(f"<{element}.*?>(.*)</{element}>", response.text):
            body = html.unescape(re.sub("<.*?>", "", found[1]))
    return Answer(response.status_code, response.headers["Content-Type"], body)


def json_answer(body: str, status: int = 200) -> Answer:
    return Answer(status, "application/json", body)


def error(message: str, status: int = 200) -> Answer:
    """Return the JSON error with this message, letter by letter."""
    return json_answer(f'{{"error":true,"message":"{message}"}}', status)


def page(text: str, status: int = 200) -> Answer:
    """Return the page with this message or heading."""
    return Answer(status, "text/html; charset=utf-8", text)


@pytest.fixture
def platform() -> str:
    """The platform of a test, unless it is marked with `BOTH_PLATFORMS`."""
    return "documented"


@pytest.fixture
def lookloox_config(platform: str) -> dict[str, str]:
    return {"platform": platform}


@pytest.fixture(params=["lookloox", "lookloox_server"])
def provider(request: pytest.FixtureRequest, platform: str) -> LookLoox:
    """The provider of a platform over one of its transports."""
    over_transport: LookLoox = request.getfixturevalue(request.param)
    return over_transport
