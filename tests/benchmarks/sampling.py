"""A plugin for pytest: notes time and memory while many tests run; `many_tests` loads it."""

from __future__ import annotations

import gc
import json
import os
import resource
import time
from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

import pytest

FOLDER = "LOOKLOOX_BENCHMARK_FOLDER"
EVERY = "LOOKLOOX_BENCHMARK_EVERY"
_KILOBYTES_PER_MEGABYTE = 1024


class Sample(NamedTuple):
    """CPU time that this process has used, in seconds, and the most memory it held, in MB."""

    time: float
    memory: float


class Sampler:
    """Takes a sample after every so many tests of this process, and at last writes them down."""

    def __init__(self, folder: Path, every: int) -> None:
        self._folder = folder
        self._every = every
        self._tests = 0
        self._samples: list[Sample] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self) -> Generator[None, object, object]:
        result = yield
        self._tests += 1
        if self._tests % self._every == 0:
            gc.collect()
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES_PER_MEGABYTE
            self._samples.append(Sample(time.process_time(), memory))
        return result

    def pytest_sessionfinish(self) -> None:
        # The process that only hands tests out to workers has nothing to tell.
        if self._samples:
            file = self._folder / f"{os.getpid()}.json"
            file.write_text(json.dumps(self._samples))


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Sampler(Path(os.environ[FOLDER]), int(os.environ[EVERY])))
