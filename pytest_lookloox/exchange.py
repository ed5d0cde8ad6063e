"""A request and its answer, as plain as they can be: what every door hands to the provider."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from http import client
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from pytest_lookloox.contract import Fact

JSON_TYPE = "application/json"
HTML_TYPE = "text/html; charset=utf-8"
TEXT_TYPE = "text/plain; charset=utf-8"
SESSION_COOKIE = "lookloox_session"


class Wire(str, Enum):
    """What happens on the wire instead of an answer; each door carries it out in its own way."""

    CONNECTION_REFUSED = "connection_refused"
    CONNECT_TIMEOUT = "connect_timeout"
    TLS_ERROR = "tls_error"
    CONNECTION_RESET = "connection_reset"
    READ_TIMEOUT = "read_timeout"
    TRUNCATED = "truncated"
    """The headers promise the whole body, and half of it comes."""


KEEPING_OUT = (Wire.CONNECTION_REFUSED, Wire.CONNECT_TIMEOUT)
"""What lets no connection come about; a bad certificate is shown to one that stands."""


class NoAnswer(Exception):  # noqa: N818 - nobody made a mistake in here
    """What stands in the provider's place has no answer to a request; the text says why."""


class Request(NamedTuple):
    """What the provider reads of a request.

    `query` is the raw query string, without `?`. `headers`, under their usual names, and `form`,
    the fields of a posted form, are for pages alone. `verifies` tells whether the client looks at
    the server's certificate.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str | bytes] = {}
    form: Mapping[str, str] = {}
    verifies: bool = True

    def params(self) -> dict[str, str]:
        """The query string's parameters; of one given twice the last counts (A)."""
        return fields_in(self.query)

    def session(self) -> str:
        """The session cookie's value, or nothing: other cookies may be as odd as they like."""
        pairs = (cookie.strip().partition("=") for cookie in self._header("Cookie").split(";"))
        return next((value for name, _, value in pairs if name == SESSION_COOKIE), "")

    def accept_language(self) -> str:
        """The header of that name, or nothing."""
        return self._header("Accept-Language")

    def _header(self, name: str) -> str:
        value = self.headers.get(name, "")
        # `requests` lets headers be bytes, too.
        return value.decode("latin-1") if isinstance(value, bytes) else value


def fields_in(text: str) -> dict[str, str]:
    """The fields of a query string, or of a form as browsers post it."""
    return dict(_pairs_in(text))


@lru_cache(maxsize=16)
def _pairs_in(text: str) -> list[tuple[str, str]]:
    # Remembered: the door, the provider and a fault each read the same query.
    return parse_qsl(text, keep_blank_values=True, errors="replace")


class Response(NamedTuple):
    """The provider's answer, and the fact of the contract it rests on (`None` for none).

    `data` is what the body means: the JSON value, or the page's text; `body` is its bytes.
    `location` is where a redirect leads, and `session` what the session cookie is set to.
    `retry_after` is the header of that name, and `headers` are further ones, repeated ones
    included. `wire` is what happens instead of this answer, and `delay` how many seconds pass
    before it comes.
    """

    fact: Fact | None
    status: int
    content_type: str
    data: Any
    body: bytes
    location: str | None = None
    session: str | None = None
    retry_after: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    wire: Wire | None = None
    delay: float = 0

    @property
    def reason(self) -> str:
        """The status in words, empty for one that has no name."""
        return client.responses.get(self.status, "")

    def header_pairs(self) -> list[tuple[str, str]]:
        """The headers that every door sends; an empty content type is not sent."""
        cookie = self.session and f"{SESSION_COOKIE}={self.session}; Path=/; HttpOnly; SameSite=Lax"
        pairs = [
            ("Content-Type", self.content_type),
            ("Location", self.location),
            ("Retry-After", self.retry_after),
            ("Set-Cookie", cookie),
        ]
        return [*((name, value) for name, value in pairs if value), *self.headers]


def json_response(fact: Fact | None, data: Any, status: int = 200) -> Response:
    """A JSON answer with status 200, as the API gives success and errors alike (O)."""
    return Response(fact, status, JSON_TYPE, data, json.dumps(data).encode())


def page(fact: Fact | None, html: str, status: int = 200) -> Response:
    """An HTML page for the browser's leg."""
    return Response(fact, status, HTML_TYPE, html, html.encode())


def redirect(fact: Fact | None, location: str, session: str | None = None) -> Response:
    """A 302 to `location`, with an empty body."""
    return Response(fact, 302, HTML_TYPE, "", b"", location, session)


def text_response(text: str, status: int) -> Response:
    """What a door says for itself, where the provider was not asked."""
    return Response(None, status, TEXT_TYPE, text, f"{text}\n".encode())


def no_answer(wire: Wire) -> Response:
    """Nothing that a client could read."""
    return Response(None, 0, "", None, b"", wire=wire)
