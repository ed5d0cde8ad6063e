"""A figure: what several contenders cost at the same work, and the bounds set for it."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Bound:
    """A contender costs at most `limit` times another one, or `limit` itself without another."""

    contender: str
    limit: float
    against: str | None = None

    def __str__(self) -> str:
        against = f" x {self.against}" if self.against else ""
        return f"{self.contender} at most {self.limit:g}{against}"


@dataclass(frozen=True)
class Figure:
    """`costs` of each contender, one per round; the round is the same for all of them.

    Ratios are to the contender `base`; without one the costs speak for themselves.
    """

    title: str
    unit: str
    costs: Mapping[str, Sequence[float]]
    base: str | None = None
    bounds: tuple[Bound, ...] = ()

    def cost(self, contender: str) -> float:
        return statistics.median(self.costs[contender])

    def ratio(self, contender: str, to: str) -> float:
        """The median of the rounds' ratios: what disturbs a whole round disturbs none of them."""
        pairs = zip(self.costs[contender], self.costs[to], strict=True)
        return statistics.median(cost / other for cost, other in pairs)

    def reached(self, bound: Bound) -> float | None:
        """What was measured where the bound stands, or `None` if a contender was missing."""
        if not {bound.contender, bound.against or bound.contender} <= self.costs.keys():
            return None
        if bound.against is None:
            return self.cost(bound.contender)
        return self.ratio(bound.contender, bound.against)
