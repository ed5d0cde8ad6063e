"""The page: whole, safe, and readable without its colours."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from pytest_lookloox.faults import one_by_one
from tests.report.suites import FAILED, IDS, LENIENT, NOT_RUN, OUTCOMES, PASSED, state_of

MARK = {PASSED: "✓", FAILED: "✗", NOT_RUN: "–"}
ROW = "main/table/tbody/tr[@class!='endpoint']"


def source_of(pytester: pytest.Pytester, *arguments: str) -> str:
    pytester.runpytest_inprocess("--lookloox-report=page.html", *arguments)
    return Path("page.html").read_text(encoding="utf-8")


def body_of(pytester: pytest.Pytester, *arguments: str) -> Element:
    """The page's body; raises an exception where a tag is not closed, or text not escaped."""
    _, start, rest = source_of(pytester, *arguments).partition("<html")
    closed = re.sub(r"<((?:meta|link|wbr)\b[^>]*)>", r"<\1/>", start + rest)
    body = ElementTree.fromstring(closed).find("body")
    assert body is not None
    return body


def text(element: Element | None) -> str:
    """All of an element's text, as one line."""
    assert element is not None
    return " ".join("".join(element.itertext()).split())


def rows(body: Element) -> dict[str, Element]:
    """The row of each fault, by the fault's name."""
    return {text(row.find("th/code")): row for row in body.iterfind(ROW)}


def cells(row: Element) -> list[str]:
    """What a row shows of each test: its number for narrow screens, a mark, and a word."""
    return [text(cell) for cell in row.iterfind("td")][:-1]


def items(body: Element, path: str) -> list[str]:
    return [text(item) for item in body.iterfind(path)]


class TestContent:
    @pytest.mark.parametrize("processes", ["0", "2"])
    def test_every_outcome(self, pytester: pytest.Pytester, processes: str) -> None:
        pytester.makepyfile(OUTCOMES)

        body = body_of(pytester, "-n", processes)

        assert {name: cells(row) for name, row in rows(body).items()} == {
            name: [f"1{MARK[state_of(name)]} {state_of(name)}", "2✓ passed"] for name in IDS
        }
        assert items(body, "main/ol/li") == [
            "test_every_outcome.py::test_outcomes",
            "test_every_outcome.py::test_all_is_well",
        ]

    def test_every_fault_is_described_below_its_endpoint(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(OUTCOMES)

        body = body_of(pytester)

        groups = {text(group.find("tr")): text(group) for group in body.iterfind(".//tbody")}
        assert list(groups) == ["/api/oauth", "/api/authorize", "/api/get_user_info"]
        for fault in one_by_one():
            told = groups[f"/api/{fault.endpoints[0]}"]
            assert f"{fault} {fault.description}".replace("`", "") in told
            assert fault.advice.replace("`", "") in told

    @pytest.mark.parametrize(
        ("fault", "source"),
        [
            ("missing_auth_key", "Source: assumed"),
            ("reused_auth_key", "Source: single use documented, message observed"),
            ("read_timeout@authorize", "Source: any network"),
        ],
    )
    def test_source_is_spelt_out(self, pytester: pytest.Pytester, fault: str, source: str) -> None:
        pytester.makepyfile(OUTCOMES)

        assert text(rows(body_of(pytester))[fault]).endswith(source)

    @pytest.mark.parametrize(
        ("outcome", "arguments", "headline", "counts"),
        [
            ("pass", [], "All 49 faults passed", ["✗ 0 failed", "✓ 49 passed", "– 0 not run"]),
            (
                "pass",
                ["-k", "http_"],
                "No fault fails, 37 were not run",
                ["✗ 0 failed", "✓ 12 passed", "– 37 not run"],
            ),
            (
                "assert lookloox_fault.name != 'http_500'",
                [],
                "2 of 49 faults fail a test",
                ["✗ 2 failed", "✓ 47 passed", "– 0 not run"],
            ),
        ],
    )
    def test_headline(
        self,
        pytester: pytest.Pytester,
        outcome: str,
        arguments: list[str],
        headline: str,
        counts: list[str],
    ) -> None:
        pytester.makepyfile(f"{LENIENT}\ndef test_it(lookloox_fault): {outcome}")

        body = body_of(pytester, *arguments)

        assert text(body.find("header/h1")) == headline
        assert items(body, "header/ul/li") == counts

    def test_no_test_at_all(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile("def test_it(): pass")

        body = body_of(pytester)

        assert text(body.find("header/h1")) == "No test ran with a fault"
        assert text(body.find("main/p")).startswith("Give a test the fixture lookloox_fault")
        assert set(rows(body)) == set(IDS)


class TestForm:
    def test_it_needs_nothing_else(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(OUTCOMES)

        source = source_of(pytester)

        assert not re.search(r"<script|<img|<iframe|@import|url\(|https?:|\son\w+=", source)
        assert re.findall(r'(?:href|src)="([^"]*)"', source) == ["data:,"]

    def test_names_are_escaped(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            f"""{LENIENT}
@pytest.mark.parametrize("name", ["<b>&'\\""])
def test_it(lookloox_fault, name): pass
"""
        )

        body = body_of(pytester)

        name = "test_it[<b>&'\"]"
        assert items(body, "main/ol/li") == [f"test_names_are_escaped.py::{name}"]
        assert items(body, ".//th[@class='test']") == [f"1 {name}"]

    def test_file_name_that_is_not_utf_8(self, pytester: pytest.Pytester) -> None:
        odd = "test_\udce9.py"
        (pytester.path / odd).write_text(f"{LENIENT}\ndef test_it(lookloox_fault): pass")

        # Neither of the two takes such a name.
        body = body_of(pytester, "-p", "no:cacheprovider", "-p", "no:randomly")

        assert items(body, "main/ol/li") == ["test_\\udce9.py::test_it"]

    def test_every_header_says_what_it_heads(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(OUTCOMES)

        body = body_of(pytester)

        roles = {"col": "columnheader", "row": "rowheader", "rowgroup": "rowheader"}
        heads = list(body.iterfind(".//th"))
        assert len(heads) == 4 + 3 + len(IDS)
        assert all(head.get("role") == roles[str(head.get("scope"))] for head in heads)

    @pytest.mark.parametrize(("tests", "size"), [(1, "one few"), (3, "few"), (4, "many")])
    def test_style_depends_on_how_many_tests_there_are(
        self, pytester: pytest.Pytester, tests: int, size: str
    ) -> None:
        functions = [f"def test_{number}(lookloox_fault): pass" for number in range(tests)]
        pytester.makepyfile("\n".join([LENIENT, *functions]))

        table = body_of(pytester).find("main/table")

        assert table is not None
        assert table.get("class") == size
