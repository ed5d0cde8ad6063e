"""An installed plugin that is not used: whole runs of `pytest` on one empty test."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path

from tests.benchmarks.figure import Bound, Figure
from tests.benchmarks.measure import Effort, costs

NO_PLUGIN = "no plugin"
WITHIN_NOISE = 1.05
PLUGINS = {
    "lookloox": "lookloox",
    "requests_mock": "requests-mock",
    "pytest_httpserver": "pytest-httpserver",
}
"""Plugins by the name of their entry point."""


def unused(effort: Effort) -> list[Figure]:
    installed = {plugin.name for plugin in entry_points(group="pytest11")}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_empty.py").write_text("def test_nothing(): pass\n")
        contenders = {NO_PLUGIN: partial(run, folder, without=installed)}
        for plugin in PLUGINS.keys() & installed:
            contenders[PLUGINS[plugin]] = partial(run, folder, without=installed - {plugin})
        measured = costs(contenders, effort.rounds, 1, clock=cpu_time_of_children, unit=1e-3)
    return [
        Figure(
            "pytest on an empty test, the plugin installed and unused: CPU time",
            "ms",
            measured,
            base=NO_PLUGIN,
            bounds=(Bound("lookloox", WITHIN_NOISE, NO_PLUGIN),),
        )
    ]


def run(folder: str, without: Iterable[str]) -> None:
    blocked = [argument for plugin in without for argument in ("-p", f"no:{plugin}")]
    command = [sys.executable, "-m", "pytest", "-q", *blocked]
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)


def cpu_time_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
