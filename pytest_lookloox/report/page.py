"""The report as one HTML page that needs nothing else: no script, no image, no network."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from html import escape
from importlib import resources
from string import Template
from typing import Final

from pytest_lookloox.contract import API_PREFIX, Source
from pytest_lookloox.faults import Fault
from pytest_lookloox.report.matrix import HOW_TO, NO_TEST, Matrix, State

_STYLE: Final = resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8")
_MARKS: Final = {State.PASSED: "✓", State.FAILED: "✗", State.NOT_RUN: "–"}
_FEW_TESTS: Final = 3
"""So many have room for their names at the head of the table, and for words in it."""

_PAGE: Final = Template(
    """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>$headline · Look Loox faults</title>
<style>
$style</style>
</head>
<body>
<header>
<p class="brand">Log in with Look Loox</p>
<h1>$headline</h1>
$overview
</header>
<main>
$content
</main>
<footer>
$sources
<p>Written by pytest-lookloox, $written.</p>
</footer>
</body>
</html>
"""
)

# The roles repeat what the elements say: on a narrow screen the style makes blocks of them, and
# to some browsers a table that is not displayed as one is none.
_TABLE: Final = Template(
    """\
<table role="table" class="$size">
<caption>Faults by endpoint, and what became of them in each test</caption>
<thead role="rowgroup">
<tr role="row">
<th role="columnheader" scope="col">Fault</th>
$heads
<th role="columnheader" scope="col">What a good client does</th>
</tr>
</thead>
$groups
</table>"""
)

_SOURCES: Final = """\
<dl>
<dt>documented</dt><dd>The provider’s public API document says so.</dd>
<dt>observed</dt><dd>The document is silent; read from public traces and public clients.</dd>
<dt>assumed</dt><dd>Neither tells; the most ordinary behaviour.</dd>
</dl>"""


def render(matrix: Matrix) -> str:
    """The whole page."""
    now = datetime.now().astimezone()
    tests = matrix.tests
    return _PAGE.substitute(
        headline=_headline(matrix),
        style=_STYLE,
        overview=_overview(matrix) if tests else "",
        content=f"{_tests(matrix)}\n{_table(matrix)}",
        sources=_SOURCES,
        written=f'<time datetime="{now.isoformat(timespec="seconds")}">{now:%Y-%m-%d %H:%M}</time>',
    )


def _headline(matrix: Matrix) -> str:
    verdicts = matrix.verdicts()
    if not matrix.tests:
        return NO_TEST
    if verdicts[State.FAILED]:
        return f"{verdicts[State.FAILED]} of {verdicts.total()} faults fail a test"
    if verdicts[State.NOT_RUN]:
        return f"No fault fails, {verdicts[State.NOT_RUN]} were not run"
    return f"All {verdicts.total()} faults passed"


def _overview(matrix: Matrix) -> str:
    """How many of each, as a bar and in words."""
    verdicts = matrix.verdicts()
    shown = [state for state in reversed(State) if verdicts[state]]
    bar = "".join(
        f'<span class="{_class(state)}" style="flex-grow: {verdicts[state]}"></span>'
        for state in shown
    )
    counts = "\n".join(
        f'<li class="{_class(state)}">{_mark(state)} '
        f"<strong>{verdicts[state]}</strong> {state}</li>"
        for state in reversed(State)
    )
    return f"""\
<div class="bar" aria-hidden="true">{bar}</div>
<ul class="counts" role="list">
{counts}
</ul>"""


def _tests(matrix: Matrix) -> str:
    """The tests by their numbers, or how to have one."""
    if not matrix.tests:
        return f'<p class="hint">{_prose(HOW_TO)}</p>'
    items = "\n".join(f"<li><code>{_breakable(test)}</code></li>" for test in matrix.tests)
    return f"<h2>Tests</h2>\n<ol>\n{items}\n</ol>"


def _table(matrix: Matrix) -> str:
    tests = matrix.tests
    heads = "\n".join(
        f'<th role="columnheader" scope="col" class="test"><span class="number">{number}</span> '
        f'<span class="name">{_breakable(test.rpartition("::")[2])}</span></th>'
        for number, test in enumerate(tests, start=1)
    )
    return _TABLE.substitute(
        size=_size(len(tests)),
        heads=heads,
        groups="\n".join(_group(matrix, *group) for group in matrix.by_endpoint()),
    )


def _size(tests: int) -> str:
    """For the style: whether the tests need numbers, and have room for words."""
    return "one few" if tests == 1 else "few" if tests <= _FEW_TESTS else "many"


def _group(matrix: Matrix, endpoint: str, faults: Iterable[Fault]) -> str:
    rows = "\n".join(_row(matrix, fault) for fault in faults)
    return f"""\
<tbody role="rowgroup">
<tr role="row" class="endpoint">
<th role="rowheader" scope="rowgroup" colspan="{len(matrix.tests) + 2}">\
<code>{API_PREFIX}{endpoint}</code></th>
</tr>
{rows}
</tbody>"""


def _row(matrix: Matrix, fault: Fault) -> str:
    cells = "\n".join(
        _cell(matrix.state(fault, test), number)
        for number, test in enumerate(matrix.tests, start=1)
    )
    return f"""\
<tr role="row" class="{_class(matrix.verdict(fault))}">
<th role="rowheader" scope="row"><code>{_breakable(str(fault))}</code> \
<span class="description">{_prose(fault.description)}</span></th>
{cells}
<td role="cell" class="advice">{_prose(fault.advice)} \
<span class="source">Source: {escape(_spelt_out(fault.source))}</span></td>
</tr>"""


def _cell(state: State, number: int) -> str:
    return (
        f'<td role="cell" class="state {_class(state)}">'
        f'<span class="number" aria-hidden="true">{number}</span>'
        f'{_mark(state)} <span class="word">{state}</span></td>'
    )


def _mark(state: State) -> str:
    return f'<span class="mark" aria-hidden="true">{_MARKS[state]}</span>'


def _class(state: State) -> str:
    return str(state).replace(" ", "-")


def _spelt_out(source: str) -> str:
    """`single use documented, message observed` for `single use D, message O`."""
    for letter in Source:
        source = re.sub(rf"\b{letter.value}\b", letter.name.lower(), source)
    return source


def _prose(text: str) -> str:
    """With `code` between backticks."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _breakable(identifier: str) -> str:
    """May be broken behind an underscore and the like, rather than within a word."""
    return re.sub(r"(::|[_/@-])", r"\1<wbr>", escape(identifier))
