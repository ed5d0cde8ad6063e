"""The option `--lookloox-report`: what is collected from a run, and where it is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests  # noqa: F401 - pytester forgets what is first imported inside it

from tests.plugin.report.results import NAMES

REPORT = "--lookloox-report"

# No test sends a request to the provider, so no fault ever takes effect.
LENIENT = "import pytest\npytestmark = pytest.mark.lookloox(strict=False)\n"
SUITE = f"{LENIENT}def test_it(lookloox_fault): pass"
PAGE = "page.html"


@pytest.fixture(autouse=True)
def terminal_of_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def rows(result: pytest.RunResult) -> dict[str, str]:
    """Return each fault's row in the terminal, without the fault."""
    found = (re.fullmatch(r"  (\S+) {2,}(\S.*)", line) for line in result.outlines)
    return {row[1]: row[2] for row in found if row and row[1] in NAMES}


@pytest.mark.parametrize("processes", ["0", "2"])
def test_every_outcome(pytester: pytest.Pytester, processes: str) -> None:
    pytester.makepyfile(f"""{LENIENT}
@pytest.fixture
def broken(lookloox_fault):
    assert lookloox_fault.name != "unknown_app"
    yield
    assert lookloox_fault.name != "deleted_user"

@pytest.mark.xdist_group("together")
@pytest.mark.lookloox_fault("unknown_app", "deleted_user", "expired_token", "http_500@authorize",
    "http_401@authorize", "http_429@authorize")
def test_outcomes(lookloox_fault, broken):
    outcomes = {{"http_500": pytest.fail, "http_401": pytest.skip, "http_429": pytest.xfail}}
    outcomes.get(lookloox_fault.name, str)()

@pytest.mark.lookloox_expired_token
def test_all_is_well(): pass
""")
    failing = ["unknown_app", "deleted_user", "http_500@authorize", "http_429@authorize"]

    result = pytester.runpytest_inprocess(
        "-n", processes, "--dist=loadgroup", REPORT, "--junitxml=junit.xml"
    )

    result.assert_outcomes(passed=3, failed=1, skipped=1, xfailed=1, errors=2)
    assert rows(result) == {
        **dict.fromkeys(NAMES, "not run  not run"),
        **dict.fromkeys(failing, "failed   not run"),
        "expired_token": "passed   passed",
    }
    assert result.outlines[-4:-2] == [
        "1  test_every_outcome.py::test_outcomes",
        "2  test_every_outcome.py::test_all_is_well",
    ]
    assert "<propert" not in Path("junit.xml").read_text(encoding="utf-8")


