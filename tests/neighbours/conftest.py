"""A suite of somebody's own, with one neighbour switched on and no way off this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.neighbours import client

# Not imported here: an audit hook stays for the life of a process.
GUARD = Path(__file__).with_name("guard.py")

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the text of a test module in a process of its own, with the plugins that are named."""
    pytester.makeconftest(GUARD.read_text(encoding="utf-8"))
    pytester.makepyfile(client=Path(client.__file__).read_text(encoding="utf-8"))

    def run(module: str, *arguments: str, plugins: Sequence[str] = ()) -> pytest.RunResult:
        pytester.makepyfile(test_it=module)
        wanted = {f"-pno:{plugin}" for plugin in plugins}
        left_out = os.environ["PYTEST_ADDOPTS"].split()
        assert wanted <= set(left_out)
        monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(sorted(set(left_out) - wanted)))
        return pytester.runpytest_subprocess("-Werror", *arguments, timeout=120)

    return run
