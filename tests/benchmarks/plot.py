"""Figures as bars, for a file."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.figure import Figure as Canvas

from tests.benchmarks.figure import Figure

OURS, PEER = "#0b6e99", "#b8bec4"


def plot(figures: Sequence[Figure], file: str) -> None:
    """Draw a bar for each contender; the file's ending says whether SVG, PNG or PDF."""
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
