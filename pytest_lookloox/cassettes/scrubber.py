"""What replaces a secret, an id or a personal field in a cassette.

A whitelist: only known names, the API's own messages, flags and blanks stay as they are.
Everything else becomes a placeholder of the same form, so that a client under test can work with
it: the first user is the one that `build_user_info` builds, the first app the default one. The
same value always becomes the same placeholder, and placeholders are numbered as they come:
scrubbing a scrubbed cassette changes nothing.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from pytest_lookloox.cassettes.cassette import APP, STEPS, Cassette, Interaction, Step
from pytest_lookloox.provider import facts
from pytest_lookloox.provider.facts import is_blank
from pytest_lookloox.provider.models import DEFAULT_APP, App
from pytest_lookloox.provider.user_info import TYPICAL

_MOST = 50
"""So many placeholders of each kind are known when a cassette is scanned."""

_MEDIA_TYPE = re.compile(
    r"(application/json|text/(html|javascript|plain))(; ?charset=(utf-8|iso-8859-1))?",
    re.IGNORECASE,
)
_MESSAGES = frozenset(fact.message for fact in facts.FACTS if fact.message)
_NAMES = frozenset(
    {
        *("app_id", *facts.SECRET_PARAMETERS, *TYPICAL, "profile_picture", "profile_cover"),
        *("user_info", "error", "message"),
        *("cache-control", "content-type", "etag", "expires", "last-modified", "location"),
        *("pragma", "retry-after", "set-cookie", "strict-transport-security", "vary"),
        *("x-content-type-options", "x-frame-options", "x-powered-by", "x-xss-protection"),
    }
)
"""The names of fields, parameters and headers that stay as they are."""


def _numbered(first: str, suffix: str = "") -> Callable[[int], str]:
    return lambda n: f"{first}{suffix}" if n == 1 else f"{first}-{n}{suffix}"


def _later(first: str, step: datetime.timedelta) -> Callable[[int], str]:
    start = datetime.datetime.fromisoformat(first)
    return lambda n: str(start + (n - 1) * step)[: len(first)]


_KINDS: dict[str, Callable[[int], str]] = {
    **{name: _numbered(TYPICAL[name]) for name in TYPICAL if name != "user_verified"},
    "app_id": _numbered(DEFAULT_APP.app_id),
    "app_secret": _numbered(DEFAULT_APP.app_secret),
    "auth_key": lambda n: f"{'a' * 24}{n:08}",
    "access_token": lambda n: f"{'b' * 24}{n:08}",
    "redirect_url": _numbered(DEFAULT_APP.redirect_url),
    "user_id": lambda n: str(int(TYPICAL["user_id"]) + n - 1),
    "user_email": _numbered("amina", "@example.com"),
    "user_birthdate": _later(TYPICAL["user_birthdate"], datetime.timedelta(days=1)),
    "user_picture": _numbered(TYPICAL["user_picture"].removesuffix(".jpg"), ".jpg"),
    "user_cover": _numbered(TYPICAL["user_cover"].removesuffix(".jpg"), ".jpg"),
    "user_registered": _later(TYPICAL["user_registered"], datetime.timedelta(seconds=1)),
    "user_biography": lambda n: f"{TYPICAL['user_biography']}{'' if n == 1 else f' ({n})'}",
    "address": lambda n: f"https://example.com/placeholder-{n}",
    "number": lambda n: str(900_000_000 + n),
    "page": lambda n: f"<!doctype html><title>placeholder page {n}</title>",
    "name": lambda n: f"placeholder-name-{n}",
    "text": lambda n: f"placeholder-{n}",
}


@cache
def _placeholders_up_to(number: int) -> frozenset[str]:
    return frozenset(make(n + 1) for make in _KINDS.values() for n in range(number))


def scrub(cassettes: Iterable[Cassette]) -> list[Cassette]:
    """Return the cassettes with placeholders; the same value has the same one in all of them."""
    scrubber = _Scrubber()
    return [scrubber.cassette(cassette) for cassette in cassettes]


def scan(cassette: Cassette) -> list[str]:
    """Return the places of what scrubbing would change, whatever the numbers of placeholders.

    The note is the author's own text, and is not looked at.
    """
    scrubbed = _Scrubber(_MOST).cassette(cassette)
    places = [f"app.{name}" for name in _changed(cassette.app, scrubbed.app)]
    pairs = zip(cassette.user.items(), scrubbed.user.items(), strict=True)
    places += [f"user.{new[0]}" for old, new in pairs if old != new]
    for index, old in enumerate(cassette.interactions):
        changed = _changed(old, scrubbed.interactions[index])
        places += [f"responses[{index}].{name}" for name in changed]
    return places


def is_api_message(value: object) -> bool:
    """Return whether the value is an error message of the API's own."""
    return isinstance(value, str) and value in _MESSAGES


