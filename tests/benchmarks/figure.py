"""A figure: what several contenders cost at the same work, and the bounds; a table, and bars."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

OURS, PEER = "#0b6e99", "#b8bec4"


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
    """`costs` of each contender, one for each round.

    Ratios are to the contender `base`; without one the costs are not compared.
    """

    title: str
    unit: str
    costs: Mapping[str, Sequence[float]]
    base: str | None = None
    bounds: tuple[Bound, ...] = ()

    def cost(self, contender: str) -> float:
        return statistics.median(self.costs[contender])

    def ratio(self, contender: str, to: str) -> float:
        """Return the median of the rounds' ratios: what slows a whole round down slows both."""
        pairs = zip(self.costs[contender], self.costs[to], strict=True)
        return statistics.median(cost / other for cost, other in pairs)

    def verdict(self, bound: Bound) -> str:
        if not {bound.contender, bound.against or bound.contender} <= self.costs.keys():
            return f"not measured: {bound}"
        cost = self.cost(bound.contender)
        measured = self.ratio(bound.contender, bound.against) if bound.against else cost
        return f"{'met' if measured <= bound.limit else 'MISSED'}: {bound}; is {measured:.2f}"

    def table(self) -> str:
        """Return a line for each contender, the cheapest first, and one for each bound."""
        width = max(map(len, self.costs))
        lines = [self.title]
        for name in sorted(self.costs, key=self.cost):
            ratio = f" {self.ratio(name, self.base):10.2f} x" if self.base else ""
            lines.append(f"  {name:{width}} {self.cost(name):12.2f} {self.unit}{ratio}")
        return "\n".join([*lines, *(f"  {self.verdict(bound)}" for bound in self.bounds)])


def plot(figures: Sequence[Figure], file: str) -> None:
    """Draw a bar for each contender; the file's ending says whether SVG, PNG or PDF."""
    import matplotlib as mpl
    from matplotlib.figure import Figure as Canvas

    mpl.rcParams["svg.fonttype"] = "none"
    heights = [len(figure.costs) + 1.5 for figure in figures]
    canvas = Canvas(figsize=(8, 0.36 * sum(heights)), layout="constrained")
    rows = canvas.subplots(len(figures), 1, squeeze=False, height_ratios=heights)[:, 0]
    for figure, axes in zip(figures, rows, strict=True):
        names = sorted(figure.costs, key=figure.cost, reverse=True)
        labels = [f"{figure.cost(name):.3g}" for name in names]
        if figure.base is not None:
            ratios = [f"{figure.ratio(name, figure.base):.2f} x" for name in names]
            labels = [f"{cost}  ({ratio})" for cost, ratio in zip(labels, ratios, strict=True)]
        colors = [OURS if "lookloox" in name else PEER for name in names]
        bars = axes.barh(names, [figure.cost(name) for name in names], color=colors)
        axes.bar_label(bars, labels=labels, padding=4)
        axes.set_title(f"{figure.title}, {figure.unit}", loc="left", fontsize="medium")
        axes.margins(x=0.15)
        axes.spines[["top", "right"]].set_visible(False)
    canvas.savefig(file)
