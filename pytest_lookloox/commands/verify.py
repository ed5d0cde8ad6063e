"""`verify`: whether recordings and the simulator still agree."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_lookloox.cassette.verify import Finding, Verified

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add_to(subparsers: Subparsers) -> None:
    """Declare the command and its arguments."""
    parser = subparsers.add_parser(
        "verify",
        help="compare recordings with the simulator",
        description="Play every recorded request to a simulator in the same state, and compare "
        "the answers. A field that the simulator does not know is a note; anything else is a "
        "difference, and makes the exit code 1.",
    )
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="files or directories (default: ./cassettes, else the shipped ones)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for machines")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print how recordings and simulator compare; returns 1 for a difference, else 0."""
    from pytest_lookloox.cassette import format as cassette_format
    from pytest_lookloox.cassette import library
    from pytest_lookloox.cassette.verify import DIFFERENCE, verify

    files = library.cassettes_in(arguments.paths or library.default_paths())
    results = [result for file in files for result in verify(cassette_format.load(file))]
    if arguments.json:
        print(json.dumps([_as_json(result) for result in results], indent=2))
    else:
        print(_table(results))
    return 1 if any(result.verdict == DIFFERENCE for result in results) else 0


def _as_json(result: Verified) -> dict[str, Any]:
    return {
        "file": result.cassette.file,
        "line": result.exchange.line,
        "recorded_from": result.cassette.origin,
        "request": result.exchange.request_line,
        "verdict": result.verdict,
        "findings": [
            {**finding._asdict(), "verdict": finding.verdict} for finding in result.findings
        ],
    }


def _table(results: list[Verified]) -> str:
    rows = [("recording", "request", "verdict", "what differs")]
    for result in results:
        place = (f"{result.cassette.name}:{result.exchange.line}", result.exchange.request_line)
        findings = [(finding.verdict, _sentence(finding)) for finding in result.findings]
        first, *others = findings or [(result.verdict, "")]
        rows.append((*place, *first))
        rows.extend(("", "", *other) for other in others)
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        f"{row[0]:{widths[0]}}  {row[1]:{widths[1]}}  {row[2]:{widths[2]}}  {row[3]}".rstrip()
        for row in rows
    ]
    counts = Counter(result.verdict for result in results)
    total = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    return "\n".join([*lines, "", f"{len(results)} requests: {total or 'nothing to compare'}"])


def _sentence(finding: Finding) -> str:
    where = f" {finding.field}" if finding.field else ""
    return f"{finding.kind}{where}: recorded {finding.recorded}, simulator {finding.simulated}"
