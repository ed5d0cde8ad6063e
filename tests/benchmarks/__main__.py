"""The command `python -m tests.benchmarks`."""

from __future__ import annotations

import argparse
import warnings

from tests.benchmarks import login, many_tests, opening, replaying, serving, unused
from tests.benchmarks.side_by_side import QUICK, THOROUGH
from tests.benchmarks.table import table

BENCHMARKS = {
    "login": login,
    "opening": opening,
    "replaying": replaying,
    "unused": unused,
    "serving": serving,
    "many_tests": many_tests,
}


def main() -> None:
    """Measure, print a table and, if a file was named, draw the plot."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(BENCHMARKS)} (all)")
    parser.add_argument("--plot", metavar="FILE", help="draw the figures: .svg, .png or .pdf")
    parser.add_argument("--quick", action="store_true", help="measure next to nothing: a trial")
    options = parser.parse_args()
    unknown = set(options.names) - BENCHMARKS.keys()
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    warnings.simplefilter("ignore")  # What peers do is not ours to judge.
    figures = []
    for name in options.names or BENCHMARKS:
        for figure in BENCHMARKS[name].figures(QUICK if options.quick else THOROUGH):
            print(f"\n{table(figure)}", flush=True)
            figures.append(figure)
    if options.plot:
        from tests.benchmarks.plot import plot

        plot(figures, options.plot)
        print(f"\nPlot: {options.plot}")


main()
