"""A fault: one way a login can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pytest_lookloox.faults.effects import Effect
from pytest_lookloox.provider.facts import API_PREFIX


@dataclass(frozen=True, repr=False)
class Fault:
    """One way a login can go wrong.

    `source` is where it is known from, `advice` what a good client does, and `effect` carries it
    out. `missed` says what did not happen in a test where the fault never took effect;
    `is_of_the_api` is false for what any service or network does.
    """

    name: str
    endpoints: tuple[str, ...]
    description: str
    source: str
    advice: str
    effect: Effect
    missed: str = ""
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
        paths = " or ".join(f"{API_PREFIX}{endpoint}" for endpoint in self.endpoints)
        return self.missed or f"no request reached {paths}"

    def at(self, endpoint: str) -> Fault:
        """Return the fault at this one of its endpoints."""
        if self.endpoints == (endpoint,):
            return self
        return replace(self, endpoints=(endpoint,), label=f"{self.name}@{endpoint}")

    def at_each_endpoint(self) -> Iterator[Fault]:
        """Return the fault at each of its endpoints."""
        return map(self.at, self.endpoints)
