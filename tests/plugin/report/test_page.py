"""The page: whole, safe, and readable without its colours."""

from __future__ import annotations

import platform
import re
from functools import partial
from importlib.metadata import version
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from pytest_lookloox.faults.catalogue import FAULTS, faults_at_each_endpoint
from pytest_lookloox.plugin.report.matrix import Matrix
from pytest_lookloox.plugin.report.page import render
from tests.plugin.report.results import NAMES, REASON, matrix_of, result

STATUSES = ["http_400@authorize", "http_401@authorize"]
TESTS = {"test_a.py::TestB::test_b": "passed", "test_a.py::test_a": "failed", "test_c": "skipped"}


def body_of(matrix: Matrix) -> Element:
    """Return the page's body; raises an exception for an unclosed tag or unescaped text."""
    _, start, rest = render(matrix, "shop & <sons>").partition("<html")
    return ElementTree.fromstring(re.sub(r"<((?:meta|link|wbr)\b.*?)>", r"<\1/>", start + rest))[1]


def texts(element: Element, path: str) -> list[str]:
    """Return the text of each element at that path, as one line."""
    return [" ".join("".join(found.itertext()).split()) for found in element.iterfind(path)]


def cells(body: Element) -> dict[str, list[str]]:
    """Return the cells of each fault's row, by the fault's name."""
    rows = body.iterfind("main/table/tbody/tr[@class!='endpoint']")
    return {texts(row, "th/code")[0]: texts(row, "td") for row in rows}


def test_every_state_has_a_word_and_a_mark() -> None:
    body = body_of(matrix_of(TESTS, NAMES[:5]))

    assert texts(body, "main/ol/li") == list(TESTS)
    assert texts(body, ".//th[@class='test']") == ["1 test_b", "2 test_a", "3 test_c"]
    assert {name: " ".join(row[:-1]) for name, row in cells(body).items()} == {
        **dict.fromkeys(NAMES, "not run not run not run"),
        **dict.fromkeys(NAMES[:5], "passed failed not run"),
    }
    style = render(Matrix([]), "")
    marks = dict(re.findall(r'\.(\w+) > \.mark::before { content: "(.)"', style))
    assert marks == {"FAILED": "✗", "PASSED": "✓", "NOT_RUN": "–"}
    assert len(body.findall(".//td/span[@class='mark']")) == 3 * len(NAMES)


def test_every_failure_has_its_reason_and_a_link_to_its_row() -> None:
    outcomes = {"test_a": "failed", "test_b": "passed", "test_c": "failed"}
    body = body_of(matrix_of(outcomes, ["http_500@authorize", "deleted_user"]))

    failures = body.find("main/dl")
    assert failures is not None
    assert texts(failures, "*") == [
        "http_500@authorize (1, 3), deleted_user (1, 3)",
        REASON,
    ]
    links = [link.get("href") for link in failures.iterfind("dt/a")]
    assert links == ["#http_500@authorize", "#deleted_user"]
    assert [row.get("id") for row in body.iterfind(".//tr[@class='FAILED']")] == [
        *("http_500@authorize", "deleted_user"),
    ]


def test_failures_are_grouped_by_what_the_rows_do_not_say() -> None:
    finding = "It answered `500`.\nTried: {}\nA good client: {}"
    failed = partial(result, "failed")
    reports = [
        failed(faults=STATUSES, reason=finding.format("a", FAULTS["http_400"].advice)),
        failed(test="a.py::test_forged", faults=[], reason=finding.format("e", "f"), noted=True),
        result("skipped", test="test_skipped", faults=[], reason="no page", noted=True),
    ]
    body = body_of(Matrix(reports, "Stopped: no `site`"))

    failures, skipped = body.findall("main/dl")
    assert texts(failures, "*") == [
        *("What stopped it", "Stopped: no site"),
        *("test_forged", "It answered 500. Tried: e A good client: f"),
        *(", ".join(STATUSES), "It answered 500."),
    ]
    assert texts(skipped, "*") == ["1 test", "no page"]


