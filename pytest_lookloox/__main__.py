"""`lookloox`, also `python -m pytest_lookloox`: the provider without a test suite."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from pytest_lookloox.cli import check, faults, record, serve


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 2 for wrong arguments, 130 after Ctrl-C."""
    is_script = Path(sys.argv[0]).stem == "lookloox"
    prog = "lookloox" if is_script else "python -m pytest_lookloox"
    parser = argparse.ArgumentParser(prog=prog, description=__doc__)
    parser.add_argument("--version", action="version", version=version("pytest-lookloox"))
    subparsers = parser.add_subparsers(required=True, dest="command")
    for command in (serve, faults, record, check):
        command.add_to(subparsers)
    chosen, unknown = parser.parse_known_args(arguments)
    if unknown:
        # With the usage of the command alone.
        subparsers.choices[chosen.command].error(f"unrecognized arguments: {' '.join(unknown)}")
    for stream in (sys.stdout, sys.stderr):
        # A character that the terminal cannot show must not end the command.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        exit_code: int = chosen.run(chosen)
    except (ModuleNotFoundError, OSError, TypeError, ValueError) as error:
        print(f"{prog}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
