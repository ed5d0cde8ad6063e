"""The fault report as one HTML page that needs nothing else: no script, image or network."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape
from importlib import resources
from string import Template
from typing import Final

from pytest_lookloox.faults.fault import Fault
from pytest_lookloox.plugin.report.matrix import FAULTS_BY_ENDPOINT, HOW_TO, Matrix, State
from pytest_lookloox.provider.facts import API_PREFIX, Source

_MARKS: Final = {State.FAILED: "✗", State.PASSED: "✓", State.NOT_RUN: "–"}
_FEW_TESTS: Final = 3
"""So many tests have room for their names at the head of the table, and for words in it."""


def render(matrix: Matrix) -> str:
    """Return the whole page."""
    files = resources.files(__package__)
    tests = matrix.tests
    hint = f'<p class="hint">{_prose(HOW_TO)}</p>'
    names = "\n".join(f"<li><code>{_breakable(test)}</code></li>" for test in tests)
    heads = (
        f'<th role="columnheader" scope="col" class="test"><span class="number">{number}</span> '
        f'<span class="name">{_breakable(test.rpartition("::")[2])}</span></th>'
        for number, test in enumerate(tests, start=1)
    )
    groups = (
        f'<tbody role="rowgroup">\n<tr role="row" class="endpoint">\n'
        f'<th role="rowheader" scope="rowgroup" colspan="{len(tests) + 2}">'
        f"<code>{API_PREFIX}{endpoint}</code></th>\n</tr>\n"
        + "\n".join(_row(matrix, fault) for fault in faults)
        + "\n</tbody>"
        for endpoint, faults in FAULTS_BY_ENDPOINT.items()
    )
    now = datetime.now().astimezone()
    return Template(files.joinpath("page.html").read_text(encoding="utf-8")).substitute(
        headline=matrix.headline(),
        style=files.joinpath("page.css").read_text(encoding="utf-8"),
        overview=_overview(matrix) if tests else "",
        tests=f"<h2>Tests</h2>\n<ol>\n{names}\n</ol>" if tests else hint,
        size="one few" if len(tests) == 1 else "few" if len(tests) <= _FEW_TESTS else "many",
        heads="\n".join(heads),
        groups="\n".join(groups),
        time=now.isoformat(timespec="seconds"),
        written=f"{now:%Y-%m-%d %H:%M}",
    )


def _overview(matrix: Matrix) -> str:
    """Return how many faults failed, passed, or were not run, as a bar and in words."""
    verdicts = matrix.verdicts()
    parts = "".join(
        f'<span class="{_class(state)}" style="flex-grow: {verdicts[state]}"></span>'
        for state in reversed(State)
        if verdicts[state]
    )
    counts = "\n".join(
        f'<li class="{_class(state)}">{_mark(state)} '
        f"<strong>{verdicts[state]}</strong> {state.word}</li>"
        for state in reversed(State)
    )
    bar = f'<div class="bar" aria-hidden="true">{parts}</div>'
    return f'{bar}\n<ul class="counts" role="list">\n{counts}\n</ul>'


def _row(matrix: Matrix, fault: Fault) -> str:
    states = [matrix.state(fault, test) for test in matrix.tests]
    cells = "\n".join(
        f'<td role="cell" class="state {_class(state)}">'
        f'<span class="number" aria-hidden="true">{number}</span>'
        f'{_mark(state)} <span class="word">{state.word}</span></td>'
        for number, state in enumerate(states, start=1)
    )
    source = fault.source  # "message O" becomes "message observed"
    for letter in Source:
        source = re.sub(rf"\b{letter.value}\b", letter.name.lower(), source)
    return f"""\
<tr role="row" class="{_class(matrix.verdict(fault))}">
<th role="rowheader" scope="row"><code>{_breakable(str(fault))}</code> \
<span class="description">{_prose(fault.description)}</span></th>
{cells}
<td role="cell" class="advice">{_prose(fault.advice)} \
<span class="source">Source: {escape(source)}</span></td>
</tr>"""


def _mark(state: State) -> str:
    return f'<span class="mark" aria-hidden="true">{_MARKS[state]}</span>'


def _class(state: State) -> str:
    return state.word.replace(" ", "-")


def _prose(text: str) -> str:
    """Return text as HTML, with what is between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _breakable(identifier: str) -> str:
    """Return a name as HTML that may break after an underscore and the like."""
    return re.sub(r"(::|[_/@-])", r"\1<wbr>", escape(identifier))
