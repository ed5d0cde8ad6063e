"""What a cassette holds, once it is loaded or before it is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pytest_lookloox.app import App
from pytest_lookloox.contract import is_blank
from pytest_lookloox.user_info import UserInfo

DOCUMENTED = "documented"
SIMULATOR = "simulator"
LIVE = "live"
ORIGINS = (DOCUMENTED, SIMULATOR, LIVE)

ADVANCE = "advance"
ISSUE_AUTH_KEY = "issue_auth_key"
SPEND_AUTH_KEY = "spend_auth_key"
ISSUE_ACCESS_TOKEN = "issue_access_token"
REMOVE_USER = "remove_user"
STEPS: Mapping[str, str] = {
    ADVANCE: "seconds",
    ISSUE_AUTH_KEY: "auth_key",
    SPEND_AUTH_KEY: "auth_key",
    ISSUE_ACCESS_TOKEN: "access_token",
    REMOVE_USER: "user_id",
}
"""What may have happened between two requests, and what its value is."""


@dataclass(frozen=True)
class Step:
    """Something that happened beside the recorded requests: `advance` of 3601 seconds, say."""

    action: str
    value: Any

    @property
    def subject(self) -> str:
        """What the value is: the name of the field that would hold it."""
        return STEPS[self.action]


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and its answer; `before` tells what happened between the last one and it.

    `headers` are the answer's, in order, repeated ones included; `line` is where the cassette's
    file holds the exchange. What is read of them is kept: many tests replay one exchange.
    """

    method: str
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    before: tuple[Step, ...] = ()
    line: int = field(default=0, compare=False)

    @cached_property
    def path(self) -> str:
        """The path that was asked for."""
        return urlsplit(self.url).path

    @cached_property
    def params(self) -> dict[str, str]:
        """The query's parameters; of one given twice the last counts."""
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    @cached_property
    def request_line(self) -> str:
        """Method, path and the names of the parameters: the request without its values."""
        names = "&".join(self.params)
        return f"{self.method} {self.path}{f'?{names}' if names else ''}"

    def header(self, name: str) -> str | None:
        """The first header of this name, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    @cached_property
    def content_type(self) -> str | None:
        """The header of that name."""
        return self.header("content-type")

    @cached_property
    def location(self) -> str | None:
        """The header of that name: where a redirect leads."""
        return self.header("location")

    @cached_property
    def other_headers(self) -> tuple[tuple[str, str], ...]:
        """The headers but those two."""
        return tuple(
            (name, value)
            for name, value in self.headers
            if name.lower() not in ("content-type", "location")
        )

    @cached_property
    def auth_key(self) -> str | None:
        """The auth_key that this answer hands out: the one in a redirect to the app."""
        return (self.location or "").partition("auth_key=")[2] or None

    @cached_property
    def access_token(self) -> str | None:
        """The access_token that this answer hands out."""
        try:
            body = self.json()
        except ValueError:
            return None
        token = body.get("access_token") if isinstance(body, dict) else None
        return token if isinstance(token, str) and not is_blank(token) else None

    def json(self) -> Any:
        """The body as a JSON value; raises `ValueError` if it is none."""
        return parsed(self.body)


@dataclass(frozen=True, kw_only=True)
class Cassette:
    """A recording: what was on the wire, and the state of the provider in which it was.

    `user` is the `user_info` of the user who was signed in; `origin` is one of `ORIGINS`; `lines`
    tells where the file holds a field above the exchanges: `"note"`, `"app_id"`, `"user.user_id"`.
    """

    name: str
    origin: str
    base_url: str
    api_version: str
    recorded_at: str
    tool_version: str
    note: str
    app: App
    user: UserInfo
    exchanges: tuple[Exchange, ...]
    file: str = field(default="", compare=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)


def parsed(body: bytes) -> Any:
    """The JSON value, with or without a byte-order mark; raises `ValueError` if it is none."""
    try:
        return json.loads(body.decode("utf-8-sig"))
    except RecursionError:
        raise ValueError("nested too deeply") from None
