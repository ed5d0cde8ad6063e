"""The fault report as one HTML page that needs nothing else: no script, image or network."""

from __future__ import annotations

import re
from collections import defaultdict
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
    several = matrix.tests if len(matrix.tests) > 1 else []
    heads = [
        f'<th role="columnheader" scope="col" class="test"><span class="number">{number}</span> '
        f'<span class="name">{_breakable(name)}</span></th>'
        for number, name in enumerate(_short(matrix.tests), start=1)
    ]
    groups = [
        _template("group.html").substitute(
            columns=len(matrix.tests) + 2,
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
            f"<dt>{', '.join(names)}</dt>\n<dd>{_prose(reason)}</dd>\n"
            for reason, names in _failures(matrix).items()
        ),
        skipped="".join(
            f"<dt>{count} test{'s' if count > 1 else ''}</dt>\n<dd>{escape(reason)}</dd>\n"
            for reason, count in matrix.skipped.items()
        ),
        tests="".join(f"<li><code>{_breakable(test)}</code></li>" for test in several),
        heads="\n".join(heads),
        groups="".join(groups),
        written=f"{datetime.now():%Y-%m-%d %H:%M}",
        lookloox_version=version("pytest-lookloox"),
        pytest_version=version("pytest"),
        python_version=python_version(),
    )


def _failures(matrix: Matrix) -> dict[str, list[str]]:
    """Return the names, as HTML, of what failed for each reason, faults with links to their rows.

    What the row of a fault says is left out of its reason.
    """
    names: dict[str, list[str]] = defaultdict(list)
    if matrix.stopped:
        names[matrix.stopped].append("What stopped it")
    for test, reason in matrix.others.items():
        names[reason].append(f"<code>{_breakable(test.rpartition('::')[2])}</code>")
    for row in (row for rows in matrix.rows.values() for row in rows):
        numbers: dict[str, list[str]] = defaultdict(list)
        for number, result in enumerate(row.results, start=1):
            if result.state is State.FAILED:
                said = ("Tried: ", f"A good client: {row.fault.advice}")
                lines = result.reason.splitlines()
                own = [line for line in lines if not line.startswith(said[0]) and line != said[1]]
                numbers["\n".join(own)].append(str(number))
        link = f'<a href="#{row.fault}"><code>{_breakable(str(row.fault))}</code></a>'
        for reason, failed in numbers.items():
            names[reason].append(f"{link} ({', '.join(failed)})" if len(row.results) > 1 else link)
    return names


def _short(tests: list[str]) -> list[str]:
    """Return the tests' names; of one test with several parameters, only these."""
    names = [test.rpartition("::")[2] for test in tests]
    parameters = [re.sub(r"^[^[]*\[|-?\*-?|\]$", "", name) for name in names]
    is_one = len({name.partition("[")[0] for name in names}) == 1
    return parameters if is_one and all(parameters) else names


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