def test_other_parameters_are_part_of_the_name(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(f"""{LENIENT}
@pytest.mark.parametrize("first", ["a-b", "http_400"])
@pytest.mark.parametrize("last", ["z"])
class TestGroup:
    @pytest.mark.lookloox_fault("expired_token", "http_400@authorize")
    def test_it(self, first, lookloox_fault, last):
        assert first != "a-b" or lookloox_fault.name != "expired_token"
""")

    result = pytester.runpytest_inprocess(REPORT)

    assert rows(result)["expired_token"] == "failed   passed"
    test = "test_other_parameters_are_part_of_the_name.py::TestGroup::test_it"
    assert result.outlines[-4:-2] == [f"1  {test}[z-a-b]", f"2  {test}[z-http_400]"]


@pytest.mark.parametrize(
    ("marker", "counting"),
    [
        ("lookloox_fault('read_timeout@authorize')", ["read_timeout@authorize"]),
        ("lookloox_fault('expired_token@get_user_info')", ["expired_token"]),
        ("lookloox_reused_auth_key(times=1)", ["reused_auth_key"]),
        # It is not known at which of its endpoints the test expects the first.
        (
            "lookloox_fault('read_timeout', 'unknown_app', 'deleted_user')",
            ["unknown_app", "deleted_user"],
        ),
        ("lookloox_fault('read_timeout')", []),
        ("lookloox_fault('no_such_fault')", []),
        # On a class a marker need not take effect in every test.
        ("lookloox_fault('unknown_app')\nclass TestGroup:\n    @staticmethod", []),
    ],
)
def test_faults_of_markers_count_where_the_endpoint_is_known(
    pytester: pytest.Pytester, marker: str, counting: list[str]
) -> None:
    indent = "    " if "class" in marker else ""
    pytester.makepyfile(f"{LENIENT}\n@pytest.mark.{marker}\n{indent}def test_it(): pass")

    result = pytester.runpytest_inprocess(REPORT)

    ran = [name for name, cells in rows(result).items() if cells == "passed"]
    assert ran == counting
    if not counting:
        result.stdout.fnmatch_lines(["No test ran with a fault. Give a test the fixture*"])


def test_table_is_below_the_list_of_failures(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(f"{LENIENT}\ndef test_it(lookloox_fault): assert 0")

    lines = pytester.runpytest_inprocess(REPORT, "-rf", "--color=yes").outlines

    assert lines[-2] == "\x1b[31m\x1b[1m49 faults in 1 test: 49 failed, 0 passed, 0 not run\x1b[0m"
    assert "FAILED" not in "".join(lines[-53:])


@pytest.mark.parametrize("arguments", [(), (REPORT, "--collect-only")], ids=["unasked", "no run"])
def test_nothing_is_reported(pytester: pytest.Pytester, arguments: tuple[str, ...]) -> None:
    pytester.makepyfile(SUITE)

    result = pytester.runpytest_inprocess(*arguments)

    result.stdout.fnmatch_lines(["*49 *"])
    result.stdout.no_fnmatch_line("*Look Loox faults*")


@pytest.mark.parametrize("in_ini", ["", REPORT])
def test_option_does_not_take_the_tests_for_its_file(
    pytester: pytest.Pytester, in_ini: str
) -> None:
    pytester.makepyfile(suite=SUITE)
    pytester.makeini(f"[pytest]\naddopts = {in_ini}")

    result = pytester.runpytest_inprocess(*([] if in_ini else [REPORT]), "suite.py")

    result.assert_outcomes(passed=49)
    assert "/api/oauth" in result.outlines


@pytest.mark.parametrize("processes", ["0", "2"])
def test_page_replaces_the_table(pytester: pytest.Pytester, processes: str) -> None:
    pytester.makepyfile(SUITE)
    file = pytester.path.resolve() / "new" / "folder" / PAGE

    result = pytester.runpytest_inprocess("-n", processes, f"{REPORT}=new/folder/{PAGE}")

    assert "= Look Loox faults =" in result.outlines[-4]
    assert result.outlines[-3:-1] == [
        "49 faults in 1 test: 0 failed, 49 passed, 0 not run",
        f"Report: {file}",
    ]
    assert file.read_text(encoding="utf-8").endswith("</html>\n")


def test_page_needs_no_terminal_and_replaces_an_earlier_one(pytester: pytest.Pytester) -> None:
    odd = "test_\udce9.py"
    (pytester.path / odd).write_text(SUITE)
    page = pytester.path / PAGE
    page.write_text("An earlier page. " * 10_000)
    # The last two do not accept the name of that file.
    without = [f"-pno:{plugin}" for plugin in ("terminal", "cacheprovider", "randomly")]

    pytester.runpytest_inprocess(f"{REPORT}={PAGE}", "--collect-only", "-pno:cacheprovider")
    assert "An earlier page." in page.read_text(encoding="utf-8")
    pytester.runpytest_inprocess(f"{REPORT}={PAGE}", *without)

    source = page.read_text(encoding="utf-8")
    assert "All 49 faults passed" in source
    assert "\\udce9.py" in source
    assert "An earlier page." not in source


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("occupied.py/page.html", "cannot write it: *occupied.py*"),
        ("folder.html", "cannot write it: *folder.html*"),
        ("occupied.py", "the report is a page, so its name must end in .html"),
    ],
)
def test_file_is_checked_before_the_first_test(
    pytester: pytest.Pytester, file: str, message: str
) -> None:
    pytester.mkdir("folder.html")
    occupied = pytester.makepyfile(occupied=SUITE)

    result = pytester.runpytest_inprocess(f"{REPORT}={file}", occupied)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.outlines == []
    result.stderr.fnmatch_lines([f"ERROR: --lookloox-report={file}: {message}"])
    assert occupied.read_text() == SUITE
