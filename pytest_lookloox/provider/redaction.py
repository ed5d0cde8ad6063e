"""Requests in a form that people may read: no secret, and no longer than a line.

A secret is known by its value, by its form, or by the name before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

from pytest_lookloox.provider.facts import SECRET_PARAMETERS

# A secret may follow a second question mark, be encoded, or have a misspelt name.
_NAMED_SECRET = re.compile(
    r"(?i)((?:secret|auth_?key|token)(?:\[\]|%5B%5D)?(?:=|%(?:25)*3D))[^&\s]*"
)
_ISSUED_SECRET = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_UNMISTAKABLE_LENGTH = 16
"""From this length on, a secret is not part of an ordinary word."""

_app_secrets: set[str] = set()


def learn(app_secret: str) -> None:
    """Redact this value, too, for the rest of the process; issued ones are known by their form."""
    # A shorter one would hide ordinary words.
    if len(app_secret) >= 6:
        _app_secrets.add(app_secret)


class Secret(str):
    """A string that pytest shows as `'***'` when a comparison of what contains it fails."""

    def __repr__(self) -> str:
        return "'***'"


def with_secrets(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of parameters or of a JSON object in which each secret is a `Secret`."""
    shown = dict(fields)
    for name, value in fields.items():
        if isinstance(value, str) and (
            name in SECRET_PARAMETERS
            or value in _app_secrets
            or (len(value) == 32 and _ISSUED_SECRET.fullmatch(value))
        ):
            shown[name] = Secret(value)
    return shown


def is_in(secret: str, text: str) -> bool:
    """Return whether the text contains a secret, plain or encoded, a short one as a word.

    A suite chooses its app's secret: `"secret"` is not one in "invalid app_secret".
    """
    if len(secret) >= _UNMISTAKABLE_LENGTH and secret.isalnum():
        return secret in text
    return bool(_pattern_of(secret).search(text))


@cache
def _pattern_of(secret: str) -> re.Pattern[str]:
    # Encoded once or more often, in either case of the hexadecimal digits.
    encoded = {
        re.sub("%(..)", r"%(?:25)*(?i:\1)", re.escape(each))
        for each in (quote(secret, safe=""), quote_plus(secret))
    }
    pattern = "|".join([*encoded, re.escape(secret)])
    is_word = len(secret) < _UNMISTAKABLE_LENGTH
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)" if is_word else pattern)


def redact_query(params: Mapping[str, str]) -> str:
    """Return `?name=value&…` with secrets as `***`, or `""` without parameters."""
    pairs = (
        _redact(f"{shorten(name)}={'***' if name in SECRET_PARAMETERS else shorten(value)}")
        for name, value in params.items()
    )
    return f"?{'&'.join(pairs)}" if params else ""


def redact_url(url: str) -> str:
    """Return the URL without a password, and with its parameters redacted."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    query = redact_query(dict(parse_qsl(parts.query, keep_blank_values=True, errors="replace")))
    return f"{parts.scheme}://{host}{shorten(parts.path)}{query}"


def shorten(text: str, length: int = 60) -> str:
    """Return the text redacted, on one line and at most so many characters long."""
    text = _redact(text)
    return to_one_line(text if len(text) <= length else f"{text[:length]}…")


def to_one_line(text: str) -> str:
    """Return the text without line breaks and terminal control characters."""
    return "".join(character if character.isprintable() else "�" for character in text)


def _redact(text: str) -> str:
    text = _ISSUED_SECRET.sub("***", _NAMED_SECRET.sub(r"\1***", text))
    # The longest first: one may contain another.
    for secret in sorted(_app_secrets, key=len, reverse=True):
        text = _pattern_of(secret).sub("***", text)
    return text
