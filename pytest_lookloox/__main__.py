"""`python -m pytest_lookloox`: the provider without a test suite."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence

from pytest_lookloox.commands import faults, record, scan, serve, verify

_COMMANDS = (serve, faults, record, scan, verify)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. A mistake of the caller's ends with code 2."""
    parser = argparse.ArgumentParser(prog="python -m pytest_lookloox", description=__doc__)
    subparsers = parser.add_subparsers(required=True)
    for command in _COMMANDS:
        command.add_to(subparsers)
    chosen = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        # No letter that a terminal has not got is worth an interruption.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        exit_code: int = chosen.run(chosen)
    except (OSError, TypeError, ValueError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
