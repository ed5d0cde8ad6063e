"""What the plugin costs those who have it installed and do not use it: next to nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import Run

# Prints every module from outside the standard library, in a form that survives other output.
LIST_MODULES = """
import sys
for name in sorted(sys.modules):
    if name.partition(".")[0] not in sys.stdlib_module_names:
        print("LOADED", name)
"""
HEAVY = {"requests", "responses", "urllib3"}
UNUSED_PLUGIN = {"pytest_lookloox", "pytest_lookloox.plugin"}


def loaded(lines: list[str]) -> set[str]:
    return {line.split()[1] for line in lines if line.startswith("LOADED ")}


@pytest.mark.parametrize(
    ("statement", "is_heavy"),
    [
        ("from pytest_lookloox import build_user_info; build_user_info()", False),
        ("from pytest_lookloox import LookLoox; LookLoox().approve()", False),
        ("from pytest_lookloox import LookLoox\nwith LookLoox(): pass", True),
    ],
)
def test_opening_the_stubs_loads_what_is_heavy(statement: str, is_heavy: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}\n{LIST_MODULES}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert HEAVY & loaded(done.stdout.splitlines()) == (HEAVY if is_heavy else set())


@pytest.mark.parametrize("argument", ["-v", "--fixtures"])
def test_run_that_does_not_use_it_loads_the_plugin_and_nothing_else(
    run: Run, pytester: pytest.Pytester, argument: str
) -> None:
    indented = LIST_MODULES.replace("\n", "\n    ")
    pytester.makeconftest(f"def pytest_unconfigure():{indented}")
    module = "def test_nothing(): pass"

    with_it = run(module, argument, subprocess=True)
    without_it = run(module, argument, "-pno:lookloox", subprocess=True)

    assert [with_it.ret, without_it.ret] == [0, 0]
    assert loaded(with_it.outlines) - loaded(without_it.outlines) == UNUSED_PLUGIN
