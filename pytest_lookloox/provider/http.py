"""Transport-independent request and response."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from pytest_lookloox.provider.facts import Fact

HTML_TYPE = "text/html; charset=utf-8"
FORM_TYPE = "application/x-www-form-urlencoded"
_SESSION_COOKIE = "lookloox_session"
_JSON_HEADERS = (("Content-Type", "application/json"),)
_encode = json.JSONEncoder(separators=(",", ":")).encode
_HTML_HEADERS = (("Content-Type", HTML_TYPE),)


class TransportFault(str, Enum):
    """What a transport does to the connection instead of sending the response."""

    CONNECTION_REFUSED = "connection_refused"
    CONNECT_TIMEOUT = "connect_timeout"
    TLS_ERROR = "tls_error"
    CONNECTION_RESET = "connection_reset"
    READ_TIMEOUT = "read_timeout"
    TRUNCATED = "truncated"  # half of the body is sent


class NotRecorded(Exception):  # noqa: N818 - the client's mistake, not the program's
    """A recording has no answer; the text says why and what to do."""


class Request(NamedTuple):
    """What a handler reads of a request.

    `path` and `query` are as sent, the query without its `?`. `origin` is scheme and host of the
    URL, `verifies` tells whether the client checks the server's certificate, and `has_timeout`
    whether it limits connecting and reading; a transport may know nothing of these three.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str | bytes] = {}
    body: bytes = b""
    origin: str = ""
    verifies: bool = True
    has_timeout: bool = True

    def params(self) -> dict[str, str]:
        """Return everything that was sent, in the query or in a posted form."""
        return {**parse_fields(self.query), **self.form()}

    def query_params(self) -> dict[str, str]:
        """Return the query's parameters; of one given twice the last counts (A)."""
        return dict(parse_fields(self.query))

    def form(self) -> dict[str, str]:
        """Return the fields of a posted form, URL-encoded or multipart, as PHP reads them."""
        content_type = self.header("Content-Type") if self.method == "POST" else ""
        if content_type.startswith(FORM_TYPE):
            return dict(parse_fields(self.body.decode(errors="replace")))
        if content_type.startswith("multipart/form-data"):
            return _multipart_fields(content_type, self.body)
        return {}

    def with_param(self, name: str, value: str) -> Request:
        """Return a copy in which a parameter has another value, wherever it was sent."""
        request, query, form = self, self.query_params(), self.form()
        if name in query:
            request = request._replace(query=urlencode({**query, name: value}))
        if name in form:
            headers = {**request.headers, "Content-Type": FORM_TYPE}
            body = urlencode({**form, name: value}).encode()
            request = request._replace(headers=headers, body=body)
        return request

    def header(self, name: str) -> str:
        """Return the header's value, or `""`."""
        value = self.headers.get(name, "")
        # requests accepts bytes as a header's value, too.
        return value.decode("latin-1") if isinstance(value, bytes) else value

    def session(self) -> str:
        """Return the value of the provider's session cookie, or `""`."""
        cookie = re.search(rf"(?:^|;)\s*{_SESSION_COOKIE}=([^;]*)", self.header("Cookie"))
        return cookie[1] if cookie else ""


@lru_cache(maxsize=16)
def parse_fields(text: str) -> dict[str, str]:
    """Return the fields of a query string or of a posted form, to be read only."""
    # Cached: the transport, a fault and the provider each read the same query.
    return dict(parse_qsl(text, keep_blank_values=True, errors="replace"))


def _multipart_fields(content_type: str, body: bytes) -> dict[str, str]:
    from email import message_from_bytes

    form: Any = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    return {
        part.get_param("name", "", "Content-Disposition"): part.get_payload(decode=True).decode(
            errors="replace"
        )
        for part in (form.get_payload() if form.is_multipart() else ())
        if part.get_filename() is None  # the content of a file is not a field
    }


class Response(NamedTuple):
    """A handler's answer.

    `headers` are all but `Content-Length`. `data` is what the body means: its JSON value, or else
    its text. `fact` is what the answer rests on, `fault` is what happens to the connection
    instead, and `delay` how many seconds pass before the answer. `reason` tells people who test
    why the API refused the request; it contains no secret, and is not sent.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    data: Any = None
    fact: Fact | None = None
    fault: TransportFault | None = None
    delay: float = 0
    reason: str | None = None

    def header(self, name: str) -> str | None:
        """Return the first header of this name, whatever its case, or `None`."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def with_header(self, name: str, value: str) -> Response:
        """Return a copy in which the header has this value, in the place where it was."""
        return self._replace(headers=tuple({**dict(self.headers), name: value}.items()))


def json_response(data: Any, fact: Fact | None = None, status: int = 200) -> Response:
    """Return a JSON answer, as PHP writes it; success and errors alike have status 200 (O)."""
    text = _encode(data).replace("/", "\\/")
    return Response(status, _JSON_HEADERS, text.encode(), data, fact)


def html_response(html: str, fact: Fact | None = None, status: int = 200) -> Response:
    """Return an HTML page."""
    return Response(status, _HTML_HEADERS, html.encode(), html, fact)


def redirect(location: str, fact: Fact | None = None, session: str = "") -> Response:
    """Return a 302 to `location`, with an empty body; `session` sets the session cookie."""
    cookie = f"{_SESSION_COOKIE}={session}; Path=/; HttpOnly; SameSite=Lax"
    cookies = (("Set-Cookie", cookie),) if session else ()
    return Response(302, (*_HTML_HEADERS, ("Location", location), *cookies), b"", "", fact)


def text_response(text: str, status: int) -> Response:
    """Return a transport's own message, for a request that no provider answers."""
    return Response(status, (("Content-Type", "text/plain; charset=utf-8"),), f"{text}\n".encode())


def fault_response(fault: TransportFault) -> Response:
    """Return a response that only breaks the connection."""
    return Response(0, (), b"", fault=fault)
