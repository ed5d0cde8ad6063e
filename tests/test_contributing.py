"""CONTRIBUTING tells the truth: every module has its place in the table, and imports go down it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "pytest_lookloox"
CELLS = re.findall(
    r"^\| (`.+`) \|", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE
)
ROOMS = [name for cell in CELLS for name in re.findall(r"`(\w+)(?:\.py|/)`", cell)]
"""Modules and folders, from the top of the table to its end."""
# The package's own two doors lead everywhere.
MODULES = sorted({*PACKAGE.rglob("*.py")} - {PACKAGE / "__init__.py", PACKAGE / "__main__.py"})


def room_of(module: Path) -> str:
    return module.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_by(module: Path) -> set[str]:
    """The full names of all that a module imports, be it late or for its types alone."""
    nodes = [*ast.walk(ast.parse(module.read_text(encoding="utf-8")))]
    plain = [node.names for node in nodes if isinstance(node, ast.Import)]
    return {alias.name for names in plain for alias in names} | {
        f"{node.module}.{alias.name}"
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_every_module_has_one_place() -> None:
    assert sorted(ROOMS) == sorted({room_of(module) for module in MODULES})


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(PACKAGE)))
def test_imports_go_downwards(module: Path) -> None:
    at_hand = ROOMS[ROOMS.index(room_of(module)) :]

    own = {name.split(".")[1] for name in imported_by(module) if f"{PACKAGE.name}." in name}

    assert own - set(at_hand) == set()
