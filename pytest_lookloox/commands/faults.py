"""`faults`: the catalogue of faults as a table."""

from __future__ import annotations

import argparse
import shutil
import textwrap
from collections.abc import Iterator
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING

from pytest_lookloox.contract import Source
from pytest_lookloox.faults import FAULTS

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

_HEADINGS = ("fault", "what happens", "what a good client does", "known from")
_FIRST_WIDTH = max(map(len, FAULTS))
_LAST_WIDTH = 14
_GAP = "  "
_NARROWEST = 80
_WIDEST = 140

_LETTERS = ", ".join(f"{source.value} {source.name.lower()}" for source in Source)
_USE = f"""\
All of them, one test each:   def test_nobody_gets_in(lookloox_fault, lookloox): …
Some:                         @pytest.mark.lookloox_fault("http_503", "read_timeout@authorize")
From inside a test:           lookloox.inject_fault("http_503", times=1)
A name means the fault at each of its endpoints, NAME@ENDPOINT at one of them.
Known from: {_LETTERS}."""


def add_to(subparsers: Subparsers) -> None:
    """Declare the command, which has no arguments."""
    parser = subparsers.add_parser(
        "faults",
        help="list every fault that a test can ask for",
        description="List every fault that a test can ask for, by endpoint.",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the table, as wide as the terminal; returns 0."""
    width = shutil.get_terminal_size((100, 24)).columns
    print("\n".join(_lines(min(max(width, _NARROWEST), _WIDEST))))
    return 0


def _lines(width: int) -> Iterator[str]:
    flexible = (width - _FIRST_WIDTH - _LAST_WIDTH - 3 * len(_GAP)) // 2
    widths = (_FIRST_WIDTH, flexible, flexible, _LAST_WIDTH)
    for endpoints, faults in groupby(FAULTS.values(), lambda fault: fault.endpoints):
        yield f"At {' and '.join(endpoints)}"
        yield ""
        yield from _row(_HEADINGS, widths)
        yield _GAP.join("-" * column for column in widths)
        for fault in faults:
            yield from _row((fault.name, fault.description, fault.advice, fault.source), widths)
        yield ""
    yield _USE


def _row(cells: tuple[str, ...], widths: tuple[int, ...]) -> Iterator[str]:
    """One row, as many lines high as its longest cell needs."""
    wrapped = [textwrap.wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for pieces in zip_longest(*wrapped, fillvalue=""):
        columns = zip(pieces, widths, strict=True)
        yield _GAP.join(piece.ljust(width) for piece, width in columns).rstrip()
