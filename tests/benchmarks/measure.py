"""Contenders measured side by side: every round times each of them once, in changing order."""

from __future__ import annotations

import gc
import importlib.util
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

Work = Callable[[], object]


class Effort(NamedTuple):
    """How long to measure: a noisy machine needs more rounds."""

    rounds: int
    repetitions: int
    tests: int


THOROUGH = Effort(rounds=25, repetitions=40, tests=10_000)
QUICK = Effort(rounds=1, repetitions=1, tests=100)


def costs(
    contenders: Mapping[str, Work],
    rounds: int,
    repetitions: int,
    *,
    clock: Callable[[], float] = time.process_time,
    unit: float = 1e-6,
) -> dict[str, list[float]]:
    """Return what one piece of work costs each contender in every round, in `unit` seconds."""
    result: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for work in contenders.values():
        work()
    for _ in range(rounds):
        names.append(names.pop(0))
        for name in names:
            work = contenders[name]
            gc.collect()
            start = clock()
            for _ in range(repetitions):
                work()
            result[name].append((clock() - start) / repetitions / unit)
    return result


def is_installed(module: str) -> bool:
    """Return whether a peer can be measured."""
    return importlib.util.find_spec(module) is not None
