"""`scan` and `verify`: whether cassettes may be published, and agree with the simulator."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

_COMMANDS = {
    "scan": (
        "check that cassettes contain placeholders and public texts only",
        "Check that scrubbing would change nothing in cassettes: they contain placeholders and "
        "public texts only. Comments are yours, and are not checked.",
    ),
    "verify": (
        "compare recordings with the simulator",
        "Send every recorded request to a simulator of the recorded platform in the same state, "
        "and compare the answers. A field that the simulator does not know is a note; anything "
        "else is a finding, and so is a file that cannot be read: then the exit code is 1.",
    ),
}


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the commands and their arguments."""
    for name, (summary, description) in _COMMANDS.items():
        parser = subparsers.add_parser(name, help=summary, description=description)
        parser.add_argument(
            "paths",
            nargs="*",
            type=Path,
            metavar="PATH",
            help="files or directories (default: ./cassettes, else the shipped ones)",
        )
        parser.add_argument("--json", action="store_true", help="print JSON, for machines")
        parser.set_defaults(run=run, rule=name)


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each finding, without its value; return 1 if there is more than notes."""
    from pytest_lookloox.cassettes.library import cassettes_at
    from pytest_lookloox.cassettes.verifier import check, scan, verify
    from pytest_lookloox.provider.redaction import to_one_line

    rule = scan if arguments.rule == "scan" else verify
    files = cassettes_at(arguments.paths)
    findings = [(file, finding) for file in files for finding in check(file, rule)]
    notes = sum(finding.is_note for _, finding in findings)
    if arguments.json:
        rows = [{"file": str(file), **finding._asdict()} for file, finding in findings]
        print(json.dumps(rows, indent=2))
    else:
        for file, (place, text, is_note) in findings:
            text = f"note: {text}" if is_note else text
            print(to_one_line(": ".join(filter(None, (str(file), place, text)))))
        print(f"cassettes: {len(files)}, findings: {len(findings) - notes}, notes: {notes}")
    return 1 if len(findings) > notes else 0
