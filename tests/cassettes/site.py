"""A provider on a real port, to record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pytest_lookloox.provider.api import Provider
from pytest_lookloox.provider.http import Request, Response, json_response
from pytest_lookloox.provider.models import App
from pytest_lookloox.provider.user_info import build_user_info
from pytest_lookloox.transports.server import Server

SECRET = "a secret/that no one may see"
APP = App("31337", SECRET, "https://app.example/callback")
PRIVATE: dict[str, Any] = {
    "user_id": "77123",
    "user_firstname": "Wilhelmina",
    "user_email": "wilhelmina@mail.example",
    "user_birthdate": None,
    "user_picture": "",
}


class Site:
    """A provider with an app, and a user who approved it.

    `answers` come before its own, and `refusal` is its own message of a refused `authorize`.
    """

    def __init__(self, base_url: str) -> None:
        self.app = replace(APP, base_url=base_url)
        self.user = {**build_user_info(**PRIVATE), "rank": 1.5, "more": {"a": 1}}
        self.answers: dict[str, Response] = {}
        self.refusal = ""
        self.requests: list[Request] = []
        self.provider = Provider()
        self.provider.register_app(self.app)
        self.provider.users["77123"] = self.user
        self.auth_key = self.provider.issue_auth_key(APP.app_id, "77123")

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        self.requests.append(request)
        endpoint = request.path.rpartition("/")[2]
        answer = self.answers.get(endpoint) or self.provider.handle(request)
        if self.refusal and endpoint == "authorize" and answer.reason:
            return json_response({"error": True, "message": self.refusal})
        return answer


@contextmanager
def running_site() -> Iterator[Site]:
    """Let a site run on a port of the loopback interface."""
    with Server() as server:
        site = Site(server.base_url)
        with server.serving(site.handle):
            yield site
