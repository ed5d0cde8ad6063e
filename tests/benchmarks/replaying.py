"""A login answered from a recording, next to the same one answered by the simulator."""

from __future__ import annotations

from pytest_lookloox.cassette.library import shipped_directory
from pytest_lookloox.cassette.replayed import ReplayedLookLoox
from tests.benchmarks.figure import Bound, Figure
from tests.benchmarks.login import lookloox
from tests.benchmarks.side_by_side import Effort, costs
from tests.benchmarks.website import visit

CASSETTE = shipped_directory() / "login.yaml"


def figures(effort: Effort) -> list[Figure]:
    contenders = {"lookloox": lookloox, "lookloox_cassette": lookloox_cassette}
    return [
        Figure(
            "A login from a recording: CPU time",
            "µs",
            costs(contenders, effort.rounds, effort.repetitions, unit=1e-6),
            base="lookloox",
            bounds=(Bound("lookloox_cassette", 1, "lookloox"),),
        )
    ]


def lookloox_cassette() -> None:
    with ReplayedLookLoox(CASSETTE, {}, required=True):
        visit()
