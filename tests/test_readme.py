"""The README tells the truth: its snippets run, and its table of facts is the code's."""

from __future__ import annotations

import re

import flask  # noqa: F401 - pytester forgets what is first imported inside it
import pytest

from pytest_lookloox.provider.facts import FACTS
from tests.conftest import ROOT, Run

README = (ROOT / "README.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
TESTS = [snippet for snippet in SNIPPETS if "def test_" in snippet]
SCRIPTS = [snippet for snippet in SNIPPETS if "def test_" not in snippet]


def facts_table() -> str:
    """Return the facts by where they apply; the columns are the sources."""
    cells: dict[str, dict[str, list[str]]] = {}
    for fact in FACTS:
        column = re.findall(r"\b[DOA]\b", fact.source)[0]
        note = "" if fact.source == column else f" ({fact.source})"
        cells.setdefault(fact.topic, {}).setdefault(column, []).append(f"{fact.case}{note}")
    rows = [
        f"| {topic} | {' | '.join('; '.join(found.get(letter, [])) for letter in 'DOA')} |"
        for topic, found in cells.items()
    ]
    return "\n".join(["| where | D | O | A |", "|---|---|---|---|", *rows])


@pytest.mark.parametrize("snippet", TESTS)
def test_snippets_with_tests_pass(run: Run, pytester: pytest.Pytester, snippet: str) -> None:
    pytester.makeconftest("from tests.examples.flask_app.test_login import app, client")

    run(snippet, "-pno:randomly").assert_outcomes(passed=snippet.count("def test_"))


@pytest.mark.parametrize("snippet", SCRIPTS)
def test_other_snippets_run(snippet: str) -> None:
    exec(compile(snippet, "README.md", "exec"), {})


def test_snippets_were_found() -> None:
    assert len(TESTS) >= 2
    assert len(SCRIPTS) >= 2


def test_facts_are_those_of_the_code() -> None:
    written = re.search(r"<!-- facts.*?-->\n(.*?)\n<!-- /facts -->", README, re.DOTALL)
    assert written is not None
    assert written[1] == facts_table()
