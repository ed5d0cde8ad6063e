"""`faults`: the catalogue of faults."""

from __future__ import annotations

import argparse
import json
import textwrap
from itertools import groupby

from pytest_lookloox.faults.catalogue import FAULTS
from pytest_lookloox.provider.facts import Source

_COLUMNS = ("name", "endpoints", "description", "advice", "source")
_USE = f"""\
All of them, one test each:   def test_login_fails(lookloox_fault, lookloox): …
Some:                         @pytest.mark.lookloox_fault("http_503", "read_timeout@authorize")
From inside a test:           lookloox.inject_fault("http_503", times=1)
A name means the fault at each of its endpoints, NAME@ENDPOINT at one of them.
Known from: {", ".join(f"{source.value} {source.name.lower()}" for source in Source)}."""


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its argument."""
    parser = subparsers.add_parser("faults", help="list every fault that a test can ask for")
    parser.add_argument("--json", action="store_true", help="print JSON, for machines")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what happens and what a good client does, fault by fault, and return 0."""
    if arguments.json:
        rows = [{name: getattr(fault, name) for name in _COLUMNS} for fault in FAULTS.values()]
        print(json.dumps(rows, indent=2))
        return 0
    for endpoints, faults in groupby(FAULTS.values(), lambda fault: fault.endpoints):
        print(f"At {' and '.join(endpoints)}:\n")
        for fault in faults:
            print(f"  {fault.name} ({fault.source})")
            for text in (fault.description, f"A good client: {fault.advice}"):
                print(textwrap.indent(textwrap.fill(text, 74), "      "))
        print()
    print(_USE)
    return 0
