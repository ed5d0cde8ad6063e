"""What stands for a secret, an id or a personal field in a cassette.

A placeholder keeps the form of what it replaces, so that a client under test can work with it: the
first user is the one that `build_user_info` builds, the first app the one that the simulator
registers. The same value always becomes the same placeholder. Only the values below, blanks and
public texts may stand in a cassette: whatever is not known to be harmless is replaced.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from pytest_lookloox import contract
from pytest_lookloox.cassette import json_text
from pytest_lookloox.cassette.json_text import Value
from pytest_lookloox.contract import is_blank
from pytest_lookloox.options import Options
from pytest_lookloox.user_info import TYPICAL

_MOST = 50
_SECOND = datetime.timedelta(seconds=1)
_DAY = datetime.timedelta(days=1)
_MEDIA_TYPE = re.compile(
    r"(application|text)/(json|html|plain|javascript|xml)(; ?charset=(utf-8|iso-8859-1|us-ascii))?",
    re.IGNORECASE,
)
_SAFE_NAME = re.compile(r"[A-Za-z]{1,15}([_-][A-Za-z]{1,15}){0,4}")
# No capital behind a small letter: that is how base64 looks.
_WORD = re.compile(
    r"(?!.*[a-z][A-Z])[(“\"‘]?([^\W\d_]{1,2}['’])?[^\W\d_]{1,20}(['’][^\W\d_]{1,2})?[.,;:!?)”\"’]*|[?!:;–-]"
)
_SHORTEST_WITHIN_WORDS = 6
_PARAMETERS = ("app_id", "app_secret", "auth_key", "access_token")
_MESSAGES = frozenset(fact.message for fact in contract.FACTS if fact.message)
_NAMES = frozenset(
    (*_PARAMETERS, *TYPICAL, "profile_picture", "profile_cover", "user_info", "error", "message")
)
_PERSONAL = frozenset((*_PARAMETERS, *TYPICAL))
_FLAGS = ("user_verified", "error")
_SENT_PLAIN = {
    "content-type": _MEDIA_TYPE,
    "retry-after": re.compile(r"[0-9]{1,5}"),
}


def _at(first: str) -> Callable[[int], str]:
    return lambda n: first if n == 1 else f"{first}-{n}"


def _picture(first: str) -> Callable[[int], str]:
    path = PurePosixPath(first)
    return lambda n: first if n == 1 else str(path.with_stem(f"{path.stem}-{n}"))


def _date(n: int) -> str:
    return str(datetime.date.fromisoformat(TYPICAL["user_birthdate"]) + (n - 1) * _DAY)


def _time(n: int) -> str:
    return str(datetime.datetime.fromisoformat(TYPICAL["user_registered"]) + (n - 1) * _SECOND)


_KINDS: dict[str, Callable[[int], str]] = {
    "app_id": _at(Options.app_id),
    "app_secret": _at(Options.app_secret),
    "auth_key": lambda n: f"{'a' * 24}{n:08}",
    "access_token": lambda n: f"{'b' * 24}{n:08}",
    "redirect_url": _at(Options.redirect_url),
    "user_id": lambda n: str(int(TYPICAL["user_id"]) + n - 1),
    "user_name": _at(TYPICAL["user_name"]),
    "user_email": lambda n: TYPICAL["user_email"] if n == 1 else f"amina-{n}@example.com",
    "user_firstname": _at(TYPICAL["user_firstname"]),
    "user_lastname": _at(TYPICAL["user_lastname"]),
    "user_gender": _at(TYPICAL["user_gender"]),
    "user_birthdate": _date,
    "user_picture": _picture(TYPICAL["user_picture"]),
    "user_cover": _picture(TYPICAL["user_cover"]),
    "user_registered": _time,
    "user_relationship": _at(TYPICAL["user_relationship"]),
    "user_biography": lambda n: f"{TYPICAL['user_biography']}{'' if n == 1 else f' ({n})'}",
    "user_website": _at(TYPICAL["user_website"]),
    "address": lambda n: f"https://example.com/placeholder-{n}",
    "number": lambda n: str(900_000_000 + n),
    "page": lambda n: f"<!doctype html><title>placeholder page {n}</title>",
    "name": lambda n: f"placeholder-name-{n}",
    "text": lambda n: f"placeholder-{n}",
}


class Scrubber:
    """Replaces what must not get out; one for all cassettes that belong together."""

    def __init__(self) -> None:
        self._placeholders: dict[str, str] = {}
        self._personal: set[str] = set()
        self._counts: Counter[str] = Counter()

    def value(self, field: str, value: Any) -> Any:
        """What stands in a cassette for this value of this field."""
        if is_public(field, value) and not (field == "message" and self._names_somebody(value)):
            return value
        text = self._placeholder(_kind(field, value), str(value))
        if isinstance(value, str):
            return text
        # Elsewhere the same value may have been a text, and stand as one.
        return int(text if text.isdecimal() else self._placeholder("number", f"number {value}"))

    def body(self, body: bytes) -> bytes:
        """A body with every value replaced; what is no JSON becomes a page without content."""
        text = _decoded(body)
        if is_blank(text):
            return body
        if not json_text.is_json(text):
            return self._placeholder("page", text).encode()
        return json_text.rewritten(text, self._rewrite).encode()

    def url(self, url: str, base_url: str, shown_base_url: str) -> str:
        """An address below `base_url`, with every parameter's value replaced."""
        parts = urlsplit(url.removeprefix(base_url))
        return f"{shown_base_url}{parts.path}{self._query(parts.query)}"

    def location(self, url: str, redirect_url: str) -> str:
        """Where a redirect leads: back to the app, or to an address that is nobody's business."""
        if not url.startswith(redirect_url):
            return str(self.value("address", url))
        back, mark, query = url[len(redirect_url) :].partition("?")
        path = "" if is_blank(back) else str(self.value("text", back))
        target = self.value("redirect_url", redirect_url)
        return f"{target}{path}{self._query(query) if mark else ''}"

    def header(self, name: str, value: str, redirect_url: str) -> tuple[str, str]:
        """A header as it stands in a cassette."""
        if name.lower() == "location":
            return name, self.location(value, redirect_url)
        shown = value if is_public_header(name, value) else self.value("", value)
        return self._header_name(name), shown

    def name(self, name: str) -> str:
        """The name of a field, parameter or header as it stands in a cassette."""
        if name in _NAMES or self._is_harmless_name(name):
            return name
        return self._placeholder("name", name)

    def _header_name(self, name: str) -> str:
        if name.lower() in _SENT_PLAIN or self._is_harmless_name(name):
            return name
        # Not that of a value of the same text, which need not look like a header's name.
        return self._placeholder("name", f"header {name}")

    def _is_harmless_name(self, name: str) -> bool:
        """Whether a name is made of words, and no value that was replaced is among them."""
        text = name.casefold()
        return (
            is_safe_name(name)
            and name not in self._placeholders
            and not any(
                re.search(rf"(?<![a-z]){re.escape(personal)}(?![a-z])", text)
                for personal in self._personal
            )
        )

    def _query(self, query: str) -> str:
        pairs = [
            (self.name(name), self.value(name, value))
            for name, value in parse_qsl(query, keep_blank_values=True, errors="replace")
        ]
        return f"?{urlencode(pairs)}" if pairs else ""

    def _rewrite(self, item: Value) -> Any:
        return self.name(item.value) if item.is_name else self.value(item.field, item.value)

    def _names_somebody(self, message: Any) -> bool:
        """Whether an error message, harmless as it looks, holds a value that was replaced."""
        if not isinstance(message, str) or message in _MESSAGES:
            return False
        text = message.casefold()
        return any(
            known in text
            if len(known) >= _SHORTEST_WITHIN_WORDS
            else re.search(rf"(?<!\w){re.escape(known)}(?!\w)", text)
            for known in map(str.casefold, self._placeholders)
        )

    def _placeholder(self, kind: str, value: str) -> str:
        if value not in self._placeholders:
            self._counts[kind] += 1
            if self._counts[kind] > _MOST:
                raise ValueError(f"a recording may hold {_MOST} different values of a kind: {kind}")
            self._placeholders[value] = _KINDS[kind](self._counts[kind])
            if kind in _PERSONAL:
                self._personal.add(value.casefold())
        return self._placeholders[value]


