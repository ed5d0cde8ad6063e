"""What each fault does to a request and its answer, and what variations do to good answers."""

from __future__ import annotations

import codecs
import copy
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlencode

from pytest_lookloox.provider import facts
from pytest_lookloox.provider.api import Provider
from pytest_lookloox.provider.facts import Fact, is_blank
from pytest_lookloox.provider.http import (
    HTML_TYPE,
    Request,
    Response,
    TransportFault,
    fault_response,
    html_response,
    json_response,
    redirect,
)

Handler = Callable[[Request], Response]

ATTEMPT_PARAMETER = "lookloox_attempt"
"""The query parameter that tells which attempt the redirects of a loop belong to."""

SLOW_ANSWER_SECONDS = 0.5
"""How long a slow answer takes: less than any sensible time-out."""

_NOT_ISSUED = "0" * 32
_PHP_WARNING = (
    b"<br />\n<b>Warning</b>:  Undefined array key &quot;app&quot; in "
    b"<b>/var/www/html/api.php</b> on line <b>27</b><br />\n"
)
_EXTRA_FIELDS = {"api_version": "1.2", "server": {"name": "lookloox", "load": [0.5, None]}}


class Attempt(NamedTuple):
    """A request on its way to the provider, and `answer`, which carries it out.

    All redirects of a loop have one `number`.
    """

    request: Request
    number: str
    provider: Provider
    answer: Handler


Effect = Callable[[Attempt], tuple[Response, bool]]
"""Answers an attempt; also returns whether the fault took effect."""


def change_parameter(name: str, value: str, expected: Fact) -> Effect:
    """Send another value of a parameter to the provider; a missing one stays missing."""

    def effect(attempt: Attempt) -> tuple[Response, bool]:
        request = attempt.request
        params = request.params()
        if not is_blank(params.get(name)):
            request = request._replace(query=urlencode({**params, name: value}))
        response = attempt.answer(request)
        return response, response.fact is expected

    return effect


wrong_app_secret = change_parameter("app_secret", _NOT_ISSUED, facts.AUTHORIZE_WRONG_APP_SECRET)
unknown_app = change_parameter("app_id", "0", facts.AUTHORIZE_UNKNOWN_APP)
_refuse_auth_key = change_parameter("auth_key", _NOT_ISSUED, facts.AUTHORIZE_BAD_AUTH_KEY)
unknown_token = change_parameter("access_token", _NOT_ISSUED, facts.USER_INFO_UNKNOWN_TOKEN)


def disable_api(attempt: Attempt) -> tuple[Response, bool]:
    """Switch the developer API off for one request."""
    was_enabled, attempt.provider.api_enabled = attempt.provider.api_enabled, False
    try:
        response = attempt.answer(attempt.request)
    finally:
        attempt.provider.api_enabled = was_enabled
    return response, response.fact in (facts.AUTHORIZE_API_DISABLED, facts.USER_INFO_API_DISABLED)


def spend_auth_key(attempt: Attempt) -> tuple[Response, bool]:
    """Answer as if the auth_key had been spent before, and spend it.

    A request that is refused for another reason leaves it as it is, due at the next attempt.
    """
    response, was_refused = _refuse_auth_key(attempt)
    params = attempt.request.params()
    spend = attempt.provider.spend_auth_key
    return response, was_refused and spend(params["auth_key"], params["app_id"])


def expire_access_token(attempt: Attempt) -> tuple[Response, bool]:
    """Expire the token before the request is handled."""
    attempt.provider.expire_access_token(attempt.request.params().get("access_token", ""))
    response = attempt.answer(attempt.request)
    return response, response.fact is facts.USER_INFO_EXPIRED_TOKEN


def replace(response: Response) -> Effect:
    """Answer in the provider's place, so that no key is spent."""
    return lambda _: (response, True)


def json_error(status: int) -> Effect:
    """Answer with this status and an error as JSON."""
    error = {"error": True, "message": HTTPStatus(status).phrase}
    return replace(_with_retry_after(json_response(error, status=status)))


def html_page(status: int, title: str = "") -> Effect:
    """Answer with a page for people, as web servers and proxies send it."""
    text = title or f"{status} {HTTPStatus(status).phrase}"
    html = f"<!doctype html><title>{text}</title><h1>{text}</h1>\n"
    return replace(_with_retry_after(html_response(html, status=status)))


def redirect_loop(attempt: Attempt) -> tuple[Response, bool]:
    """Redirect to the same address."""
    query = {**attempt.request.params(), ATTEMPT_PARAMETER: attempt.number}
    return redirect(f"{attempt.request.path}?{urlencode(query)}"), True


def untrusted_certificate(attempt: Attempt) -> tuple[Response, bool]:
    """Break the connection, unless the client does not check the certificate."""
    if attempt.request.verifies:
        return fault_response(TransportFault.TLS_ERROR), True
    return attempt.answer(attempt.request), True


def break_before(name: str) -> Effect:
    """Break the connection before the request is carried out."""
    return replace(fault_response(TransportFault(name)))


def break_after(name: str) -> Effect:
    """Carry the request out, then break the connection."""
    return alter(lambda _: fault_response(TransportFault(name)))


def alter(change: Callable[[Response], Response], only: Fact | None = None) -> Effect:
    """Change the provider's answer, after a key was spent; `only` limits it to one answer."""

    def effect(attempt: Attempt) -> tuple[Response, bool]:
        response = attempt.answer(attempt.request)
        takes_effect = only in (None, response.fact)
        return (change(response) if takes_effect else response), takes_effect

    return effect


def without_auth_key(response: Response) -> Response:
    """Return the redirect to the app without its auth_key."""
    location = response.header("Location") or ""
    return response.with_header("Location", location.rpartition("?auth_key=")[0])


def truncated(response: Response) -> Response:
    """Return half of the body; then the connection ends."""
    return response._replace(data=None, fault=TransportFault.TRUNCATED)


def emptied(response: Response) -> Response:
    """Return the status and the headers of the answer without its body."""
    return response._replace(data="", body=b"")


def malformed(response: Response) -> Response:
    """Return the body with a comma that JSON forbids."""
    body = response.body[:-1] + b"," + response.body[-1:]
    return response._replace(data=body.decode(), body=body)


def after_php_warning(response: Response) -> Response:
    """Return the body after a warning of PHP's, which makes the whole answer HTML."""
    body = _PHP_WARNING + response.body
    return as_html(response)._replace(data=body.decode(), body=body)


def as_html(response: Response) -> Response:
    """Return the answer with the content type of HTML."""
    return response.with_header("Content-Type", HTML_TYPE)


def with_byte_order_mark(response: Response) -> Response:
    """Return the body after a byte-order mark."""
    return response._replace(body=codecs.BOM_UTF8 + response.body)


def with_extra_fields(response: Response) -> Response:
    """Return the answer with fields that the document does not know, on both levels."""
    data = {**response.data, **copy.deepcopy(_EXTRA_FIELDS)}
    if "user_info" in data:
        data["user_info"] = {**data["user_info"], **copy.deepcopy(_EXTRA_FIELDS)}
    # Only the JSON is replaced: another variation may have put something before it.
    usual, unusual = json.dumps(response.data).encode(), json.dumps(data).encode()
    return response._replace(data=data, body=response.body.replace(usual, unusual))


def slow(response: Response) -> Response:
    """Return the answer with a delay."""
    return response._replace(delay=SLOW_ANSWER_SECONDS)


def _with_retry_after(response: Response) -> Response:
    may_retry = response.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
    return response.with_header("Retry-After", "1") if may_retry else response
