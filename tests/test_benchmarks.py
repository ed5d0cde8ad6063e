"""The harness works; how fast anything is, no test asks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.figure import Bound, Figure
from tests.benchmarks.side_by_side import costs
from tests.benchmarks.table import table

ROOT = Path(__file__).parents[1]
FIGURE = Figure(
    "A figure",
    "µs",
    # In the third round everything was slow.
    {"floor": [1.0, 2.0, 30.0], "ours": [2.0, 4.0, 60.0], "peer": [3.0, 5.0, 99.0]},
    base="floor",
    bounds=(
        Bound("ours", 2, "floor"),
        Bound("peer", 2, "floor"),
        Bound("peer", 4),
        Bound("ours", 1, "not installed"),
    ),
)


def benchmarks(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_ratio_is_that_of_the_rounds() -> None:
    assert FIGURE.cost("ours") == 4
    assert FIGURE.ratio("ours", "floor") == 2


def test_table_shows_the_cheapest_first_and_the_bounds() -> None:
    assert table(FIGURE).split("\n") == [
        "A figure",
        "  floor         2.00 µs       1.00 x",
        "  ours          4.00 µs       2.00 x",
        "  peer          5.00 µs       3.00 x",
        "  met: ours at most 2 x floor; is 2.00",
        "  MISSED: peer at most 2 x floor; is 3.00",
        "  MISSED: peer at most 4; is 5.00",
        "  not measured: ours at most 1 x not installed",
    ]


def test_contenders_take_turns() -> None:
    done: list[str] = []
    contenders = {name: lambda name=name: done.append(name) for name in "abc"}

    measured = costs(contenders, rounds=2, repetitions=2)

    assert "".join(done) == "abc" + "bbccaa" + "ccaabb"
    assert [len(rounds) for rounds in measured.values()] == [2, 2, 2]


@pytest.mark.parametrize(
    ("name", "ending", "title"),
    [
        ("login", "svg", "A login: CPU time"),
        ("opening", "png", "Set-up and teardown: CPU time"),
        ("replaying", "svg", "A login from a recording: CPU time"),
        ("serving", "pdf", "A login at a server on a real port: time"),
    ],
)
def test_command_prints_a_table_and_draws_a_plot(
    tmp_path: Path, name: str, ending: str, title: str
) -> None:
    plot = tmp_path / f"plot.{ending}"

    done = benchmarks("--quick", name, "--plot", str(plot))

    assert done.returncode == 0, done.stderr
    assert title in done.stdout
    assert plot.stat().st_size > 5_000


def test_command_names_the_benchmarks_it_knows() -> None:
    done = benchmarks("logins")

    assert done.returncode == 2
    assert "no such benchmark: logins; there are login, opening" in done.stderr
