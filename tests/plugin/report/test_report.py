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
ALL = len(NAMES)


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
    if lookloox_fault.name == "unknown_app":
        raise OSError("at set-up")
    yield
    if lookloox_fault.name == "deleted_user":
        raise OSError("at teardown")

@pytest.mark.xdist_group("together")
@pytest.mark.lookloox_fault("unknown_app", "deleted_user", "expired_token", "http_500@authorize",
    "http_401@authorize", "http_429@authorize")
def test_outcomes(lookloox_fault, broken):
    outcomes = {{"http_500": pytest.fail, "http_401": pytest.skip, "http_429": pytest.xfail}}
    outcomes.get(lookloox_fault.name, str)()

@pytest.mark.lookloox_expired_token
def test_token(): pass
""")
    result = pytester.runpytest_inprocess(
        "-n", processes, "--dist=loadgroup", REPORT, "--junitxml=junit.xml"
    )

    result.assert_outcomes(passed=3, failed=1, skipped=1, xfailed=1, errors=2)
    assert rows(result) == {
        **dict.fromkeys(NAMES, "not run  not run"),
        "unknown_app": "failed  not run  OSError: at set-up",
        "deleted_user": "failed  not run  OSError: at teardown",
        "http_500@authorize": "failed  not run  Failed",
        "http_429@authorize": "failed  not run  _pytest.outcomes.XFailed",
        "expired_token": "passed   passed",
    }
    assert result.outlines[-4:-2] == [
        "1  test_every_outcome.py::test_outcomes[*]",
        "2  test_every_outcome.py::test_token",
    ]
    assert "<propert" not in Path("junit.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize("processes", ["0", "2"])
def test_reason_is_the_first_line_of_the_error(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, processes: str
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    pytester.makepyfile(f"""{LENIENT}
@pytest.mark.lookloox_fault("unknown_app", "wrong_app_secret", "unknown_token")
def test_1(lookloox_fault, lookloox_app):
    assert lookloox_fault.name != "unknown_app", "first line\\nsecond line"
    assert lookloox_fault.name != "wrong_app_secret", f"it shows {{lookloox_app.app_secret}}"
    raise ValueError("long " * 50)

@pytest.mark.lookloox_fault("expired_token")
def test_2(lookloox_fault, no_such_fixture): pass

@pytest.mark.lookloox_fault("deleted_user")
@pytest.mark.xfail(strict=True, reason="an old bug")
def test_3(lookloox_fault): pass
""")

    result = pytester.runpytest_inprocess("-n", processes, REPORT)

    long = "ValueError: " + "long " * 50
    reasons = {name: re.split(" {2,}", row)[3:] for name, row in rows(result).items()}
    assert {name: reason for name, [reason] in filter(all, reasons.items())} == {
        "unknown_app": "AssertionError: first line",
        "wrong_app_secret": "AssertionError: it shows ***",
        "unknown_token": f"{long[:120]}…",
        "expired_token": "fixture 'no_such_fixture' not found",
        "deleted_user": "[XPASS(strict)] an old bug",
    }


def test_other_parameters_are_part_of_the_name(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(f"""{LENIENT}
@pytest.mark.parametrize("first", ["a-b", "http_400"])
@pytest.mark.parametrize("last", ["z"])
class TestGroup:
    @pytest.mark.lookloox_fault("expired_token", "http_400@authorize")
    def test_it(self, first, lookloox_fault, last):
        if first == "a-b" and lookloox_fault.name == "expired_token":
            raise OSError
""")

    result = pytester.runpytest_inprocess(REPORT)

    assert rows(result)["expired_token"] == "failed   passed  OSError"
    test = "test_other_parameters_are_part_of_the_name.py::TestGroup::test_it"
    assert result.outlines[-4:-2] == [f"1  {test}[*-z-a-b]", f"2  {test}[*-z-http_400]"]


def test_faults_of_markers_count_where_the_endpoint_is_known(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(f"""{LENIENT}
@pytest.mark.lookloox_fault("read_timeout@authorize", "expired_token@get_user_info")
def test_1(): pass

@pytest.mark.lookloox_reused_auth_key(times=1)
def test_2(): pass

@pytest.mark.lookloox_fault("read_timeout", "unknown_app")
def test_it_is_not_known_at_which_of_its_endpoints_the_first_is_expected(): pass

@pytest.mark.lookloox_fault("no_such_fault")
def test_wrong(): pass

@pytest.mark.lookloox_fault("unknown_app")
class TestIt:
    def test_marker_of_a_class_need_not_take_effect_in_every_test(self): pass
