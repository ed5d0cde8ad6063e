"""What a fault makes of an answer: one that comes instead of it, or a spoilt one."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode

from pytest_lookloox.exchange import (
    HTML_TYPE,
    Request,
    Response,
    Wire,
    json_response,
    no_answer,
    page,
    redirect,
)
from pytest_lookloox.pages import SIGN_IN_PATH

Instead = Callable[[Request, str], Response]
"""Answers a request in the provider's place; the string is the attempt that the request is."""

Spoil = Callable[[Response], Response]
"""Makes a bad answer out of the provider's."""

ATTEMPT = "attempt"
"""The query parameter by which one redirect of a loop knows that it belongs to the others."""

_RETRY_AFTER = "1"
"""Seconds. One is enough for a client to show that it obeys, and short enough to wait for."""

_PHP_WARNING = (
    b"<br />\n<b>Warning</b>:  Undefined array key &quot;app&quot; in "
    b"<b>/var/www/html/api.php</b> on line <b>27</b><br />\n"
)


def json_error(status: int, *, retry_after: bool = False) -> Instead:
    """A status other than 200, with an error as JSON."""

    def instead(request: Request, attempt: str) -> Response:
        error = {"error": True, "message": HTTPStatus(status).phrase}
        return _with_retry_after(json_response(None, error, status), retry_after)

    return instead


def html_page(status: int, title: str = "", *, retry_after: bool = False) -> Instead:
    """A page that is meant for people, as web servers and proxies send it."""

    def instead(request: Request, attempt: str) -> Response:
        text = title or f"{status} {HTTPStatus(status).phrase}"
        html = f"<!doctype html><title>{text}</title><h1>{text}</h1>\n"
        return _with_retry_after(page(None, html, status), retry_after)

    return instead


def sign_in_redirect(request: Request, attempt: str) -> Response:
    """A 302 to the sign-in page, as for a person who is signed out."""
    return redirect(None, SIGN_IN_PATH)


def redirect_loop(request: Request, attempt: str) -> Response:
    """A 302 that leads to itself."""
    query = {**request.params(), ATTEMPT: attempt}
    return redirect(None, f"{request.path}?{urlencode(query)}")


def nothing_but(wire: Wire) -> Spoil:
    """The provider did what it was asked to, and the client never hears of it."""
    return lambda response: no_answer(wire)


def truncated(response: Response) -> Response:
    """Half of the body, and then the connection ends."""
    return response._replace(data=None, wire=Wire.TRUNCATED)


def emptied(response: Response) -> Response:
    """The status and the headers of a good answer, and no body."""
    return response._replace(data="", body=b"")


def malformed(response: Response) -> Response:
    """A comma too many, which JSON forbids."""
    return _with_body(response, response.body[:-1] + b"," + response.body[-1:])


def after_a_php_warning(response: Response) -> Response:
    """PHP prints its warning before the JSON, and as it began with HTML, says that it is HTML."""
    return _with_body(response._replace(content_type=HTML_TYPE), _PHP_WARNING + response.body)


def _with_body(response: Response, body: bytes) -> Response:
    return response._replace(data=body.decode(), body=body)


def _with_retry_after(response: Response, wanted: bool) -> Response:
    return response._replace(retry_after=_RETRY_AFTER) if wanted else response
