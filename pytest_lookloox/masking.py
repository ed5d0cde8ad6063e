"""Requests as people may read them: no secret is shown, and nothing is longer than a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from pytest_lookloox.contract import SECRET_PARAMETERS
from pytest_lookloox.exchange import Request

_LONGEST = 60
# A key may stand behind a second question mark, inside the value of another parameter.
_SECRET_INSIDE = re.compile(rf"({'|'.join(sorted(SECRET_PARAMETERS))})=[^&]*")


def masked_query(params: Mapping[str, str]) -> str:
    """`?name=value&…`, or nothing where there are no parameters."""
    pairs = [f"{shortened(name)}={_masked(name, value)}" for name, value in params.items()]
    return f"?{'&'.join(pairs)}" if pairs else ""


def masked_url(url: str) -> str:
    """The URL without a password, and with its parameters masked."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    params = Request("GET", parts.path, parts.query).params()
    return f"{parts.scheme}://{host}{shortened(parts.path)}{masked_query(params)}"


def shortened(text: str) -> str:
    """The text on one line, and no longer than fits there."""
    line = "".join(character if character.isprintable() else "�" for character in text[:_LONGEST])
    return line if len(text) <= _LONGEST else f"{line}…"


def _masked(name: str, value: str) -> str:
    if name in SECRET_PARAMETERS:
        return "***"
    return shortened(_SECRET_INSIDE.sub(r"\1=***", value))
