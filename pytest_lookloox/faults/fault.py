"""A fault: one way a login can go wrong."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from pytest_lookloox.faults.effects import Effect
from pytest_lookloox.provider.facts import API_PREFIX, AUTHORIZE, GET_USER_INFO, OAUTH

__tracebackhide__ = True

_WHY_MISSED: Final = {
    OAUTH: "no visitor was sent back to the app, by approve() or /api/oauth",
    AUTHORIZE: "no auth_key that works reached /api/authorize with the app's id and secret",
    GET_USER_INFO: "no access token that works reached /api/get_user_info",
}


@dataclass(frozen=True, repr=False)
class Fault:
    """One way a login can go wrong, or a variation of a good answer.

    `source` is where it is known from, `advice` what a good client does, and `effect` carries it
    out; `is_of_the_api` is false for what any service or network does.
    """

    name: str
    endpoints: tuple[str, ...]
    description: str
    source: str
    advice: str
    effect: Effect
    is_of_the_api: bool = True
    label: str = ""

    def __str__(self) -> str:
        """Return the name to ask for it by: `name`, or `name@endpoint` for one of several."""
        return self.label or self.name

    def __repr__(self) -> str:
        """Show what happens and what a good client does."""
        return f"<Fault {self}: {self.description} A good client: {self.advice}>"

    @property
    def why_missed(self) -> str:
        """Why the fault never took effect in a test."""
        if self.is_of_the_api:
            return ", and ".join(_WHY_MISSED[endpoint] for endpoint in self.endpoints)
        return f"no request reached {' or '.join(API_PREFIX + name for name in self.endpoints)}"

    def at(self, endpoint: str) -> Fault:
        """Return the fault at this one of its endpoints."""
        if self.endpoints == (endpoint,):
            return self
        return replace(self, endpoints=(endpoint,), label=f"{self.name}@{endpoint}")

    def at_each_endpoint(self) -> Iterator[Fault]:
        """Return the fault at each of its endpoints."""
        return map(self.at, self.endpoints)


def find(kind: str, table: Mapping[str, Fault], name: str, how_to_list: str) -> Fault:
    """Return the table's fault or variation of this name; raise `ValueError` if it has none."""
    if not isinstance(name, str):
        raise TypeError(f"the name of a {kind} is a string, not {type(name).__name__}")
    if name not in table:
        nearest = difflib.get_close_matches(name, table, n=3)
        hint = f"did you mean {' or '.join(map(repr, nearest))}? " if nearest else ""
        raise ValueError(f"unknown {kind} {name!r}; {hint}{how_to_list}")
    return table[name]