def _changed(old: Any, new: Any) -> list[str]:
    names = [each.name for each in fields(old)]
    return [name for name in names if getattr(old, name) != getattr(new, name)]


class _Scrubber:
    """Replaces values with placeholders, the same value always with the same one.

    Placeholders with numbers up to `known` stay as they are: a scan must not ask in which order
    a cassette's author numbered them. A fresh recording may contain one by chance.
    """

    def __init__(self, known: int = 0) -> None:
        self._known = _placeholders_up_to(known)
        self._count = dict.fromkeys(_KINDS, known)
        self._placeholders: dict[object, str] = {}

    def cassette(self, cassette: Cassette) -> Cassette:
        """Return a cassette with placeholders."""
        app = cassette.app
        values = {name: self._value(name, getattr(app, name)) for name in APP}
        return replace(
            cassette,
            app=replace(app, **values),
            user=self._json(cassette.user),
            interactions=tuple(self._interaction(each, app) for each in cassette.interactions),
        )

    def _interaction(self, old: Interaction, app: App) -> Interaction:
        before = tuple(
            Step(name, value if name == "advance" else self._value(STEPS[name], value))
            for name, value in old.before
        )
        parts = urlsplit(old.url.removeprefix(app.base_url))
        path = parts.path
        if path not in facts.ENDPOINT_BY_PATH:
            path = f"/{self._placeholder('text', path.lstrip('/'))}"
        headers = tuple(
            (self._name(name), self._header(name.lower(), value, app.redirect_url))
            for name, value in old.headers
        )
        url = f"{app.base_url}{path}{self._query(parts.query)}"
        return replace(old, before=before, url=url, headers=headers, body=self._body(old.body))

    def _query(self, query: str) -> str:
        pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
        scrubbed = [(self._name(name), self._value(name, value)) for name, value in pairs]
        return f"?{urlencode(scrubbed)}" if scrubbed else ""

    def _header(self, name: str, value: str, redirect_url: str) -> str:
        if name == "location" and value.startswith(redirect_url):
            rest, _, query = value[len(redirect_url) :].partition("?")
            target = self._value("redirect_url", redirect_url)
            return f"{target}{self._value('text', rest)}{self._query(query)}"
        if name == "content-type" and _MEDIA_TYPE.fullmatch(value):
            return value
        if name == "retry-after" and value.isdecimal():
            return value
        return str(self._value("address" if name == "location" else "", value))

    def _body(self, body: bytes) -> bytes:
        text = body.decode("utf-8", errors="replace")
        json_text = text.removeprefix("\ufeff")
        if is_blank(json_text):
            return body
        try:
            data = self._json(json.loads(json_text))
        except (ValueError, RecursionError):
            return self._placeholder("page", text).encode()
        # In the way in which the original was written: by PHP, or with blanks.
        separators = None if '": ' in json_text else (",", ":")
        new = json.dumps(data, separators=separators, ensure_ascii=json_text.isascii())
        new = new.replace("/", "\\/") if "\\/" in json_text else new
        if "".join(new.split()) == "".join(json_text.split()):
            return body
        return (text[: len(text) - len(json_text)] + new).encode()

    def _json(self, data: Any, field: str = "") -> Any:
        if isinstance(data, dict):
            return {self._name(name): self._json(value, name) for name, value in data.items()}
        if isinstance(data, list):
            return [self._json(value, field) for value in data]
        return self._value(field, data)

    def _name(self, name: str) -> str:
        return name if name.lower() in _NAMES else self._placeholder("name", name)

    def _value(self, field: str, value: Any) -> Any:
        """Return what a cassette holds for this value of this field."""
        if value is None or isinstance(value, bool) or is_api_message(value):
            return value
        if field in ("user_verified", "error") and str(value) in ("0", "1"):
            return value
        if not isinstance(value, str):
            return int(self._placeholder("user_id" if field == "user_id" else "number", value))
        return value if is_blank(value) else self._placeholder(_kind(field, value), value)

    def _placeholder(self, kind: str, value: object) -> str:
        if str(value) in self._known:
            return str(value)
        if value not in self._placeholders:
            self._count[kind] += 1
            self._placeholders[value] = _KINDS[kind](self._count[kind])
        return self._placeholders[value]


def _kind(field: str, text: str) -> str:
    """Return the kind of placeholder whose form a client expects for this value."""
    is_address = field in ("user_picture", "user_cover") and "://" in text
    if is_address or field in ("profile_picture", "profile_cover"):
        return "address"
    if field == "user_gender" and text.isdecimal():
        return "number"
    return field if field in _KINDS else "text"
