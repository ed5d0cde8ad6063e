"""`faults`: the catalogue of faults as a table."""

from __future__ import annotations

import argparse
import shutil
import textwrap
from collections.abc import Sequence
from itertools import groupby, zip_longest

from pytest_lookloox.faults.catalogue import FAULTS
from pytest_lookloox.provider.facts import Source

_HEADINGS = ("fault", "what happens", "what a good client does", "known from")
_NAME_WIDTH = max(map(len, FAULTS))
_SOURCE_WIDTH = 14
_NARROWEST, _WIDEST = 80, 140
_USE = f"""\
All of them, one test each:   def test_login_fails(lookloox_fault, lookloox): …
Some:                         @pytest.mark.lookloox_fault("http_503", "read_timeout@authorize")
From inside a test:           lookloox.inject_fault("http_503", times=1)
A name means the fault at each of its endpoints, NAME@ENDPOINT at one of them.
Known from: {", ".join(f"{source.value} {source.name.lower()}" for source in Source)}."""


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command, which has no arguments."""
    parser = subparsers.add_parser(
        "faults",
        help="list every fault that a test can ask for",
        description="List every fault that a test can ask for, by endpoint.",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the table, as wide as the terminal, and return 0."""
    width = min(max(shutil.get_terminal_size((100, 24)).columns, _NARROWEST), _WIDEST)
    text_width = (width - _NAME_WIDTH - _SOURCE_WIDTH - 3 * len("  ")) // 2
    widths = (_NAME_WIDTH, text_width, text_width, _SOURCE_WIDTH)
    for endpoints, faults in groupby(FAULTS.values(), lambda fault: fault.endpoints):
        print(f"At {' and '.join(endpoints)}\n")
        _print_row(_HEADINGS, widths)
        _print_row(["-" * column for column in widths], widths)
        for fault in faults:
            _print_row((fault.name, fault.description, fault.advice, fault.source), widths)
        print()
    print(_USE)
    return 0


def _print_row(cells: Sequence[str], widths: Sequence[int]) -> None:
    """Print one row, as many lines high as its longest cell needs."""
    wrapped = [textwrap.wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for pieces in zip_longest(*wrapped, fillvalue=""):
        columns = zip(pieces, widths, strict=True)
        print("  ".join(piece.ljust(width) for piece, width in columns).rstrip())
