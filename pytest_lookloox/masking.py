"""Requests as people may read them: no secret is shown, and nothing is longer than a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from pytest_lookloox.contract import SECRET_PARAMETERS
from pytest_lookloox.exchange import fields_in

_LONGEST = 60
# A secret may stand behind a second question mark, encoded, or under a misspelt name.
_NAMED = re.compile(r"((?:app_?secret|auth_?key|token)(?:=|%(?:25)*3D))[^&\s]*", re.IGNORECASE)
_OF_THE_PROVIDER = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")


def masked_query(params: Mapping[str, str]) -> str:
    """`?name=value&…`, or nothing where there are no parameters."""
    pairs = [
        _hidden(f"{shortened(name)}={shortened(_masked(name, value))}")
        for name, value in params.items()
    ]
    return f"?{'&'.join(pairs)}" if pairs else ""


def masked_url(url: str) -> str:
    """The URL without a password, and with its parameters masked."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    query = masked_query(fields_in(parts.query))
    return f"{parts.scheme}://{host}{shortened(parts.path)}{query}"


def shortened(text: str) -> str:
    """The text on one line, no longer than fits there, and without what looks like a secret."""
    text = _hidden(text)
    line = on_one_line(text[:_LONGEST])
    return line if len(text) <= _LONGEST else f"{line}…"


def on_one_line(text: str) -> str:
    """The text without line breaks, or whatever else has its way with a terminal."""
    return "".join(character if character.isprintable() else "�" for character in text)


def _hidden(text: str) -> str:
    return _OF_THE_PROVIDER.sub("***", _NAMED.sub(r"\1***", text))


def _masked(name: str, value: str) -> str:
    return "***" if name in SECRET_PARAMETERS else value
