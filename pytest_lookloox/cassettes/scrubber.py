"""What replaces a secret, an id or a personal field in a cassette.

A whitelist: only known names, content types, the API's own messages, flags and blanks stay as they
are. Everything else becomes a placeholder of the same form, so that a client under test can work
with it: the first user is the one that `build_user_info` builds, app and address are the default
ones. In a cassette the same value always becomes the same placeholder, and placeholders are
numbered as they come: scrubbing a scrubbed cassette changes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from pytest_lookloox.cassettes.cassette import APP, STEPS, Cassette, Interaction
from pytest_lookloox.provider import facts
from pytest_lookloox.provider.facts import is_blank
from pytest_lookloox.provider.http import json_response
from pytest_lookloox.provider.models import DEFAULT_APP
from pytest_lookloox.provider.user_info import TYPICAL

NEWER_FIELDS = ("profile_picture", "profile_cover")
"""The fields that only newer servers send."""

_UPLOADS = f"{facts.DEFAULT_BASE_URL}{facts.UPLOADS_PATH}"
_FIRST = {
    **{name: value for name, value in TYPICAL.items() if name != "user_verified"},
    **{name: getattr(DEFAULT_APP, name) for name in APP},
    "profile_picture": f"{_UPLOADS}{TYPICAL['user_picture']}",
    "profile_cover": _UPLOADS,
}
_NUMBERED = {
    "app_id": "8{:08}",
    "app_secret": f"{'c' * 24}{{:08}}",
    "auth_key": f"{'a' * 24}{{:08}}",
    "access_token": f"{'b' * 24}{{:08}}",
    "user_id": "7{:08}",
    "number": "9{:08}",
    "address": "https://example.com/placeholder-{}",
    "page": "<!doctype html><title>placeholder page {}</title>",
}
"""The first placeholder of a field, and the form of further ones; others are such as `text-2`."""

_HEAD = re.compile(r"live|simulator|documented|current|by hand|\d[\w.:+-]*")
"""What a cassette may say of itself: words of ours, times and versions."""

_MESSAGES = frozenset(fact.message for fact in facts.FACTS if fact.message)
_NAMES = {
    *("app_id", *facts.SECRET_PARAMETERS, *TYPICAL, *NEWER_FIELDS),
    *("user_info", "error", "message", "location"),
}
"""The names of fields, parameters and headers that stay as they are."""


def scrub(cassette: Cassette) -> Cassette:
    """Return the cassette with placeholders."""
    scrubber, app = _Scrubber(cassette.app.redirect_url), cassette.app
    head = {
        name: text if _HEAD.fullmatch(text) else scrubber.value("text", text)
        for name, text in cassette.head.items()
    }
    values = {name: scrubber.value(name, getattr(app, name)) for name in APP}
    user = scrubber.json(cassette.user)
    interactions = tuple(map(scrubber.interaction, cassette.interactions))
    app = replace(app, base_url=facts.DEFAULT_BASE_URL, **values)
    return replace(cassette, head=head, app=app, user=user, interactions=interactions)


def is_api_message(value: object) -> bool:
    """Return whether the value is an error message of the API's own."""
    return isinstance(value, str) and value in _MESSAGES


class _Scrubber:
    """Replaces values with placeholders, the same value always with the same one."""

    def __init__(self, redirect_url: str) -> None:
        self._redirect_url = redirect_url
        self._count: Counter[str] = Counter()
        self._placeholders: dict[object, str] = {}

    def interaction(self, old: Interaction) -> Interaction:
        """Return a request and its answer with placeholders."""
        before = [
            {n: v if n == "advance" else self.value(STEPS[n], v) for n, v in step.items()}
            for step in old.before
        ]
        path = old.path
        if path not in facts.ENDPOINT_BY_PATH:
            path = f"/{self._placeholder('path', path.lstrip('/'))}"
        query = self._fields(urlsplit(old.url).query)
        return replace(
            old,
            before=tuple(before),
            url=f"{facts.DEFAULT_BASE_URL}{path}{'?' if query else ''}{query}",
            form=self._fields(old.form),
            headers={self._name(n): self._header(v) for n, v in old.headers.items()},
            body=self._body(old),
        )

    def _fields(self, text: str) -> str:
        """Return a query or a form with placeholders."""
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace")
        return urlencode([(self._name(name), self.value(name, value)) for name, value in pairs])

    def _header(self, value: str) -> str:
        redirect_url = self._redirect_url
        if value.startswith(f"{redirect_url}?"):
            query = self._fields(value[len(redirect_url) + 1 :])
            return f"{self.value('redirect_url', redirect_url)}?{query}"
        return str(self.value("address", value))

    def _body(self, old: Interaction) -> str:
        data = old.data
        if isinstance(data, str):
            return data if is_blank(data) else self._placeholder("page", data)
        # A client may stumble over the byte-order mark.
        mark = "\ufeff" if old.body.startswith("\ufeff") else ""
        return mark + json_response(self.json(data)).body.decode()

    def json(self, data: Any, field: str = "value") -> Any:
        """Return a JSON value with placeholders."""
        if isinstance(data, dict):
            return {self._name(name): self.json(value, name) for name, value in data.items()}
        if isinstance(data, list):
            return [self.json(value, field) for value in data]
        return self.value(field, data)

    def _name(self, name: str) -> str:
        return name if name.lower() in _NAMES else self._placeholder("name", name)

    def value(self, field: str, value: Any) -> Any:
        """Return what a cassette holds for this value of this field."""
        if value is None or isinstance(value, bool) or is_api_message(value) or value == "N/A":
            return value
        if field in ("user_verified", "error") and str(value) in ("0", "1"):
            return value
        if not isinstance(value, str):
            return int(self._placeholder("number", value))
        if is_blank(value):
            return value
        if field in ("user_picture", "user_cover") and "://" in value:
            field = "address"
        return self._placeholder(field if field in _FIRST or field in _NUMBERED else "text", value)

    def _placeholder(self, kind: str, value: object) -> str:
        if value not in self._placeholders:
            self._count[kind] += 1
            number = self._count[kind]
            numbered = _NUMBERED.get(kind, f"{kind}-{{}}").format(number)
            self._placeholders[value] = _FIRST.get(kind, numbered) if number == 1 else numbered
        return self._placeholders[value]
