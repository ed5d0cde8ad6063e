"""`python -m pytest_lookloox`: the provider without a test suite."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence

from pytest_lookloox.cli import faults, record, scan, serve, verify

_COMMANDS = (serve, faults, record, scan, verify)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code; 2 for wrong arguments."""
    parser = argparse.ArgumentParser(prog="python -m pytest_lookloox", description=__doc__)
    subparsers = parser.add_subparsers(required=True)
    for command in _COMMANDS:
        command.add_to(subparsers)
    chosen = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        # A character that the terminal cannot show must not end the command.
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
