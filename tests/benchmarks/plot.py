"""Figures as bars, for a file."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.figure import Figure as Canvas

from tests.benchmarks.figure import Figure

OURS, PEER, BOUND = "#0b6e99", "#b8bec4", "#c0392b"


def plot(figures: Sequence[Figure], file: str) -> None:
    """One row of bars for each contender; the file's ending says whether SVG, PNG or PDF."""
    mpl.rcParams["svg.fonttype"] = "none"
    heights = [len(figure.costs) + 1.5 for figure in figures]
    canvas = Canvas(figsize=(8, 0.36 * sum(heights)), layout="constrained")
    rows = canvas.subplots(len(figures), 1, squeeze=False, height_ratios=heights)[:, 0]
    for figure, axes in zip(figures, rows, strict=True):
        names = sorted(figure.costs, key=figure.cost, reverse=True)
        costs = [figure.cost(name) for name in names]
        bars = axes.barh(
            names, costs, color=[OURS if "lookloox" in name else PEER for name in names]
        )
        axes.bar_label(bars, labels=[_label(figure, name) for name in names], padding=4)
        axes.set_title(f"{figure.title}, {figure.unit}", loc="left", fontsize="medium")
        axes.margins(x=0.15)
        axes.spines[["top", "right"]].set_visible(False)
    canvas.savefig(file)


def _label(figure: Figure, name: str) -> str:
    if figure.base is None:
        return f"{figure.cost(name):.2f}"
    return f"{figure.cost(name):.3g}  ({figure.ratio(name, figure.base):.2f} x)"