""")

    result = pytester.runpytest_inprocess(REPORT)

    ran = {name: cells.split() for name, cells in rows(result).items() if "passed" in cells}
    assert ran == {
        "reused_auth_key": ["not", "run", "passed", "not", "run"],
        "unknown_app": ["not", "run", "not", "run", "passed"],
        "read_timeout@authorize": ["passed", "not", "run", "not", "run"],
        "expired_token": ["passed", "not", "run", "not", "run"],
    }
    assert "test_it_is_not_known" in result.outlines[-3]


def test_table_is_below_the_list_of_failures(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(f"{LENIENT}\ndef test_it(lookloox_fault): assert 0")

    lines = pytester.runpytest_inprocess(REPORT, "-rf", "--color=yes").outlines

    assert lines[-2] == f"\x1b[31m{ALL} of {ALL} faults fail a test\x1b[0m"
    assert "FAILED" not in "".join(lines[-53:])


@pytest.mark.parametrize(
    ("in_ini", "arguments", "is_written"),
    [
        ("", [], False),
        ("", [REPORT, "--collect-only"], False),
        ("", [REPORT], True),
        (REPORT, [], True),
    ],
)
def test_bare_option_does_not_take_the_tests_for_its_file(
    pytester: pytest.Pytester, in_ini: str, arguments: list[str], is_written: bool
) -> None:
    pytester.makepyfile(suite=SUITE)
    pytester.makeini(f"[pytest]\naddopts = {in_ini}")

    result = pytester.runpytest_inprocess(*arguments, "suite.py")

    result.stdout.fnmatch_lines([f"collected {ALL} items"])
    assert ("/api/oauth" in result.outlines) == is_written


@pytest.mark.parametrize("processes", ["0", "2"])
def test_page_replaces_the_table(pytester: pytest.Pytester, processes: str) -> None:
    pytester.makepyfile(SUITE)
    file = pytester.path.resolve() / "new" / "folder" / PAGE

    result = pytester.runpytest_inprocess("-n", processes, f"{REPORT}=new/folder/{PAGE}")

    assert "= Look Loox faults =" in result.outlines[-4]
    assert result.outlines[-3:-1] == [f"All {ALL} faults passed", f"Report: {file}"]
    source = file.read_text(encoding="utf-8")
    assert f"{pytester.path.name} · Log in with Look Loox" in source
    assert source.endswith("</html>\n")


def test_page_needs_no_terminal_and_replaces_an_earlier_one(pytester: pytest.Pytester) -> None:
    odd = "test_\udce9.py"
    (pytester.path / odd).write_text(f"{SUITE}\ndef test_2(lookloox_fault): pass")
    page = pytester.path / PAGE
    page.write_text("An earlier page. " * 10_000)
    # The last two do not accept the name of that file.
    without = [f"-pno:{plugin}" for plugin in ("terminal", "cacheprovider", "randomly")]

    pytester.runpytest_inprocess(f"{REPORT}={PAGE}", "--collect-only", "-pno:cacheprovider")
    assert "An earlier page." in page.read_text(encoding="utf-8")
    pytester.runpytest_inprocess(f"{REPORT}={PAGE}", *without)

    source = page.read_text(encoding="utf-8")
    assert f"All {ALL} faults passed" in source
    assert "\\udce9.py" in source
    assert "An earlier page." not in source


def test_page_lists_other_failed_tests_with_a_provider(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_it="""
        def test_passed(lookloox): pass
        def test_login(lookloox_app): assert not lookloox_app.app_id
        def test_other(): assert False
        """
    )

    result = pytester.runpytest_inprocess(f"{REPORT}={PAGE}")

    result.stdout.fnmatch_lines(["No fault fails, but 1 other test failed"])
    source = (pytester.path / PAGE).read_text(encoding="utf-8")
    assert re.findall(r"<dt>(<code>.*?</code>)</dt>\n<dd>(.*?)<", source) == [
        (
            "<code>test_<wbr>login</code>",
            "AssertionError: assert not &#x27;1029384756&#x27;",
        )
    ]


def test_page_says_why_the_run_was_stopped_and_at_which_site(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        def test_login(lookloox_app): assert not lookloox_app.app_id
        def test_it(lookloox_app): pytest.exit(f"No login.\\nIt has {lookloox_app.app_secret}")
        """
    )

    site = "--lookloox-site=http://me:password@127.0.0.1/login"
    pytester.runpytest_inprocess(f"{REPORT}={PAGE}", site, "-pno:randomly")

    source = (pytester.path / PAGE).read_text(encoding="utf-8")
    assert "<dd>No login.\nIt has ***</dd>" in source
    assert ">http://127.0.0.1/login · Log in with Look Loox" in source
    assert "<strong>1</strong> failed" in source


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("occupied.py/page.html", "*occupied.py*"),
        ("folder.html", "*folder.html*"),
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
