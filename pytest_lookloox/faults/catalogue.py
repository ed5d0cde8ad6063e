"""The catalogue of faults: every way a login can go wrong, after which no one may be logged in."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from pytest_lookloox.faults import effects
from pytest_lookloox.faults.effects import Effect, alter, answer_with, replace
from pytest_lookloox.faults.fault import Fault, find
from pytest_lookloox.provider import facts
from pytest_lookloox.provider.facts import AUTHORIZE, GET_USER_INFO, Fact, Source
from pytest_lookloox.provider.http import (
    Response,
    TransportFault,
    fault_response,
    json_response,
    redirect,
)
from pytest_lookloox.provider.pages import SIGN_IN_PATH
from pytest_lookloox.provider.user_info import build_user_info

__tracebackhide__ = True

EXPIRED_TOKEN: Final = "expired_token"
REUSED_AUTH_KEY: Final = "reused_auth_key"
TLS_ERROR: Final = "tls_error"
SLOW_ANSWER_SECONDS: Final = 0.5  # less than any sensible time-out

_CHECK_BODY: Final = "Look for `error` in the body: the status is 200 all the same."
_CHECK_STATUS: Final = "Log in only if the status is 200; the visitor may try again later."
_NO_JSON: Final = "Catch the JSON parser's error, refuse the login; search no other text for JSON."
_CATCH: Final = "Catch it, refuse the login, and offer the visitor to try again."
_LIMIT: Final = f"Set a timeout. {_CATCH}"
_WAIT: Final = "Refuse the login; come back no earlier than `Retry-After` says."
_NO_REDIRECT: Final = "Follow no redirect, and refuse the login."
_VERIFY: Final = "Never switch this check off: another server may be answering. Refuse the login."
_NEEDS_TOKEN: Final = "Log in only with a token that is a non-empty string."
_NEEDS_ID: Final = (
    "Log in only if `user_info` is an object with a `user_id`: "
    "all users with an empty one would be one account."
)
_SPENT: Final = "The request is carried out, an auth_key spent;"
_BOTH: Final = (AUTHORIZE, GET_USER_INFO)
_PHP_WARNING: Final = (
    b"<br />\n<b>Warning</b>:  Undefined array key &quot;app&quot; in "
    b"<b>/var/www/html/api.php</b> on line <b>27</b><br />\n"
)


def _refusal(name: str, effect: Effect, fact: Fact, case: str, advice: str) -> Fault:
    """Return the fault that makes the API refuse with this fact's message."""
    description, advice = f"{case}: “{fact.message}”.", f"{_CHECK_BODY} {advice}"
    return Fault(name, (fact.topic,), description, fact.source, advice, effect)


def _bad_token(name: str, data: dict[str, str]) -> Fault:
    """Return the fault that takes the place of a good answer of `authorize`."""
    effect = answer_with(json_response(data), facts.AUTHORIZE_TOKEN)
    description, source = f"The answer is `{json.dumps(data)}`.", facts.AUTHORIZE_TOKEN.source
    return Fault(name, (AUTHORIZE,), description, source, _NEEDS_TOKEN, effect)


def _bad_profile(name: str, data: Any, description: str, fact: Fact | None = None) -> Fault:
    """Return the fault that takes the place of a good answer of `get_user_info`."""
    source = fact.source if fact else Source.ASSUMED.value
    effect = answer_with(json_response(data, fact), facts.USER_INFO)
    return Fault(name, (GET_USER_INFO,), description, source, _NEEDS_ID, effect)


def _any(source: str, name: str, description: str, advice: str, effect: Effect) -> Fault:
    """Return a fault at both endpoints that is not the API's own."""
    return Fault(name, _BOTH, description, source, advice, effect, is_of_the_api=False)


_service = partial(_any, "any HTTP service")
_php = partial(_any, "any PHP site")
_network = partial(_any, "any network")


def _broken(name: str, description: str, advice: str, answer: Callable[..., Effect]) -> Fault:
    return _network(name, description, advice, answer(fault_response(TransportFault(name))))


def _http_error(status: int) -> Fault:
    """Return the fault that answers with this status; some say when to try again."""
    phrase, advice = HTTPStatus(status).phrase, _CHECK_STATUS
    body, response = "an HTML page", effects.html_page(f"{status} {phrase}", status)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        error = {"error": True, "message": phrase}
        body, response = "an error as JSON", json_response(error, status=status)
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        body, advice = f"{body} and `Retry-After`", _WAIT
        response = response.with_header("Retry-After", "1")
    return _service(f"http_{status}", f"Status {status}, with {body}.", advice, replace(response))


