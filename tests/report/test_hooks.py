"""The option `--lookloox-report`: with a file and without, and files that cannot be."""

from __future__ import annotations

import pytest

from tests.report.suites import LENIENT

SUITE = f"{LENIENT}\ndef test_it(lookloox_fault): pass"
BOTH = pytest.mark.parametrize("processes", ["0", "2"])


@BOTH
def test_page_takes_the_place_of_the_table(pytester: pytest.Pytester, processes: str) -> None:
    pytester.makepyfile(SUITE)
    file = pytester.path.resolve() / "new" / "folder" / "page.html"

    result = pytester.runpytest_subprocess(
        "-n", processes, "--lookloox-report=new/folder/page.html"
    )

    result.assert_outcomes(passed=49)
    assert result.outlines[-4:-1] == [
        result.outlines[-4],
        "49 faults in 1 test: 0 failed, 49 passed, 0 not run",
        f"Report: {file}",
    ]
    assert " Look Loox faults " in result.outlines[-4]
    assert file.read_text(encoding="utf-8").endswith("</html>\n")


def test_page_needs_no_terminal(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)

    pytester.runpytest_inprocess("-p", "no:terminal", "--lookloox-report=page.html")

    assert "All 49 faults passed" in (pytester.path / "page.html").read_text(encoding="utf-8")


def test_earlier_page_is_replaced(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)
    page = pytester.path / "page.html"
    page.write_text("An earlier page. " * 10_000)

    pytester.runpytest_inprocess("--lookloox-report=page.html")

    assert "An earlier page." not in page.read_text(encoding="utf-8")


def test_table_ends_the_run(pytester: pytest.Pytester) -> None:
    """Below pytest's own list of failures, which may be long."""
    pytester.makepyfile(f"{LENIENT}\ndef test_it(lookloox_fault): assert 0")

    lines = pytester.runpytest_inprocess("--lookloox-report", "-rf").outlines

    assert lines[-2] == "49 faults in 1 test: 49 failed, 0 passed, 0 not run"
    assert not [line for line in lines[-52:] if line.startswith("FAILED ")]


def test_nothing_is_reported_unasked(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)

    result = pytester.runpytest_inprocess()

    result.assert_outcomes(passed=49)
    result.stdout.no_fnmatch_line("*Look Loox faults*")


@pytest.mark.parametrize("option", ["--lookloox-report", "--lookloox-report=page.html"])
def test_nothing_is_reported_of_a_mere_collection(pytester: pytest.Pytester, option: str) -> None:
    pytester.makepyfile(SUITE)
    page = pytester.path / "page.html"
    page.write_text("An earlier page.")

    result = pytester.runpytest_inprocess("--collect-only", option)

    result.stdout.fnmatch_lines(["*49 tests collected*"])
    result.stdout.no_fnmatch_line("*Look Loox faults*")
    assert page.read_text() == "An earlier page."


@pytest.mark.parametrize(
    ("in_ini", "arguments"),
    [
        ("", ["suite.py", "--lookloox-report"]),
        ("", ["--lookloox-report", "suite.py"]),
        ("--lookloox-report", ["suite.py"]),
    ],
    ids=["behind the tests", "before them", "in the ini file"],
)
def test_no_file_is_named(pytester: pytest.Pytester, in_ini: str, arguments: list[str]) -> None:
    """The tests that stand behind the option are not its file."""
    pytester.makepyfile(suite=SUITE)
    pytester.makeini(f"[pytest]\naddopts = {in_ini}")

    result = pytester.runpytest_inprocess(*arguments)

    result.assert_outcomes(passed=49)
    assert "/api/oauth" in result.outlines


class TestFilesThatCannotBe:
    """No test runs for a report that nobody will read."""

    @BOTH
    def test_unwritable(self, pytester: pytest.Pytester, processes: str) -> None:
        pytester.makepyfile(SUITE, occupied="")

        result = pytester.runpytest_subprocess(
            "-n", processes, "--lookloox-report=occupied.py/page.html"
        )

        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert result.outlines == []
        result.stderr.fnmatch_lines(
            ["ERROR: --lookloox-report=occupied.py/page.html: cannot write it: *occupied.py*"]
        )

    def test_folder(self, pytester: pytest.Pytester) -> None:
        pytester.mkdir("page.html")

        result = pytester.runpytest_inprocess("--lookloox-report=page.html")

        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(["ERROR: *=page.html: cannot write it: *directory*"])

    def test_suite_is_not_overwritten(self, pytester: pytest.Pytester) -> None:
        suite = pytester.makepyfile(SUITE)

        result = pytester.runpytest_inprocess(f"--lookloox-report={suite.name}")

        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines([f"ERROR: *={suite.name}: *its name must end in .html"])
        assert suite.read_text() == SUITE
