"""The report at the end of a run, in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_lookloox.contract import API_PREFIX
from pytest_lookloox.faults import one_by_one
from pytest_lookloox.report.matrix import Matrix, State

if TYPE_CHECKING:
    import pytest

TITLE: Final = "Look Loox faults"
_INDENT: Final = "  "
_GAP: Final = "  "
_NAME_WIDTH: Final = len(_INDENT) + max(len(str(fault)) for fault in one_by_one())

_WORDS: Final = {state: str(state) for state in State}
_LETTERS: Final = {State.PASSED: ".", State.FAILED: "F", State.NOT_RUN: "-"}
_COLOURS: Final = {
    State.PASSED: {"green": True},
    State.FAILED: {"red": True, "bold": True},
    State.NOT_RUN: {"yellow": True},
}


class _Layout(NamedTuple):
    """How a state is shown, and how many tests go side by side."""

    texts: Mapping[State, str]
    column_width: int
    columns: int


def write(terminal: pytest.TerminalReporter, matrix: Matrix) -> None:
    """Write the whole table, its columns numbered, with a legend and a summary."""
    terminal.write_sep("=", TITLE)
    tests = list(enumerate(matrix.tests, start=1))
    if tests:
        layout = _layout(len(tests), terminal.config.get_terminal_writer().fullwidth)
        for first in range(0, len(tests), layout.columns):
            _write_table(terminal, matrix, tests[first : first + layout.columns], layout)
        _write_legend(terminal, tests, layout)
    write_summary(terminal, matrix)


def write_summary(terminal: pytest.TerminalReporter, matrix: Matrix) -> None:
    """Write one line, in the colour of the worst of it."""
    worst = max(matrix.verdicts(), key=_gravity)
    terminal.write_line(matrix.summary(), **_COLOURS[worst])


def _gravity(state: State) -> int:
    """Failed, not run, passed: who reads a summary wants to know what is left to do."""
    return [State.PASSED, State.NOT_RUN, State.FAILED].index(state)


def _layout(tests: int, width: int) -> _Layout:
    """Words if they fit beside each other, letters otherwise."""
    room = width - _NAME_WIDTH
    for texts in (_WORDS, _LETTERS):
        longest = max(map(len, (*texts.values(), str(tests))))
        column_width = len(_GAP) + longest
        columns = max(1, room // column_width)
        if columns >= tests:
            break
    return _Layout(texts, column_width, columns)


def _write_table(
    terminal: pytest.TerminalReporter, matrix: Matrix, tests: list[tuple[int, str]], layout: _Layout
) -> None:
    numbers = "".join(f"{_GAP}{number}".ljust(layout.column_width) for number, _ in tests)
    terminal.write_line(f"{'':{_NAME_WIDTH}}{numbers}".rstrip())
    for endpoint, faults in matrix.by_endpoint():
        terminal.write_line(f"{API_PREFIX}{endpoint}", bold=True)
        for fault in faults:
            terminal.write(f"{_INDENT}{fault}")
            gap = _NAME_WIDTH - len(f"{_INDENT}{fault}") + len(_GAP)
            for _, test in tests:
                state = matrix.state(fault, test)
                text = layout.texts[state]
                terminal.write(" " * gap)
                terminal.write(text, **_COLOURS[state])
                gap = layout.column_width - len(text)
            terminal.line("")
    terminal.line("")


def _write_legend(
    terminal: pytest.TerminalReporter, tests: list[tuple[int, str]], layout: _Layout
) -> None:
    if layout.texts is _LETTERS:
        terminal.write_line(", ".join(f"{_LETTERS[state]} {state}" for state in reversed(State)))
    digits = len(str(len(tests)))
    for number, test in tests:
        terminal.write_line(f"{number:{digits}}  {test}")
