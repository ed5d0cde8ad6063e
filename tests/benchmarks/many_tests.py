"""Ten thousand tests in one run: the time has to stay linear, the memory flat."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.figure import Bound, Figure
from tests.benchmarks.measure import Effort
from tests.benchmarks.sampling import EVERY, FOLDER, Sample

TEST_FILE = """
import pytest
import responses
from tests.benchmarks.login import visit_canned
from tests.benchmarks.website import visit

@pytest.mark.parametrize("number", range({tests}))
def test_lookloox(lookloox, number):
    visit()

@pytest.fixture
def empty_mock():
    with responses.RequestsMock() as mock:
        yield mock

@pytest.mark.parametrize("number", range({tests}))
def test_floor(empty_mock, number):
    visit_canned()
"""
PROCESSES = {"one process": 1, "-n 4": 4}
PARTS = 10
"""A process takes a sample after each tenth of its tests."""


def many_tests(effort: Effort) -> list[Figure]:
    times: dict[str, list[float]] = {}
    growth: dict[str, list[float]] = {}
    for way, processes in PROCESSES.items():
        lookloox = run("test_lookloox", effort.tests, processes)
        floor = run("test_floor", effort.tests, processes)
        times[f"lookloox, {way}"] = [_last_over_second(samples) for samples in lookloox]
        times[f"floor, {way}"] = [_last_over_second(samples) for samples in floor]
        own = statistics.median(_growth(samples) for samples in floor)
        growth[f"lookloox, {way}"] = [_growth(samples) - own for samples in lookloox]
        growth[f"floor, {way}"] = [_growth(samples) for samples in floor]
    return [
        Figure(
            f"{effort.tests:,} tests: CPU time of the last tenth over that of the second",
            "times",
            times,
            bounds=tuple(Bound(f"lookloox, {way}", 1.1, f"floor, {way}") for way in PROCESSES),
        ),
        Figure(
            f"{effort.tests:,} tests: memory that grows after the first tenth, beyond the floor's",
            "MB",
            growth,
            bounds=tuple(Bound(f"lookloox, {way}", 1) for way in PROCESSES),
        ),
    ]


def run(test: str, tests: int, processes: int) -> list[list[Sample]]:
    """Return the samples of every process that ran tests."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_many.py").write_text(TEST_FILE.format(tests=tests))
        # No worker processes, `-n 0`, is one process.
        arguments = ["-q", "-k", test, "-n", str(processes if processes > 1 else 0)]
        arguments += ["-p", "tests.benchmarks.sampling", "-p", "no:randomly", "-p", "no:asyncio"]
        subprocess.run(
            [sys.executable, "-m", "pytest", *arguments, folder],
            env={**os.environ, FOLDER: folder, EVERY: str(max(1, tests // processes // PARTS))},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        files = Path(folder).glob("*.json")
        return [[Sample(*sample) for sample in json.loads(file.read_text())] for file in files]


def _last_over_second(samples: list[Sample]) -> float:
    times = [sample.time for sample in samples]
    return (times[-1] - times[-2]) / (times[1] - times[0])


def _growth(samples: list[Sample]) -> float:
    return samples[-1].memory - samples[0].memory
