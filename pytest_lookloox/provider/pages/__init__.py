"""The HTML pages of the browser's leg: plain functions, each of which returns a whole page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from html import escape
from importlib import resources
from string import Template
from typing import Any
from urllib.parse import quote_plus

from pytest_lookloox.provider import facts
from pytest_lookloox.provider.facts import Fact
from pytest_lookloox.provider.http import Request, Response, html_response
from pytest_lookloox.provider.models import App
from pytest_lookloox.provider.user_info import UserInfo, identity

SIGN_IN_PATH = "/sign-in"
CONSENT_PATH = "/consent"
_FILES = resources.files(__name__)
_TEXTS: dict[str, dict[str, str]] = json.loads((_FILES / "texts.json").read_text(encoding="utf-8"))


def texts_for(request: Request) -> dict[str, str]:
    """Return the texts in French if that is the browser's first choice, else in English."""
    is_french = re.match(r"\s*fr\b", request.header("Accept-Language"), re.IGNORECASE)
    return _TEXTS["fr" if is_french else "en"]


def sign_in_page(request: Request, users: Iterable[UserInfo], app_id: str) -> Response:
    """Return the page on which a visitor chooses the account to go on with."""
    accounts = _accounts(request, users)
    template, title = "sign_in" if accounts else "no_users", texts_for(request)["sign_in"]
    fact = facts.OAUTH_SIGN_IN
    return _page(request, fact, template, title=title, app_id=app_id, accounts=accounts)


def consent_page(request: Request, app: App, user: UserInfo) -> Response:
    """Return the page that asks a user for the first time whether an app may read the profile."""
    return _page(
        request,
        facts.OAUTH_CONSENT,
        "consent",
        title=f"{texts_for(request)['consent']} {_name(app)}",
        app=_name(app),
        app_id=app.app_id,
        user_id=identity(user),
        person=_person(request, user),
    )


def refused_page(request: Request, app: App) -> Response:
    """Return the page for a user who turned the app down."""
    return _page(request, facts.OAUTH_REFUSED, "refused", app=_name(app))


def error_page(
    request: Request, fact: Fact, apps: Iterable[App] = (), reason: str | None = None
) -> Response:
    """Return the page for a login that cannot go on, which may list the registered `apps`.

    The API's message stays in English.
    """
    values = {"message": fact.message or "", "registered_apps": _apps(request, apps)}
    return _page(request, fact, "error", **values)._replace(reason=reason)


def home_page(
    request: Request, apps: Iterable[App], users: Iterable[UserInfo], visitor: UserInfo | None
) -> Response:
    """Return the page of `serve` with the login links, and who is signed in in this browser."""
    person = None if visitor is None else _person(request, visitor)
    return _page(
        request,
        facts.OTHER_PATH,
        "home",
        registered_apps=_apps(request, apps),
        visitor=_fill(request, "visitor", person=person) if person else "",
        accounts=_accounts(request, users),
    )


def not_found_page(request: Request, fact: Fact, reason: str | None = None) -> Response:
    """Return the page for an address without a page, with status 404."""
    return _page(request, fact, "not_found")._replace(status=404, reason=reason)


class _Html(str):
    """A template's value that is HTML already; all other values are escaped."""


def _page(request: Request, fact: Fact, template: str, **values: str) -> Response:
    """Return a page; unless it has a title of its own, that is the text of the template's name."""
    title = values.get("title", texts_for(request)[template])
    content, style = _fill(request, template, **values), _Html(_read("style.css"))
    page = html_response(_fill(request, "layout", title=title, content=content, style=style), fact)
    # No other site may lay its own page over the buttons.
    return page.with_header("X-Frame-Options", "DENY")


def _fill(request: Request, template: str, **values: str) -> _Html:
    """Return a template filled with these values and the texts in the browser's language."""
    safe = {
        # A lone surrogate, which JSON can carry and UTF-8 cannot, becomes "?".
        name: value if isinstance(value, _Html) else escape(value).encode(errors="replace").decode()
        for name, value in {**texts_for(request), **values}.items()
    }
    return _Html(Template(_read(f"{template}.html")).substitute(safe))


@cache
def _read(name: str) -> str:
    return (_FILES / name).read_text(encoding="utf-8").rstrip()


def _accounts(request: Request, users: Iterable[UserInfo]) -> _Html:
    """Return a button for each account."""
    buttons = (
        _fill(request, "account", user_id=identity(user), person=_person(request, user))
        for user in users
    )
    return _Html("\n".join(buttons))


def _apps(request: Request, apps: Iterable[App]) -> str:
    """Return a section with the apps' login links, or nothing without apps."""
    links = []
    for app in apps:
        quoted_id = quote_plus(app.app_id, errors="replace")
        values = {"app": _name(app), "app_id": app.app_id, "quoted_id": quoted_id}
        links.append(_fill(request, "app", **values))
    return _fill(request, "apps", links=_Html("\n".join(links))) if links else ""


def _name(app: App) -> str:
    return _visible(app.name) or app.app_id


def _person(request: Request, user: UserInfo) -> _Html:
    """Return an account as people recognise it: a name, and what tells namesakes apart."""
    first, last, user_name, email, user_id = (
        _visible(user.get(field))
        for field in ("user_firstname", "user_lastname", "user_name", "user_email", "user_id")
    )
    name = f"{first} {last}".strip() or user_name or email or user_id
    name = name or texts_for(request)["nameless"]
    words = re.split(r"[\s._-]+", name.partition("@")[0])
    letters = [letter[0] for word in words if (letter := re.search(r"[^\W_]", word))]
    return _fill(
        request,
        "person",
        # One of the six colours of the style sheet.
        tone=str(sum(map(ord, identity(user))) % 6),
        # An invisible character stops Arabic initials from joining.
        initials="\u200c".join([*letters[:1], *letters[1:][-1:]]).upper(),
        name=name,
        detail=next((text for text in (email, user_name, user_id) if text not in ("", name)), ""),
    )


def _visible(value: Any) -> str:
    """Return a field's text, or `""` where a reader would see nothing."""
    text = str(value if value is not None else "").strip()
    return text if any(char.isprintable() and not char.isspace() for char in text) else ""
