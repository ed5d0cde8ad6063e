"""The fault report as one HTML page that needs nothing else: no script, image or network."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape
from importlib import resources
from importlib.metadata import version
from platform import python_version
from string import Template

from pytest_lookloox.plugin.report.matrix import Matrix, Row, State
from pytest_lookloox.provider.facts import API_PREFIX, Source


def render(matrix: Matrix, project: str) -> str:
    """Return the whole page about the tests of this project."""
    tests = [f"<li><code>{_breakable(test)}</code></li>" for test in matrix.tests]
    heads = [
        f'<th role="columnheader" scope="col" class="test"><span class="number">{number}</span> '
        f'<span class="name">{_breakable(test.rpartition("::")[2])}</span></th>'
        for number, test in enumerate(matrix.tests, start=1)
    ]
    groups = [
        _template("group.html").substitute(
            columns=len(tests) + 2,
            endpoint=f"{API_PREFIX}{endpoint}",
            rows="".join(map(_row, rows)),
        )
        for endpoint, rows in matrix.rows.items()
    ]
    return _template("page.html").substitute(
        {state.name: matrix.counts[state] for state in State},
        project=escape(project),
        headline=matrix.headline(),
        style=_template("page.css").template,
        failures="".join(
            [
                *(_failures(row) for rows in matrix.rows.values() for row in rows),
                *(
                    f"<dt><code>{_breakable(test)}</code></dt>\n<dd>{escape(reason)}</dd>\n"
                    for test, reason in matrix.others.items()
                ),
            ]
        ),
        tests="".join(tests),
        heads="\n".join(heads),
        groups="".join(groups),
        written=f"{datetime.now():%Y-%m-%d %H:%M}",
        lookloox_version=version("pytest-lookloox"),
        pytest_version=version("pytest"),
        python_version=python_version(),
    )


def _failures(row: Row) -> str:
    reasons = [
        f'<dd><span class="number">{number}</span> {escape(result.reason)}</dd>\n'
        for number, result in enumerate(row.results, start=1)
        if result.state is State.FAILED
    ]
    name = f'<dt><a href="#{row.fault}"><code>{_breakable(str(row.fault))}</code></a></dt>\n'
    return "".join([name, *reasons]) if reasons else ""


def _row(row: Row) -> str:
    cells = [
        f'<td role="cell" class="state {result.state.name}"><span class="mark" aria-hidden="true">'
        f'</span> <span class="word">{result.state.word}</span></td>'
        for result in row.results
    ]
    source = row.fault.source  # "message O" becomes "message observed"
    for letter in Source:
        source = re.sub(rf"\b{letter.value}\b", letter.name.lower(), source)
    return _template("row.html").substitute(
        verdict=row.verdict.name,
        id=str(row.fault),
        fault=_breakable(str(row.fault)),
        description=_prose(row.fault.description),
        cells="\n".join(cells),
        advice=_prose(row.fault.advice),
        source=escape(source),
    )


def _template(name: str) -> Template:
    return Template(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))


def _prose(text: str) -> str:
    """Return text as HTML, with what is between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _breakable(identifier: str) -> str:
    """Return a name as HTML that may break after an underscore and the like."""
    return re.sub(r"(::|[_/@-])", r"\1<wbr>", escape(identifier))
