"""A suite of somebody's own, with one neighbour switched on and no way off this machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.neighbours import client, guard

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """Runs the text of a test module in a process of its own, with the plugins that are named."""
    pytester.makeconftest(Path(guard.__file__).read_text(encoding="utf-8"))
    pytester.makepyfile(client=Path(client.__file__).read_text(encoding="utf-8"))

    def run(module: str, *arguments: str, plugins: tuple[str, ...] = ()) -> pytest.RunResult:
        pytester.makepyfile(test_it=module)
        switched_on = [f"-p{plugin}" for plugin in plugins]
        return pytester.runpytest_subprocess("-Werror", *switched_on, *arguments, timeout=120)

    return run
