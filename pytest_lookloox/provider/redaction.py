"""Requests in a form that people may read: no secret, and no longer than a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from pytest_lookloox.provider.facts import SECRET_PARAMETERS

# A secret may follow a second question mark, be encoded, or have a misspelt name.
_NAMED_SECRET = re.compile(r"(?i)((?:secret|auth_?key|token)(?:=|%(?:25)*3D))[^&\s]*")
_ISSUED_SECRET = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")


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


def shorten(text: str) -> str:
    """Return the text redacted, on one line and at most 60 characters long."""
    text = _redact(text)
    return to_one_line(text if len(text) <= 60 else f"{text[:60]}…")


def to_one_line(text: str) -> str:
    """Return the text without line breaks and terminal control characters."""
    return "".join(character if character.isprintable() else "�" for character in text)


def _redact(text: str) -> str:
    return _ISSUED_SECRET.sub("***", _NAMED_SECRET.sub(r"\1***", text))
