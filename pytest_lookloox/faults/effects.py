"""What faults do to a request and its answer, and variations to a good answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
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

_EXTRA_FIELDS = {"api_version": "1.2", "server": {"name": "lookloox", "load": [0.5, None]}}
_NOT_ISSUED = "0" * 32


class Attempt(NamedTuple):
    """A request on its way to the provider, and `answer`, which carries it out.

    All redirects of a loop have one `number`.
    """

    request: Request
    number: str
    provider: Provider
    answer: Handler

    def param(self, name: str) -> str:
        """Return a parameter as the provider reads it, or `""`."""
        return self.provider.platform.params_of(self.request).get(name, "")


Effect = Callable[[Attempt], tuple[Response, bool]]
"""Answers an attempt; also returns whether the fault took effect."""


def change_parameter(name: str, value: str, expected: Fact) -> Effect:
    """Send another value of a parameter to the provider; a missing one stays missing."""

    def effect(attempt: Attempt) -> tuple[Response, bool]:
        request = attempt.request
        if not is_blank(attempt.param(name)):
            request = request.with_param(name, value)
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
    response = attempt.answer(attempt.request)
    attempt.provider.api_enabled = was_enabled
    return response, response.fact in (facts.AUTHORIZE_API_DISABLED, facts.USER_INFO_API_DISABLED)


def spend_auth_key(attempt: Attempt) -> tuple[Response, bool]:
    """Answer as if the auth_key had been spent before, and spend it.

    A request that is refused for another reason leaves it as it is, due at the next attempt.
    """
    response, was_refused = _refuse_auth_key(attempt)
    spend = attempt.provider.spend_auth_key
    return response, was_refused and spend(attempt.param("auth_key"), attempt.param("app_id"))


def expire_access_token(attempt: Attempt) -> tuple[Response, bool]:
    """Expire the token before the request is handled."""
    attempt.provider.expire_access_token(attempt.param("access_token"))
    response = attempt.answer(attempt.request)
    return response, response.fact is facts.USER_INFO_EXPIRED_TOKEN


def replace(response: Response) -> Effect:
    """Answer in the provider's place, so that no key is spent."""
    return lambda _: (response, True)


def html_page(title: str, status: int = 200) -> Response:
    """Return a page for people, as web servers and proxies send it."""
    html = f"<!doctype html><title>{title}</title><h1>{title}</h1>\n"
    return html_response(html, status=status)


def redirect_loop(attempt: Attempt) -> tuple[Response, bool]:
    """Redirect to the same address."""
    query = {**attempt.request.query_params(), ATTEMPT_PARAMETER: attempt.number}
    return redirect(f"{attempt.request.path}?{urlencode(query)}"), True


def redirected_home(attempt: Attempt) -> tuple[Response, bool]:
    """Carry the request out, and redirect to the site's home with the answer's JSON as body."""
    response = attempt.answer(attempt.request)._replace(status=302)
    return response.with_header("Location", f"{attempt.request.origin}/"), True


def untrusted_certificate(attempt: Attempt) -> tuple[Response, bool]:
    """Break the connection, unless the client does not check the certificate."""
    if attempt.request.verifies:
        return fault_response(TransportFault.TLS_ERROR), True
    return attempt.answer(attempt.request), True


def alter(change: Callable[[Response], Response], *only: Fact) -> Effect:
    """Change the provider's answer, after a key was spent; `only` limits it to some answers."""

    def effect(attempt: Attempt) -> tuple[Response, bool]:
        response = attempt.answer(attempt.request)
        takes_effect = not only or response.fact in only
        return (change(response) if takes_effect else response), takes_effect

    return effect


def answer_with(response: Response, *only: Fact) -> Effect:
    """Carry the request out, but answer with this response; `only` as in `alter`."""
    return alter(lambda _: response, *only)


def without_auth_key(response: Response) -> Response:
    """Return the redirect to the app without its auth_key."""
    location = response.header("Location") or ""
    return response.with_header("Location", location.rpartition("?auth_key=")[0])


def with_body(response: Response, body: bytes) -> Response:
    """Return the answer with another body, which is not JSON."""
    return response._replace(data=body.decode(), body=body)


def as_html(response: Response) -> Response:
    """Return the answer with the content type of a page."""
    return response.with_header("Content-Type", HTML_TYPE)


def with_extra_fields(response: Response) -> Response:
    """Add fields that no document knows."""
    data: dict[str, Any] = {**response.data, **_EXTRA_FIELDS}
    if "user_info" in data:
        data["user_info"] = {**data["user_info"], **_EXTRA_FIELDS}
    # Only the JSON is replaced: another variation may have put something before it.
    usual, unusual = json_response(response.data).body, json_response(data).body
    return response._replace(data=data, body=response.body.replace(usual, unusual))
