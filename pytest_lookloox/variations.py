"""Unusual answers that are good all the same: a client has to survive them."""

from __future__ import annotations

import codecs
import difflib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pytest_lookloox.exchange import HTML_TYPE, Response

SLOWNESS: Final = 0.5
"""Seconds that a slow answer takes: below the time-out of any client that has a sensible one."""

_EXTRA: Final = {"api_version": "1.2", "server": {"name": "lookloox", "load": [0.5, None]}}


@dataclass(frozen=True)
class Variation:
    """One unusual form of a good answer of `authorize` or `get_user_info`."""

    name: str
    description: str
    alter: Callable[[Response], Response]


def _as_html(response: Response) -> Response:
    return response._replace(content_type=HTML_TYPE)


def _with_byte_order_mark(response: Response) -> Response:
    return response._replace(body=codecs.BOM_UTF8 + response.body)


def _with_extra_fields(response: Response) -> Response:
    data = {**response.data, **_EXTRA}
    if "user_info" in data:
        data["user_info"] = {**data["user_info"], **_EXTRA}
    # Not the whole body: something may stand before the JSON already.
    usual, unusual = json.dumps(response.data).encode(), json.dumps(data).encode()
    return response._replace(data=data, body=response.body.replace(usual, unusual))


def _slow(response: Response) -> Response:
    return response._replace(delay=SLOWNESS)


VARIATIONS: Final = {
    variation.name: variation
    for variation in (
        Variation("html_content_type", "JSON that is called `text/html`.", _as_html),
        Variation("byte_order_mark", "A byte-order mark before the JSON.", _with_byte_order_mark),
        Variation("extra_fields", "Fields that no document knows.", _with_extra_fields),
        Variation("slow_answer", f"An answer that takes {SLOWNESS:g} seconds.", _slow),
    )
}
"""Every variation by its name."""


def find(name: str) -> Variation:
    """The variation of that name; raises `ValueError` for an unknown one, `TypeError` for none."""
    if not isinstance(name, str):
        raise TypeError(f"a variation is asked for by its name, not {type(name).__name__}")
    if name not in VARIATIONS:
        nearest = difflib.get_close_matches(name, VARIATIONS, n=1)
        hint = f"did you mean {nearest[0]!r}? " if nearest else ""
        raise ValueError(f"unknown variation {name!r}; {hint}there are: {', '.join(VARIATIONS)}")
    return VARIATIONS[name]