_CATALOGUE: Final = (
    Fault(
        "missing_auth_key",
        (facts.OAUTH,),
        "The redirect to the app comes without an auth_key.",
        Source.ASSUMED.value,
        "Ask Look Loox for nothing, and show the login link again.",
        alter(effects.without_auth_key, facts.OAUTH_REDIRECT),
    ),
    _refusal(
        REUSED_AUTH_KEY,
        effects.spend_auth_key,
        facts.AUTHORIZE_BAD_AUTH_KEY,
        "The auth_key was spent before",
        "Never repeat an auth_key: begin a new login.",
    ),
    _refusal(
        "wrong_app_secret",
        effects.wrong_app_secret,
        facts.AUTHORIZE_WRONG_APP_SECRET,
        "The secret is not the app's",
        "Tell the operator, and never show the secret.",
    ),
    _refusal(
        "unknown_app",
        effects.unknown_app,
        facts.AUTHORIZE_UNKNOWN_APP,
        "The app does not exist, or was disabled",
        "Tell the operator.",
    ),
    _bad_token("empty_access_token", {"access_token": ""}),
    _bad_token("missing_access_token", {}),
    _refusal(
        "unknown_token",
        effects.unknown_token,
        facts.USER_INFO_UNKNOWN_TOKEN,
        "The token is not known",
        "Begin a new login.",
    ),
    _refusal(
        EXPIRED_TOKEN,
        effects.expire_access_token,
        facts.USER_INFO_EXPIRED_TOKEN,
        "The token is past its life, which today's servers end after a minute",
        "Begin a new login; trust the answer, not your own clock.",
    ),
    _bad_profile(
        "deleted_user",
        [],
        "The user no longer exists: the answer is `[]`.",
        facts.USER_INFO_NO_USER,
    ),
    _bad_profile(
        "empty_user_info",
        {"user_info": build_user_info.empty()},
        'Every field is `""`, as in the document\'s sample.',
        facts.USER_INFO,
    ),
    _bad_profile("missing_user_info", {}, "The answer is `{}`."),
    Fault(
        "api_disabled",
        _BOTH,
        "The community's admin has switched the developer API off.",
        facts.AUTHORIZE_API_DISABLED.source,
        f"{_CHECK_BODY} Offer another way to log in.",
        effects.disable_api,
    ),
    *map(_http_error, (400, 401, 429, 500, 502, 503)),
    _any(
        facts.MAINTENANCE.source,
        "maintenance_page",
        "Status 200 and a page for people: maintenance, or the caller's address is banned.",
        _NO_JSON,
        replace(effects.html_page("Down for maintenance")),
    ),
    _any(
        facts.OTHER_SITE_ADDRESS.source,
        "wrong_site_address",
        "Called under another scheme or host, such as `www`, the site carries the request out, "
        "spends the auth_key, and redirects to its home; the JSON is the redirect's body.",
        f"{_NO_REDIRECT} Call the API at the site's own address.",
        effects.redirected_home,
    ),
    _service(
        "redirect_to_sign_in",
        "A 302 to the sign-in page, which is HTML with status 200.",
        _NO_REDIRECT,
        replace(redirect(SIGN_IN_PATH)),
    ),
    _service(
        "too_many_redirects", "A 302 that leads to itself.", _NO_REDIRECT, effects.redirect_loop
    ),
    _php(
        "empty_body",
        "Status 200 and no body at all.",
        _NO_JSON,
        alter(lambda good: effects.with_body(good, b"")),
    ),
    _service(
        "malformed_json",
        "The JSON has a comma too many.",
        _NO_JSON,
        alter(lambda good: effects.with_body(good, good.body[:-1] + b"," + good.body[-1:])),
    ),
    _network(
        "truncated_json",
        "The connection ends amid the body.",
        _CATCH,
        alter(lambda good: good._replace(data=None, fault=TransportFault.TRUNCATED)),
    ),
    _php(
        "php_warning",
        "A warning of PHP's before the JSON.",
        _NO_JSON,
        alter(lambda good: effects.as_html(effects.with_body(good, _PHP_WARNING + good.body))),
    ),
    _broken("connect_timeout", "The connection is not established in time.", _LIMIT, replace),
    _broken("read_timeout", f"{_SPENT} no answer comes in time.", _LIMIT, answer_with),
    _broken("connection_refused", "No server listens at the address.", _CATCH, replace),
    _broken("connection_reset", f"{_SPENT} the connection is reset.", _CATCH, answer_with),
    _network(
        TLS_ERROR, "The certificate cannot be trusted.", _VERIFY, effects.untrusted_certificate
    ),
)

FAULTS: Final = {fault.name: fault for fault in _CATALOGUE}
"""The catalogue: each fault by its name, in the order of a login."""


def _variation(name: str, description: str, change: Callable[[Response], Response]) -> Fault:
    effect = alter(change, facts.AUTHORIZE_TOKEN, facts.USER_INFO)
    return Fault(name, _BOTH, description, "any PHP site", "Log the user in.", effect)


VARIATIONS: Final = {
    variation.name: variation
    for variation in (
        _variation("html_content_type", "JSON that is called `text/html`.", effects.as_html),
        _variation(
            "byte_order_mark",
            "A byte-order mark before the JSON.",
            lambda good: good._replace(body=codecs.BOM_UTF8 + good.body),
        ),
        _variation("extra_fields", "Fields that no document knows.", effects.with_extra_fields),
        _variation(
            "slow_answer",
            f"An answer that takes {SLOW_ANSWER_SECONDS:g} seconds.",
            lambda good: good._replace(delay=SLOW_ANSWER_SECONDS),
        ),
    )
}
"""Every unusual form of a good answer, which a client has to survive, by its name."""


def faults_at_each_endpoint() -> list[Fault]:
    """Return every fault at every one of its endpoints."""
    return [single for fault in FAULTS.values() for single in fault.at_each_endpoint()]


# Both names of a fault that happens at one endpoint lead to it.
_BY_NAME: Final = FAULTS | {
    f"{fault.name}@{endpoint}": fault.at(endpoint)
    for fault in FAULTS.values()
    for endpoint in fault.endpoints
}


def find_fault(name: str) -> Fault:
    """Return the fault of that `name` or `name@endpoint`; raise `ValueError` for an unknown one."""
    if isinstance(name, str) and name in VARIATIONS:
        raise ValueError(f"{name!r} is not a fault but a variation: lookloox.vary({name!r})")
    return find("fault", _BY_NAME, name, "python -m pytest_lookloox faults lists them all")


def find_variation(name: str) -> Fault:
    """Return the variation of that name; raise `ValueError` for an unknown one."""
    return find("variation", VARIATIONS, name, f"there are: {', '.join(VARIATIONS)}")
