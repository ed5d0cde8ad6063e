"""The catalogue of faults: every way a login can go wrong, after which no one may be logged in."""

from __future__ import annotations

import difflib
from functools import partial
from typing import Final

from pytest_lookloox.faults import effects
from pytest_lookloox.faults.effects import Effect, alter, break_after, break_before
from pytest_lookloox.faults.fault import Fault
from pytest_lookloox.faults.variations import VARIATIONS
from pytest_lookloox.provider import facts
from pytest_lookloox.provider.facts import AUTHORIZE, GET_USER_INFO, Fact, Source
from pytest_lookloox.provider.http import Response, json_response, redirect
from pytest_lookloox.provider.pages import SIGN_IN_PATH
from pytest_lookloox.provider.user_info import build_user_info

EXPIRED_TOKEN: Final = "expired_token"
REUSED_AUTH_KEY: Final = "reused_auth_key"
TLS_ERROR: Final = "tls_error"

_CHECK_BODY: Final = "Look for `error` in the body: the status is 200 all the same."
_CHECK_STATUS: Final = "Log in only if the status is 200; the visitor may try again later."
_NO_JSON: Final = "Catch the error of the JSON parser, and refuse the login."
_CATCH: Final = "Catch it, refuse the login, and offer the visitor to try again."
_WAIT: Final = "Refuse the login; come back no earlier than `Retry-After` says."
_NO_REDIRECT: Final = "Follow no redirect: the API sends none."
_NEEDS_TOKEN: Final = "Log in only with a token that is a non-empty string."
_TOO_MANY: Final = "`Retry-After` and an error as JSON: too many requests"
_BOTH: Final = (AUTHORIZE, GET_USER_INFO)
_INCOMPLETE: Final = "no request with all its parameters reached /api/authorize"
_NO_TOKEN: Final = "no access token was used at /api/get_user_info"
_NO_GOOD_KEY: Final = "no good auth_key reached /api/authorize"
_NO_GOOD_TOKEN: Final = "no good access token was used at /api/get_user_info"


def _refusal(name: str, fact: Fact, case: str, advice: str, effect: Effect, missed: str) -> Fault:
    """Return the fault that makes the API refuse with this fact's message."""
    description, advice = f"{case}: “{fact.message}”.", f"{_CHECK_BODY} {advice}"
    return Fault(name, (fact.topic,), description, fact.source, advice, effect, missed)


def _bad_token(name: str, description: str, answer: Response) -> Fault:
    """Return the fault that takes the place of a good answer of `authorize`."""
    fact = facts.AUTHORIZE_TOKEN
    effect = alter(lambda _: answer, only=fact)
    return Fault(name, (AUTHORIZE,), description, fact.source, _NEEDS_TOKEN, effect, _NO_GOOD_KEY)


def _bad_profile(name: str, source: str, description: str, advice: str, answer: Response) -> Fault:
    """Return the fault that takes the place of a good answer of `get_user_info`."""
    effect = alter(lambda _: answer, only=facts.USER_INFO)
    advice = f"Refuse the login {advice}"
    return Fault(name, (GET_USER_INFO,), description, source, advice, effect, _NO_GOOD_TOKEN)


def _any(source: str, name: str, description: str, advice: str, effect: Effect) -> Fault:
    """Return a fault of any service or network, at both endpoints."""
    return Fault(name, _BOTH, description, source, advice, effect, is_of_the_api=False)


_service = partial(_any, "any HTTP service")
_php = partial(_any, "any PHP site")
_network = partial(_any, "any network")


def _status(status: int, body: str, effect: Effect, advice: str = _CHECK_STATUS) -> Fault:
    return _service(f"http_{status}", f"Status {status}, with {body}.", advice, effect)


