"""Unusual forms of a good answer, which a client has to survive."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pytest_lookloox.faults.effects import (
    SLOW_ANSWER_SECONDS,
    as_html,
    slow,
    with_byte_order_mark,
    with_extra_fields,
)
from pytest_lookloox.provider.http import Response


@dataclass(frozen=True)
class Variation:
    """One unusual form of a good answer of `authorize` or `get_user_info`."""

    name: str
    description: str
    alter: Callable[[Response], Response]


VARIATIONS: Final = {
    variation.name: variation
    for variation in (
        Variation("html_content_type", "JSON that is called `text/html`.", as_html),
        Variation("byte_order_mark", "A byte-order mark before the JSON.", with_byte_order_mark),
        Variation("extra_fields", "Fields that no document knows.", with_extra_fields),
        Variation("slow_answer", f"An answer that takes {SLOW_ANSWER_SECONDS:g} seconds.", slow),
    )
}
"""Every variation by its name."""


def find_variation(name: str) -> Variation:
    """Return the variation of that name; raise `ValueError` for an unknown one."""
    if not isinstance(name, str):
        raise TypeError(f"the name of a variation is a string, not {type(name).__name__}")
    if name not in VARIATIONS:
        nearest = difflib.get_close_matches(name, VARIATIONS, n=1)
        hint = f"did you mean {nearest[0]!r}? " if nearest else ""
        raise ValueError(f"unknown variation {name!r}; {hint}there are: {', '.join(VARIATIONS)}")
    return VARIATIONS[name]
