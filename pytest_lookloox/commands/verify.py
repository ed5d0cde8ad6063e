"""`verify`: whether recordings and the simulator still agree."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_lookloox.masking import on_one_line

if TYPE_CHECKING:
    from pytest_lookloox.cassette.verify import Finding, Verified

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

_HEADINGS = ("recording", "request", "verdict")


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
        # In a log, or whatever else is no terminal, nothing has to fit.
        print(_table(results, shutil.get_terminal_size().columns if sys.stdout.isatty() else None))
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


def _table(results: list[Verified], width: int | None) -> str:
    lines = _side_by_side(results)
    if width is not None and max(map(len, lines)) > width:
        lines = _below_each_other(results, width)
    return "\n".join([*lines, "", _summary(results)])


def _side_by_side(results: list[Verified]) -> list[str]:
    rows = [(*_HEADINGS, "what differs")]
    for result in results:
        findings = [(finding.verdict, _sentence(result, finding)) for finding in result.findings]
        first, *others = findings or [(result.verdict, "")]
        rows.append((*_place_and_request(result), *first))
        rows.extend(("", "", *other) for other in others)
    return _aligned(rows)


def _below_each_other(results: list[Verified], width: int) -> list[str]:
    """The same where there is no room for it: what differs stands below its request."""
    rows = [_HEADINGS, *((*_place_and_request(result), result.verdict) for result in results)]
    heading, *lines = _aligned(rows)
    table = [heading]
    for line, result in zip(lines, results, strict=True):
        table.append(line)
        for finding in result.findings:
            text = f"{finding.verdict}: {_sentence(result, finding)}"
            table.extend(textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="    "))
    return table


def _place_and_request(result: Verified) -> tuple[str, str]:
    place = result.file.stem if result.line is None else f"{result.file.stem}:{result.line}"
    return place, on_one_line(result.request or "")


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


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
    where = f" {finding.field}" if finding.field not in ("", finding.kind) else ""
    return on_one_line(
        f"{finding.kind}{where}: recorded {finding.recorded}, simulator {finding.simulated}"
    )
