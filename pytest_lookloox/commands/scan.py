"""`scan`: whether cassettes hold anything that may not get out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add_to(subparsers: Subparsers) -> None:
    """Declare the command and its arguments."""
    parser = subparsers.add_parser(
        "scan",
        help="check that cassettes hold placeholders and nothing else",
        description="Check that cassettes hold placeholders and public texts, and nothing else.",
    )
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="files or directories (default: ./cassettes, else the shipped ones)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what was found, never the thing itself; returns 0 if that is nothing, else 1.

    A file that cannot be read may hold anything: that counts as found.
    """
    from pytest_lookloox.cassette import library
    from pytest_lookloox.cassette.nodes import CassetteError
    from pytest_lookloox.cassette.scan import scan

    files = library.cassettes_in(arguments.paths or library.default_paths())
    problems: list[str] = []
    for file in files:
        try:
            problems.extend(scan(file))
        except CassetteError as error:
            problems.append(str(error))
    for problem in problems:
        print(problem)
    cassettes = "1 cassette" if len(files) == 1 else f"{len(files)} cassettes"
    found = "1 problem" if len(problems) == 1 else f"{len(problems) or 'no'} problems"
    print(f"{cassettes} scanned: {found}")
    return 1 if problems else 0
