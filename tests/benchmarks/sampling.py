"""A plugin for pytest that notes time and memory while many tests run; `many_tests` loads it."""

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
_tests = 0
_samples: list[Sample] = []


class Sample(NamedTuple):
    """CPU time that this process has used, in seconds, and the most memory it held, in MB."""

    time: float
    memory: float


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """Take a sample after every so many tests of this process."""
    global _tests
    result = yield
    _tests += 1
    if _tests % int(os.environ[EVERY]) == 0:
        gc.collect()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES_PER_MEGABYTE
        _samples.append(Sample(time.process_time(), memory))
    return result


def pytest_sessionfinish() -> None:
    # The process that only hands tests out to workers has none.
    if _samples:
        Path(os.environ[FOLDER], f"{os.getpid()}.json").write_text(json.dumps(_samples))
