"""Whole runs of pytest: the plugin unused, and ten thousand tests with it."""

from __future__ import annotations

import os
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
PLUGINS = {
    "lookloox": "lookloox",
    "requests_mock": "requests-mock",
    "pytest_httpserver": "pytest-httpserver",
}
"""Plugins by the name of their entry point."""

MANY_TESTS = {
    "lookloox": """
import pytest
from tests.benchmarks.website import visit

@pytest.mark.parametrize("number", range({tests}))
def test_it(lookloox, number):
    visit()
""",
    "floor": """
import pytest
import responses
from tests.benchmarks.login import visit_canned

@pytest.fixture
def empty_mock():
    with responses.RequestsMock() as mock:
        yield mock

@pytest.mark.parametrize("number", range({tests}))
def test_it(empty_mock, number):
    visit_canned()
""",
}
_KILOBYTES_PER_MEGABYTE = 1024


def unused(effort: Effort) -> list[Figure]:
    installed = {plugin.name for plugin in entry_points(group="pytest11")}
    test = "def test_nothing(): pass\n"
    contenders = {NO_PLUGIN: partial(run, test, without=installed)}
    for plugin in PLUGINS.keys() & installed:
        contenders[PLUGINS[plugin]] = partial(run, test, without=installed - {plugin})
    measured = costs(contenders, effort.rounds, 1, clock=cpu_time_of_children, unit=1e-3)
    return [
        Figure(
            "pytest on an empty test, the plugin installed and unused: CPU time",
            "ms",
            measured,
            base=NO_PLUGIN,
            bounds=(Bound("lookloox", 1.05, NO_PLUGIN),),
        )
    ]


def many_tests(effort: Effort) -> list[Figure]:
    """The time has to stay linear, the memory flat."""
    times: dict[str, list[float]] = {}
    growth: dict[str, list[float]] = {}
    for contender, module in MANY_TESTS.items():
        tenth, half, all_tests = (
            run(module.format(tests=effort.tests * tenths // 10), without={"randomly", "asyncio"})
            for tenths in (1, 5, 10)
        )
        first = (half.ru_utime - tenth.ru_utime) / 4
        second = (all_tests.ru_utime - half.ru_utime) / 5
        times[contender] = [second / first]
        growth[contender] = [(all_tests.ru_maxrss - half.ru_maxrss) / _KILOBYTES_PER_MEGABYTE]
    growth["lookloox, beyond the floor"] = [growth["lookloox"][0] - growth["floor"][0]]
    return [
        Figure(
            f"{effort.tests:,} tests: CPU time of the second half over that of the first",
            "times",
            times,
            bounds=(Bound("lookloox", 1.1, "floor"),),
        ),
        Figure(
            f"{effort.tests:,} tests: memory that grows in the second half",
            "MB",
            growth,
            bounds=(Bound("lookloox, beyond the floor", 1),),
        ),
    ]


def run(module: str, without: Iterable[str]) -> resource.struct_rusage:
    """Run a test module in a new process, without these plugins; return what that used."""
    blocked = [argument for plugin in without for argument in ("-p", f"no:{plugin}")]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "test_it.py")
        file.write_text(module)
        command = [sys.executable, "-m", "pytest", "-q", *blocked, str(file)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{command} failed")
    return usage


def cpu_time_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
