"""Users' suites under mypy and pyright: what is right passes, and each mistake is found."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mypy import api

HERE = Path(__file__).parent


def lines_found_by_mypy(file: Path) -> set[int]:
    """Return the lines of a file in which strict mypy finds an error."""
    output, _, _ = api.run(["--strict", "--cache-dir", "/dev/null", str(file)])
    return {int(line) for line in re.findall(rf"{file.name}:(\d+): error", output)}


def lines_found_by_pyright(file: Path) -> set[int]:
    """Return the same for basedpyright, a pyright that comes as a wheel."""
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "--level", "error", str(file)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    found = json.loads(run.stdout)["generalDiagnostics"]
    return {each["range"]["start"]["line"] + 1 for each in found if each["severity"] == "error"}


@pytest.mark.parametrize("find", [lines_found_by_mypy, lines_found_by_pyright])
@pytest.mark.parametrize("name", ["good", "bad"])
def test_mistakes_are_found_and_nothing_else(find: Callable[[Path], set[int]], name: str) -> None:
    file = HERE / f"{name}.py"
    lines = file.read_text(encoding="utf-8").splitlines()
    wrong = {number for number, line in enumerate(lines, start=1) if line.endswith("# wrong")}

    assert find(file) == wrong