_CATALOGUE: Final = (
    Fault(
        "missing_auth_key",
        (facts.OAUTH,),
        "The redirect to the app comes without an auth_key.",
        facts.OAUTH_REFUSED.source,
        "Ask Look Loox for nothing, and show the login link again.",
        alter(effects.without_auth_key, only=facts.OAUTH_REDIRECT),
        "no visitor was sent back to the app, by approve() or /api/oauth",
    ),
    _refusal(
        REUSED_AUTH_KEY,
        facts.AUTHORIZE_BAD_AUTH_KEY,
        "The auth_key was spent before",
        "Never repeat an auth_key: begin a new login.",
        effects.spend_auth_key,
        "no auth_key that was handed out reached /api/authorize",
    ),
    _refusal(
        "wrong_app_secret",
        facts.AUTHORIZE_WRONG_APP_SECRET,
        "The secret is not the app's",
        "Tell the operator, and never show the secret.",
        effects.wrong_app_secret,
        _INCOMPLETE,
    ),
    _refusal(
        "unknown_app",
        facts.AUTHORIZE_UNKNOWN_APP,
        "The app does not exist, or was disabled",
        "Tell the operator.",
        effects.unknown_app,
        _INCOMPLETE,
    ),
    _bad_token(
        "empty_access_token",
        'The answer is `{"access_token": ""}`.',
        json_response({"access_token": ""}),
    ),
    _bad_token("missing_access_token", "The answer is `{}`.", json_response({})),
    _refusal(
        "unknown_token",
        facts.USER_INFO_UNKNOWN_TOKEN,
        "The token is not known",
        "Begin a new login.",
        effects.unknown_token,
        _NO_TOKEN,
    ),
    _refusal(
        EXPIRED_TOKEN,
        facts.USER_INFO_EXPIRED_TOKEN,
        "The token is past its hour",
        "Begin a new login; trust the answer, not your own clock.",
        effects.expire_access_token,
        _NO_TOKEN,
    ),
    _bad_profile(
        "deleted_user",
        facts.USER_INFO_NO_USER.source,
        "The user no longer exists: the answer is `[]`, a JSON list.",
        "unless the answer is an object; end the user's sessions.",
        json_response([], facts.USER_INFO_NO_USER),
    ),
    _bad_profile(
        "empty_user_info",
        facts.USER_INFO.source,
        'Every field is `""`, as in the document\'s sample.',
        "without a `user_id`: all empty ones would be one account.",
        json_response({"user_info": build_user_info.empty()}, facts.USER_INFO),
    ),
    _bad_profile(
        "missing_user_info",
        Source.ASSUMED.value,
        "The answer is `{}`.",
        "unless `user_info` is an object with a `user_id`.",
        json_response({}),
    ),
    Fault(
        "api_disabled",
        _BOTH,
        "The community's admin has switched the developer API off.",
        facts.AUTHORIZE_API_DISABLED.source,
        f"{_CHECK_BODY} Offer another way to log in.",
        effects.disable_api,
    ),
    _status(400, "an error as JSON", effects.json_error(400)),
    _status(401, "an error as JSON", effects.json_error(401)),
    _status(429, _TOO_MANY, effects.json_error(429), _WAIT),
    _status(500, "an HTML body", effects.html_page(500)),
    _status(502, "a proxy's HTML body", effects.html_page(502)),
    _status(503, "`Retry-After` and an HTML body", effects.html_page(503), _WAIT),
    _service(
        "maintenance_page",
        "Status 200 and a page for people: down for maintenance.",
        _NO_JSON,
        effects.html_page(200, "Down for maintenance"),
    ),
    _service(
        "redirect_to_sign_in",
        "A 302 to the sign-in page, which is HTML with status 200.",
        _NO_REDIRECT,
        effects.replace(redirect(SIGN_IN_PATH)),
    ),
    _service(
        "too_many_redirects", "A 302 that leads to itself.", _NO_REDIRECT, effects.redirect_loop
    ),
    _php("empty_body", "Status 200 and no body at all.", _NO_JSON, alter(effects.emptied)),
    _service(
        "malformed_json", "The JSON has a comma too many.", _NO_JSON, alter(effects.malformed)
    ),
    _network(
        "truncated_json",
        "The connection ends in the middle of the body.",
        _CATCH,
        alter(effects.truncated),
    ),
    _php(
        "php_warning",
        "A warning of PHP's, in HTML, before the JSON.",
        f"{_NO_JSON} Do not search other text for JSON.",
        alter(effects.after_php_warning),
    ),
    _network(
        "connect_timeout",
        "The connection is not established in time.",
        f"Set a timeout. {_CATCH}",
        break_before("connect_timeout"),
    ),
    _network(
        "read_timeout",
        "The request arrives and is carried out; the answer does not come in time.",
        f"Set a timeout. {_CATCH} The auth_key is spent.",
        break_after("read_timeout"),
    ),
    _network(
        "connection_refused",
        "No server listens at the address.",
        _CATCH,
        break_before("connection_refused"),
    ),
    _network(
        "connection_reset",
        "The request arrives and is carried out; then the connection is reset.",
        f"{_CATCH} The auth_key is spent.",
        break_after("connection_reset"),
    ),
    _network(
        TLS_ERROR,
        "The certificate is not to be trusted: another server may be answering.",
        "Never set verify=False; refuse the login.",
        effects.untrusted_certificate,
    ),
)

FAULTS: Final = {fault.name: fault for fault in _CATALOGUE}
"""The catalogue: each fault by its name, in the order of a login."""


def faults_at_each_endpoint() -> list[Fault]:
    """Return every fault at every one of its endpoints."""
    return [single for fault in FAULTS.values() for single in fault.at_each_endpoint()]


def find_fault(name: str) -> Fault:
    """Return the fault of that `name` or `name@endpoint`; raise `ValueError` for an unknown one."""
    if not isinstance(name, str):
        raise TypeError(f"the name of a fault is a string, not {type(name).__name__}")
    bare, _, endpoint = name.partition("@")
    fault = FAULTS.get(bare)
    if not fault:
        raise ValueError(_explain_unknown(name))
    if endpoint and endpoint not in fault.endpoints:
        where = " and ".join(fault.endpoints)
        raise ValueError(f"no fault {name!r}: {fault.name} happens at {where}")
    return fault.at(endpoint) if endpoint else fault


def _explain_unknown(name: str) -> str:
    if name in VARIATIONS:
        return (
            f"{name!r} is not a fault but a variation of a good answer, which a client has to "
            f"survive: lookloox.vary({name!r})"
        )
    candidates = [*FAULTS, *map(str, faults_at_each_endpoint())]
    nearest = difflib.get_close_matches(name, candidates, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(map(repr, nearest))}? " if nearest else ""
    return f"unknown fault {name!r}; {hint}python -m pytest_lookloox faults lists them all"
