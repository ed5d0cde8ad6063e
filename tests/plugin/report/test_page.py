"""The page: whole, safe, and readable without its colours."""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from pytest_lookloox.faults.catalogue import faults_at_each_endpoint
from pytest_lookloox.plugin.report.matrix import Matrix
from pytest_lookloox.plugin.report.page import render
from tests.plugin.report.results import NAMES, matrix_of

TESTS = {"test_a.py::test_a": "failed", "test_a.py::TestB::test_b": "passed", "test_c": "skipped"}


def body_of(matrix: Matrix) -> Element:
    """Return the page's body; raises an exception for an unclosed tag or unescaped text."""
    _, start, rest = render(matrix).partition("<html")
    return ElementTree.fromstring(re.sub(r"<((?:meta|link|wbr)\b.*?)>", r"<\1/>", start + rest))[1]


def texts(element: Element, path: str) -> list[str]:
    """Return the text of each element at that path, as one line."""
    return [" ".join("".join(found.itertext()).split()) for found in element.iterfind(path)]


def cells(body: Element) -> dict[str, list[str]]:
    """Return the cells of each fault's row, by the fault's name."""
    rows = body.iterfind("main/table/tbody/tr[@class!='endpoint']")
    return {texts(row, "th/code")[0]: texts(row, "td") for row in rows}


def test_every_state_has_a_number_a_mark_and_a_word() -> None:
    body = body_of(matrix_of(TESTS, NAMES[:5]))

    assert texts(body, "main/ol/li") == list(TESTS)
    assert texts(body, ".//th[@class='test']") == ["1 test_a", "2 test_b", "3 test_c"]
    assert {name: " ".join(row[:-1]) for name, row in cells(body).items()} == {
        **dict.fromkeys(NAMES, "1– not run 2– not run 3– not run"),
        **dict.fromkeys(NAMES[:5], "1✗ failed 2✓ passed 3– not run"),
    }


def test_every_fault_is_described_below_its_endpoint() -> None:
    body = body_of(Matrix())

    groups = dict(zip(texts(body, ".//tbody/tr[1]"), texts(body, ".//tbody"), strict=True))
    assert list(groups) == ["/api/oauth", "/api/authorize", "/api/get_user_info"]
    for fault in faults_at_each_endpoint():
        shown = groups[f"/api/{fault.endpoints[0]}"]
        assert f"{fault} {fault.description}".replace("`", "") in shown
        assert fault.advice.replace("`", "") in shown
    sources = {name: row[-1].partition("Source: ")[2] for name, row in cells(body).items()}
    assert sources["missing_auth_key"] == "assumed"
    assert sources["reused_auth_key"] == "single use documented, message observed"
    assert sources["read_timeout@authorize"] == "any network"


def test_headline_bar_and_counts() -> None:
    body = body_of(matrix_of({"test_a": "passed"}, NAMES[:9]))

    assert texts(body, "header/h1") == ["No fault fails, 40 were not run"]
    bar = [f"{part.get('class')} {part.get('style')}" for part in body.iterfind("header/div/span")]
    assert bar == ["passed flex-grow: 9", "not-run flex-grow: 40"]
    assert texts(body, "header/ul/li") == ["✗ 0 failed", "✓ 9 passed", "– 40 not run"]


def test_without_a_test_it_says_how_to_have_one() -> None:
    body = body_of(Matrix())

    assert texts(body, "header/*") == ["Log in with Look Loox", "No test ran with a fault"]
    assert texts(body, "main/p")[0].startswith("Give a test the fixture lookloox_fault")


def test_page_needs_no_script_no_other_file_and_no_network() -> None:
    source = render(matrix_of(TESTS))

    assert not re.search(r"<script|<img|<iframe|@import|url\(|https?:|\son\w+=", source)
    assert re.findall(r'(?:href|src)="([^"]*)"', source) == ["data:,"]


def test_names_are_escaped() -> None:
    body = body_of(matrix_of({"test_it.py::test_it[<b>&'\"$style]": "passed"}))

    assert texts(body, "main/ol/li") == ["test_it.py::test_it[<b>&'\"$style]"]
    assert texts(body, ".//th[@class='test']") == ["1 test_it[<b>&'\"$style]"]


def test_every_header_says_what_it_heads() -> None:
    heads = list(body_of(matrix_of(TESTS)).iterfind(".//th"))

    roles = {"col": "columnheader", "row": "rowheader", "rowgroup": "rowheader"}
    assert len(heads) == 5 + 3 + len(NAMES)
    assert all(head.get("role") == roles[str(head.get("scope"))] for head in heads)


@pytest.mark.parametrize(("tests", "size"), [(1, "one few"), (3, "few"), (4, "many")])
def test_style_depends_on_the_number_of_tests(tests: int, size: str) -> None:
    body = body_of(matrix_of({f"test_{number}": "passed" for number in range(tests)}))

    assert [table.get("class") for table in body.iterfind("main/table")] == [size]
