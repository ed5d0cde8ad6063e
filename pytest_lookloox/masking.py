"""Requests as people may read them: no secret is shown, and nothing is longer than a line."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from pytest_lookloox.contract import SECRET_PARAMETERS
from pytest_lookloox.exchange import Request

_LONGEST = 60


def masked_query(params: Mapping[str, str]) -> str:
    """`?name=value&…`, or nothing where there are no parameters."""
    pairs = [f"{_shortened(name)}={_masked(name, value)}" for name, value in params.items()]
    return f"?{'&'.join(pairs)}" if pairs else ""


def masked_url(url: str) -> str:
    """The URL without a password, and with its parameters masked."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    params = Request("GET", parts.path, parts.query).params()
    return f"{parts.scheme}://{host}{_shortened(parts.path)}{masked_query(params)}"


def _masked(name: str, value: str) -> str:
    return "***" if name in SECRET_PARAMETERS else _shortened(value)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
