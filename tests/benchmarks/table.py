"""Figures as text, for the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from tests.benchmarks.figure import Bound, Figure


def table(figure: Figure) -> str:
    """The contenders, cheapest first, and below them the bounds."""
    names = sorted(figure.costs, key=figure.cost)
    width = max(len(name) for name in names)
    heading = (
        [figure.title, ""] if figure.base is None else [figure.title, f"ratio to {figure.base}"]
    )
    lines = [f"  {name:{width}} {figure.cost(name):12.2f} {figure.unit}" for name in names]
    if figure.base is not None:
        lines = [
            f"{line:{width + 20}} {figure.ratio(name, figure.base):8.2f} x"
            for name, line in zip(names, lines, strict=True)
        ]
    return "\n".join([*heading[:1], *lines, *_verdicts(figure)])


def _verdicts(figure: Figure) -> Iterable[str]:
    for bound in figure.bounds:
        yield f"  {_verdict(figure.reached(bound), bound)}"


def _verdict(reached: float | None, bound: Bound) -> str:
    if reached is None:
        return f"not measured: {bound}"
    return f"{'met' if reached <= bound.limit else 'MISSED'}: {bound}; is {reached:.2f}"