def is_public(field: str, value: Any) -> bool:
    """Whether a value may stand in a cassette as it is: it tells nothing about anybody."""
    if value is None or isinstance(value, bool):
        return True
    if field in _FLAGS:
        return str(value) in ("0", "1", "")
    if not isinstance(value, str):
        return False
    return is_blank(value) or (field == "message" and _is_plain(value))


def is_public_header(name: str, value: str) -> bool:
    """Whether a header's value may stand in a cassette as it is."""
    pattern = _SENT_PLAIN.get(name.lower())
    return is_blank(value) or (pattern is not None and pattern.fullmatch(value) is not None)


def is_safe_name(name: str) -> bool:
    """Whether a field's, parameter's or header's name is made of words."""
    return _SAFE_NAME.fullmatch(name) is not None


def is_placeholder(value: Any) -> bool:
    """Whether the value is one that stands for another."""
    return str(value) in _all_placeholders()


def is_redirect_placeholder(url: str) -> bool:
    """Whether the URL is the one that stands for the app's."""
    return url == Options.redirect_url


def is_placeholder_page(body: str) -> bool:
    """Whether the body stands for a page."""
    return body.startswith("<") and is_placeholder(body)


@lru_cache(maxsize=1)
def _all_placeholders() -> frozenset[str]:
    numbers = range(1, _MOST + 1)
    return frozenset(make(n) for make in _KINDS.values() for n in numbers)


def _kind(field: str, value: Any) -> str:
    text = str(value)
    if field in ("user_picture", "user_cover") and "://" in text:
        return "address"
    if field == "user_gender" and text.isdecimal():
        return "number"
    if field in ("profile_picture", "profile_cover"):
        return "address"
    if field in _KINDS:
        return field
    return "text" if isinstance(value, str) else "number"


def _decoded(body: bytes) -> str:
    """The body as text: bytes that are no UTF-8 are read one by one."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("latin-1")


def _is_plain(message: str) -> bool:
    """Whether an error message is one of the API's, or a sentence of ordinary words."""
    return message in _MESSAGES or all(
        word.strip(".,;:") in _PARAMETERS or _WORD.fullmatch(word) for word in message.split()
    )
