"""Why the API refuses a request, in words for people who test; none contains a secret.

The API itself tells less: one message stands for several mistakes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pytest_lookloox.provider.facts import API_PREFIX, AUTHORIZE, ENDPOINT_BY_PATH, ENDPOINTS
from pytest_lookloox.provider.http import Request
from pytest_lookloox.provider.models import Grant
from pytest_lookloox.provider.platforms import Platform
from pytest_lookloox.provider.redaction import shorten

API_DISABLED = "the developer API is switched off"
WRONG_SECRET = "that is not the secret of this app"
NO_USER = "the user of this token was removed"
OUTSIDE = f"the API has only {', '.join(f'{API_PREFIX}{endpoint}' for endpoint in ENDPOINTS)}"

_OTHER_NAMES = {
    "app_id": ("client_id", "appId", "id"),
    "app_secret": ("client_secret", "appSecret", "secret"),
    "auth_key": ("code", "authKey", "key"),
    "access_token": ("token", "accessToken", "key"),
}
"""What other protocols, or mistakes, call a parameter."""


def missing(name: str, request: Request, params: Mapping[str, str], platform: Platform) -> str:
    """Return why a parameter is missing: blank, sent elsewhere, misnamed or not sent at all."""
    is_authorize = ENDPOINT_BY_PATH.get(request.path) == AUTHORIZE
    is_form = is_authorize and platform.authorize_method == "POST"
    place, other = ("form of a POST", "query") if is_form else ("query", "body")
    if name in params:
        return f"{name} is blank"
    if name in request.params():
        reader = f'platform="{platform.name}"' if is_authorize else "the API"
        return f"the parameters came in the {other}, and {reader} reads the {place}"
    if "json" in request.header("Content-Type"):
        return f"the parameters came as JSON, and the API reads the {place}"
    header = request.header("Authorization")
    if header and (name == "access_token" or header.startswith("Basic ")):
        subject = "the token" if name == "access_token" else name
        return f"{subject} came in the header Authorization, and the API reads the {place}"
    if request.body and not request.form():
        kind = request.header("Content-Type")
        return f"the body is not a form: its Content-Type is {shorten(kind)!r}"
    sent = request.params()
    for wrong in _OTHER_NAMES[name]:
        if wrong in sent:
            where = "" if wrong in params else f", and in the {other}: the API reads the {place}"
            return f"{name} was sent as {wrong}{where}"
    return f"{name} was not sent; sent: {', '.join(map(shorten, sent)) or 'nothing'}"


def unknown_app(app_id: str, registered: Iterable[str]) -> str:
    """Return why an app cannot be used; a registered one was disabled."""
    if app_id in registered:
        return f"the app {shorten(app_id)!r} was disabled"
    known = ", ".join(map(repr, registered))
    return f"app_id {shorten(app_id)!r} is not registered (registered: {known})"


def bad_auth_key(grant: Grant | None, app_id: str, *, is_spent: bool) -> str:
    """Return why an auth_key of this grant is not valid for an app."""
    if grant is None:
        return "this provider never issued that auth_key"
    if grant.app_id != app_id:
        return f"that auth_key was issued to the app {grant.app_id!r}"
    if is_spent:
        return "that auth_key was used before"
    return "a newer auth_key of the same user and app voided that one"


def unknown_token(grant: Grant | None, *, is_auth_key: bool) -> str:
    """Return why a token, once of this grant, is not known."""
    if is_auth_key:
        return "that is an auth_key, which /api/authorize trades for a token"
    if grant is None:
        return "this provider never issued that access_token"
    return "a newer token of the same user and app replaced that one"


def expired(age: float | None, lifetime: float) -> str:
    """Return why a token is past its life; a test may have ended it, whatever its age."""
    if age is None:
        return "the test let that token expire"
    return f"that token was issued {age:g} seconds ago, and works for {lifetime:g}"
