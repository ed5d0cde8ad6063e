"""The fault report in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from pytest_lookloox.plugin.report.matrix import Matrix, Result, State
from pytest_lookloox.provider.facts import API_PREFIX
from pytest_lookloox.provider.redaction import shorten

_LETTERS: Final = {State.FAILED: "F", State.PASSED: ".", State.NOT_RUN: "-"}
_WORDS: Final = {state: state.word for state in State}
_COLOURS: Final = {State.FAILED: "red", State.NOT_RUN: "yellow", State.PASSED: "green"}
_LEAST_ROOM: Final = 20  # for the reason of a failure


def lines(matrix: Matrix, width: int, markup: Callable[..., str]) -> Iterator[str]:
    """Return the lines of the table: words if they fit side by side, else letters.

    Tests that do not fit either go into further tables below. The first reason of a fault's
    failures ends its row if there is room.
    """
    name_width = max(len(f"  {row.fault}") for rows in matrix.rows.values() for row in rows)
    tests = list(enumerate(matrix.tests, start=1))
    texts, cell_width = _WORDS, len("  not run")
    if name_width + len(tests) * cell_width > width:
        texts, cell_width = _LETTERS, len(f"  {len(tests)}")
    columns = max(1, (width - name_width) // cell_width)
    for first in range(0, len(tests), columns):
        shown = slice(first, first + columns)
        numbers = [f"{number:>{cell_width}}" for number, _ in tests[shown]]
        yield " " * name_width + "".join(numbers)
        room = width - name_width - len(numbers) * cell_width
        for endpoint, rows in matrix.rows.items():
            yield markup(f"{API_PREFIX}{endpoint}", bold=True)
            for row in rows:
                cells = [
                    markup(f"{texts[result.state]:>{cell_width}}", **{_COLOURS[result.state]: True})
                    for result in row.results[shown]
                ]
                cells.append(_reason(row.results[shown], room))
                yield f"  {row.fault}".ljust(name_width) + "".join(cells)
        yield ""
    if texts is _LETTERS:
        yield ", ".join(f"{_LETTERS[state]} {state.word}" for state in reversed(State))
    for number, test in tests:
        yield f"{number:{len(str(len(tests)))}}  {test}"


def summary(matrix: Matrix, markup: Callable[..., str]) -> str:
    """Return one line, in the colour of the worst result."""
    return markup(matrix.headline(), **{_COLOURS[matrix.worst]: True})


def _reason(results: Iterable[Result], room: int) -> str:
    reason = next((result.reason for result in results if result.reason), "").partition("\n")[0]
    return f"  {shorten(reason, room - 3)}" if reason and room >= _LEAST_ROOM else ""
