"""`scan` and `verify`: whether cassettes may be published, and agree with the simulator."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

_COMMANDS = {
    "scan": "check that cassettes contain placeholders and public texts only (comments aside)",
    "verify": "compare recordings with what the simulator answers to the same requests",
}
_EPILOG = """\
The exit code is 1 if there is a finding. A field that the simulator does not know is a note."""


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the commands and their arguments."""
    for name, summary in _COMMANDS.items():
        parser = subparsers.add_parser(name, help=summary, description=summary, epilog=_EPILOG)
        parser.add_argument(
            "paths",
            nargs="*",
            type=Path,
            metavar="PATH",
            help="files or directories (default: ./cassettes, else the shipped ones; "
            "the ini option lookloox_cassette_dir is not read)",
        )
        parser.add_argument("--json", action="store_true", help="print JSON, for machines")
        parser.set_defaults(run=run, rule=name)


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each finding, without its value; return 1 if there is more than notes."""
    from pytest_lookloox.cassettes import library
    from pytest_lookloox.cassettes.verifier import NOT_SIMULATED, scan, verify
    from pytest_lookloox.provider.redaction import to_one_line

    own = Path(library.OWN_DIRECTORY)
    paths = arguments.paths or [own if own.is_dir() else library.shipped_directory()]
    files: list[Path] = []
    for path in paths:
        cassettes = library.files_in(path) if path.is_dir() else [path]
        if not cassettes:
            raise ValueError(f"{path} contains no cassette, a file *.yaml")
        files += cassettes
    rule = scan if arguments.rule == "scan" else verify
    found: list[tuple[str, str, str]] = []
    for path in files:
        try:
            found += [(str(path), *finding) for finding in rule(library.load(path))]
        except ValueError as error:
            found.append((str(path), "", str(error).removeprefix(f"{path}: ")))
    notes = sum(text == NOT_SIMULATED for *_, text in found)
    if arguments.json:
        rows = [
            {"file": file, "place": place, "text": text, "is_note": text == NOT_SIMULATED}
            for file, place, text in found
        ]
        print(json.dumps(rows, indent=2))
    else:
        for each in found:
            print(to_one_line(": ".join(filter(None, each))))
        counts = f"cassettes: {len(files)}, findings: {len(found) - notes}, notes: {notes}"
        print(f"{counts}, in {' '.join(map(str, paths))}")
    return 1 if len(found) > notes else 0
