"""`scan`: whether cassettes contain anything that must not be published."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its arguments."""
    parser = subparsers.add_parser(
        "scan",
        help="check that cassettes contain placeholders and public texts only",
        description="Check that scrubbing would change nothing in cassettes: they contain "
        "placeholders and public texts only. The note and comments are yours, and are not checked.",
    )
    add_paths(parser)
    parser.set_defaults(run=run)


def add_paths(parser: argparse.ArgumentParser) -> None:
    """Declare the cassettes that a command reads."""
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="files or directories (default: ./cassettes, else the shipped ones)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each place that scrubbing would change; return 1 if there are any.

    The value itself is not printed. A file that cannot be read counts as a finding.
    """
    from pytest_lookloox.cassettes.cassette import CassetteError
    from pytest_lookloox.cassettes.library import cassettes_at, load
    from pytest_lookloox.cassettes.scrubber import scan

    files = cassettes_at(arguments.paths)
    findings: list[str] = []
    for file in files:
        try:
            findings += [f"{file}: {place}: not a placeholder" for place in scan(load(file))]
        except CassetteError as error:
            findings.append(str(error))
    print("\n".join([*findings, f"cassettes: {len(files)}, findings: {len(findings)}"]))
    return 1 if findings else 0