@pytest.mark.parametrize(
    ("tests", "heads"),
    [
        (["a.py::test_a[current-*]", "a.py::test_a[documented-*]"], ["1 current", "2 documented"]),
        (["a.py::test_a[*]", "a.py::test_a[x-*]"], ["1 test_a[*]", "2 test_a[x-*]"]),
        (["a.py::test_a[*]"], ["1 test_a[*]"]),
    ],
)
def test_columns_are_named_by_what_differs(tests: list[str], heads: list[str]) -> None:
    body = body_of(matrix_of(dict.fromkeys(tests, "passed")))

    assert texts(body, ".//th[@class='test']") == heads
    assert texts(body, "main/ol/li") == (tests if len(tests) > 1 else [])


def test_list_of_failures_is_empty_if_there_are_none() -> None:
    # The style hides it, and its heading, only if not even white space is in it.
    assert '<dl class="failures"></dl>' in render(matrix_of({"test_a": "passed"}), "")
    assert "<ol></ol>" in render(Matrix([]), "")


def test_every_fault_is_described_below_its_endpoint() -> None:
    body = body_of(Matrix([]))

    groups = dict(zip(texts(body, ".//tbody/tr[1]"), texts(body, ".//tbody"), strict=True))
    assert list(groups) == ["/api/oauth", "/api/authorize", "/api/get_user_info"]
    for fault in faults_at_each_endpoint():
        shown = groups[f"/api/{fault.endpoints[0]}"]
        assert f"{fault} {fault.description}".replace("`", "") in shown
        assert fault.advice.replace("`", "") in shown
    sources = {name: row[-1].partition("Source: ")[2] for name, row in cells(body).items()}
    assert sources["reused_auth_key"] == "single use documented, message observed"
    assert sources["read_timeout@authorize"] == "any network"


def test_headline_bar_and_counts() -> None:
    body = body_of(matrix_of({"test_a": "passed"}, NAMES[:9]))

    rest = len(NAMES) - 9
    assert texts(body, "header/h1") == [f"No fault fails, {rest} were not run"]
    bar = [f"{part.get('class')} {part.get('style')}" for part in body.iterfind("header/div/span")]
    assert bar == ["FAILED flex-grow: 0", "PASSED flex-grow: 9", f"NOT_RUN flex-grow: {rest}"]
    assert texts(body, "header/ul/li") == ["0 failed", "9 passed", f"{rest} not run"]


def test_page_needs_no_script_no_other_file_and_no_network() -> None:
    source = render(matrix_of(TESTS, []), "shop")

    assert not re.search(r"<script|<img|<iframe|@import|url\(|https?:|\son\w+=", source)
    assert re.findall(r'(?:href|src)="([^"]*)"', source) == ["data:,"]


def test_names_are_escaped() -> None:
    body = body_of(matrix_of({"test_it.py::test_it[<b>&'\"$style]": "passed", "test_z": "passed"}))

    assert texts(body, "main/ol/li")[0] == "test_it.py::test_it[<b>&'\"$style]"
    assert texts(body, ".//th[@class='test']")[0] == "1 test_it[<b>&'\"$style]"
    assert texts(body, "header/p") == ["shop & <sons> · Log in with Look Loox"]


def test_footer_names_the_versions() -> None:
    versions = f"pytest-lookloox {version('pytest-lookloox')}, with pytest {pytest.__version__}"
    python = f"and Python {platform.python_version()}."
    assert texts(body_of(Matrix([])), "footer/p")[0].endswith(f" by {versions} {python}")


def test_every_header_says_what_it_heads() -> None:
    heads = list(body_of(matrix_of(TESTS)).iterfind(".//th"))

    roles = {"col": "columnheader", "row": "rowheader", "rowgroup": "rowheader"}
    assert len(heads) == 5 + 3 + len(NAMES)
    assert all(head.get("role") == roles[str(head.get("scope"))] for head in heads)
