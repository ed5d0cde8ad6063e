"""`verify`: whether recordings and the simulator still agree."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_lookloox.masking import on_one_line

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
        "difference, and makes the exit code 1; so is a file that cannot be read.",
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
    from pytest_lookloox.cassette import library
    from pytest_lookloox.cassette.verify import DIFFERENCE, verify

    files = library.cassettes_in(arguments.paths or library.default_paths())
    results = [result for file in files for result in verify(file)]
    if arguments.json:
        print(json.dumps([_as_json(result) for result in results], indent=2))
    else:
        print(_table(results))
    return 1 if any(result.verdict == DIFFERENCE for result in results) else 0


def _as_json(result: Verified) -> dict[str, Any]:
    return {
        "file": str(result.file),
        "line": result.line,
        "recorded_from": result.recorded_from,
        "request": result.request,
        "verdict": result.verdict,
        "findings": [
            {**finding._asdict(), "verdict": finding.verdict} for finding in result.findings
        ],
    }


def _table(results: list[Verified]) -> str:
    rows = [("recording", "request", "verdict", "what differs")]
    for result in results:
        place = result.file.stem if result.line is None else f"{result.file.stem}:{result.line}"
        findings = [(finding.verdict, _sentence(result, finding)) for finding in result.findings]
        first, *others = findings or [(result.verdict, "")]
        rows.append((place, on_one_line(result.request or ""), *first))
        rows.extend(("", "", *other) for other in others)
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        f"{row[0]:{widths[0]}}  {row[1]:{widths[1]}}  {row[2]:{widths[2]}}  {row[3]}".rstrip()
        for row in rows
    ]
    return "\n".join([*lines, "", _summary(results)])


def _summary(results: list[Verified]) -> str:
    counts = Counter(result.verdict for result in results if result.request is not None)
    total = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    broken = sum(result.request is None for result in results)
    return "; ".join(
        [
            f"{counts.total()} requests: {total or 'nothing to compare'}",
            *([f"{broken} broken file{'' if broken == 1 else 's'}"] if broken else []),
        ]
    )


def _sentence(result: Verified, finding: Finding) -> str:
    if result.request is None:
        place = "" if result.line is None else f", line {result.line}"
        return f"{finding.kind}: {result.file}{place}: {finding.recorded}"
    where = f" {finding.field}" if finding.field else ""
    return on_one_line(
        f"{finding.kind}{where}: recorded {finding.recorded}, simulator {finding.simulated}"
    )
