"""The harness works; no test asks how fast anything is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import main
from tests.benchmarks.figure import Bound, Figure
from tests.benchmarks.measure import costs

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


def test_table_shows_the_cheapest_first_and_the_bounds() -> None:
    assert FIGURE.table().split("\n") == [
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
        ("serving", "pdf", "A login at a server on a real port: time"),
    ],
)
def test_command_prints_a_table_and_draws_a_plot(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    ending: str,
    title: str,
) -> None:
    plot = tmp_path / f"plot.{ending}"
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--quick", name, "--plot", str(plot)])

    main()

    assert title in capsys.readouterr().out
    assert plot.stat().st_size > 5_000


def test_command_names_the_benchmarks_it_knows(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmarks", "logins"])

    with pytest.raises(SystemExit):
        main()

    assert "no such benchmark: logins; there are login, opening" in capsys.readouterr().err
