"""The fault report in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from pytest_lookloox.faults.catalogue import faults_at_each_endpoint
from pytest_lookloox.plugin.report.matrix import FAULTS_BY_ENDPOINT, Matrix, State
from pytest_lookloox.provider.facts import API_PREFIX

_NAME_WIDTH: Final = max(len(f"  {fault}") for fault in faults_at_each_endpoint())
_LETTERS: Final = {State.FAILED: "F", State.PASSED: ".", State.NOT_RUN: "-"}
# The worst result first.
_COLOURS: Final = {
    State.FAILED: {"red": True, "bold": True},
    State.NOT_RUN: {"yellow": True},
    State.PASSED: {"green": True},
}

Markup = Callable[..., str]


def lines(matrix: Matrix, width: int, markup: Markup) -> Iterator[str]:
    """Return the lines of the table: words if they fit side by side, else letters.

    Tests that do not fit either go into further tables below.
    """
    tests = list(enumerate(matrix.tests, start=1))
    texts, column_width = {state: state.word for state in State}, len("  not run")
    if _NAME_WIDTH + len(tests) * column_width > width:
        texts, column_width = _LETTERS, len(f"  {len(tests)}")
    columns = max(1, (width - _NAME_WIDTH) // column_width)
    for first in range(0, len(tests), columns):
        shown = tests[first : first + columns]
        numbers = "".join(f"  {number}".ljust(column_width) for number, _ in shown)
        yield " " * _NAME_WIDTH + numbers.rstrip()
        for endpoint, faults in FAULTS_BY_ENDPOINT.items():
            yield markup(f"{API_PREFIX}{endpoint}", bold=True)
            for fault in faults:
                row = f"  {fault}".ljust(_NAME_WIDTH)
                for _, test in shown:
                    state = matrix.state(fault, test)
                    padding = " " * (column_width - len(f"  {texts[state]}"))
                    row += f"  {markup(texts[state], **_COLOURS[state])}{padding}"
                yield row.rstrip()
        yield ""
    if texts is _LETTERS:
        yield ", ".join(f"{_LETTERS[state]} {state.word}" for state in reversed(State))
    for number, test in tests:
        yield f"{number:{len(str(len(tests)))}}  {test}"


def summary(matrix: Matrix, markup: Markup) -> str:
    """Return one line, in the colour of the worst result."""
    verdicts = matrix.verdicts()
    worst = next(state for state in _COLOURS if verdicts[state])
    return markup(matrix.summary(), **_COLOURS[worst])
