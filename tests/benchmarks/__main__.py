"""The command `python -m tests.benchmarks`."""

from __future__ import annotations

import argparse
import warnings

from tests.benchmarks.figure import plot
from tests.benchmarks.login import login, login_by_httpx, opening
from tests.benchmarks.measure import QUICK, THOROUGH
from tests.benchmarks.runs import many_tests, unused
from tests.benchmarks.serving import serving

ALL = (login, opening, unused, serving, many_tests, login_by_httpx)
BENCHMARKS = {measure.__name__: measure for measure in ALL}


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
    warnings.simplefilter("ignore")  # from the peers
    figures = []
    for name in options.names or BENCHMARKS:
        for figure in BENCHMARKS[name](QUICK if options.quick else THOROUGH):
            print(f"\n{figure.table()}", flush=True)
            figures.append(figure)
    if options.plot:
        plot(figures, options.plot)
        print(f"\nPlot: {options.plot}")


if __name__ == "__main__":
    main()
