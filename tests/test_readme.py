"""The README tells the truth: its snippets run, and its links lead somewhere."""

from __future__ import annotations

import re

import flask  # noqa: F401 - pytester forgets what is first imported inside it
import pytest

from tests.conftest import ROOT, Run
from tests.test_docs import files_of

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONFTEST, *SNIPPETS = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
TESTS = [snippet for snippet in SNIPPETS if "def test_" in snippet]
SCRIPTS = [snippet for snippet in SNIPPETS if "def test_" not in snippet]


@pytest.mark.parametrize("snippet", TESTS)
def test_snippets_with_tests_pass(run: Run, pytester: pytest.Pytester, snippet: str) -> None:
    pytester.makepyfile(app=files_of("quickstart.md")["app.py"])
    pytester.makeconftest(CONFTEST)
    pytester.syspathinsert()

    run(snippet, "-pno:randomly").assert_outcomes(passed=snippet.count("def test_"))


@pytest.mark.parametrize("snippet", SCRIPTS)
def test_other_snippets_run(snippet: str) -> None:
    exec(compile(snippet, "README.md", "exec"), {})


def test_snippets_were_found() -> None:
    assert "def lookloox_config" in CONFTEST
    assert len(TESTS) == 2
    assert len(SCRIPTS) == 1


def test_links_lead_to_pages() -> None:
    links = re.findall(r"\]\((\S+?)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link.partition("#")[0]).exists()] == []


def test_it_is_short() -> None:
    assert README.count("\n") <= 110
