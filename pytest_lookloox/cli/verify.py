"""`verify`: whether recordings and the simulator still agree."""

from __future__ import annotations

import argparse
import json

from pytest_lookloox.cli.scan import add_paths


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its arguments."""
    parser = subparsers.add_parser(
        "verify",
        help="compare recordings with the simulator",
        description="Send every recorded request to a simulator in the same state, and compare "
        "the answers. A field that the simulator does not know is a note; anything else is a "
        "difference, and so is a file that cannot be read: then the exit code is 1.",
    )
    add_paths(parser)
    parser.add_argument("--json", action="store_true", help="print JSON, for machines")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each difference; return 1 if there is one that is not only a note."""
    from pytest_lookloox.cassettes.library import cassettes_at
    from pytest_lookloox.cassettes.verifier import verify
    from pytest_lookloox.provider.redaction import to_one_line

    files = cassettes_at(arguments.paths)
    findings = [(file, finding) for file in files for finding in verify(file)]
    differences = sum(not finding.is_note for _, finding in findings)
    if arguments.json:
        rows = [{"file": str(file), **finding._asdict()} for file, finding in findings]
        print(json.dumps(rows, indent=2))
    else:
        for file, finding in findings:
            kind = "note: " if finding.is_note else ""
            print(to_one_line(f"{file}: {finding.place}: {kind}{finding.text}"))
        notes = len(findings) - differences
        print(f"cassettes: {len(files)}, differences: {differences}, notes: {notes}")
    return 1 if differences else 0
