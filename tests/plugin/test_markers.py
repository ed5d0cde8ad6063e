"""Wrong markers and configuration: one line for each mistake, before the test runs."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from pytest_lookloox.options import OPTION_NAMES
from tests.conftest import Run

ALLOWED_OPTIONS = f"allowed: {', '.join(OPTION_NAMES)}"

# The marker, and how its message goes on after the marker's name.
MARKERS = {
    "lookloox(bas_url='x')": ": unknown option 'bas_url'; did you mean 'base_url'? "
    + ALLOWED_OPTIONS,
    "lookloox(zzz=1)": f": unknown option 'zzz'; {ALLOWED_OPTIONS}",
    "lookloox('https://sister.invalid')": " takes options by name, not 'https://sister.invalid'; "
    + ALLOWED_OPTIONS,
    "lookloox({'app_id': 'x'})": " takes options by name, not {'app_id': 'x'}; " + ALLOWED_OPTIONS,
    "lookloox(app_id=7)": ": app_id must be a string, not int",
    "lookloox(app_secret=' ')": ": app_secret must not be blank",
    "lookloox(strict=0)": ": strict must be True or False, not int",
    "lookloox(user={'user_mail': ''})": ": .*did you mean 'user_email'?",
    "lookloox(token_lifetime=0)": ": .*use @pytest.mark.lookloox_expired_token",
    "lookloox(error_status=302)": ": error_status must be 200, or .* from 400 to 511, not 302",
    "lookloox(allowed_hosts='localhost')": ": allowed_hosts must be a list of host names, not str",
    "lookloox(base_url='lookloox.com')": ": base_url must begin with https:// or http://",
    **{
        f"{marker}({arguments})": f": {reason}.*; allowed: times=N, or nothing"
        for marker in ("lookloox_expired_token", "lookloox_reused_auth_key")
        for arguments, reason in {
            "times=0": "times must be 1 or more, not 0",
            "times=True": "times must be a whole number or None, not bool",
            "times='2'": "times must be a whole number or None, not str",
            "-1": "times must be 1 or more, not -1",
            "1, 2": "too many positional arguments",
            "time=1": "got an unexpected keyword argument 'time'",
        }.items()
    },
    'lookloox_fault("http_530")': ": unknown fault 'http_530'; did you mean 'http_503'",
    'lookloox_fault("http_503", "read_timeout@oauth")': ": .*read_timeout happens at authorize and",
    'lookloox_fault("byte_order_mark")': ": .*is not a fault but a variation",
    "lookloox_fault(503)": ": the name of a fault is a string, not int",
    'lookloox_fault("http_503", times=0)': ": times must be 1 or more, not 0",
    'lookloox_fault("http_503", time=1)': ": got an unexpected keyword argument 'time'",
    "lookloox_fault": " takes names of faults: python -m pytest_lookloox faults lists them all",
    "lookloox_fault(times=1)": " takes names of faults: python -m pytest_lookloox faults lists",
    "lookloox_cassette": ": .*'name'; it takes the name of a cassette",
    'lookloox_cassette("login", "second")': ": too many .*; it takes the name of a cassette",
}
CONFIGS = {
    "None": " must return a dict of options, not NoneType; allowed: base_url, ",
    "['app_id']": " must return a dict of options, not list; allowed: base_url, ",
    "{'appid': 'x'}": ": unknown option 'appid'; did you mean 'app_id'? allowed: base_url, ",
    "{1: 'x'}": ": unknown option 1; allowed: base_url, ",
    "{'app_id': 7}": ": app_id must be a string, not int",
}


def assert_refused(run: Run, tests: Iterable[str], wanted: Iterable[str]) -> None:
    """Check that each test ends in a usage error that begins as wanted; `.*` is anything."""
    for message, expected in zip(usage_errors(run, tests), wanted, strict=True):
        assert re.match(".*".join(map(re.escape, expected.split(".*"))), message), message


def usage_errors(run: Run, tests: Iterable[str]) -> list[str]:
    """Run these tests, all of which have to end in a usage error before they begin."""
    result = run("\n\n".join(["import pytest", *tests]), "-pno:randomly")
    assert set(result.parseoutcomes()) == {"errors"}
    # The plugin's own code is not shown.
    result.stdout.no_fnmatch_line("*pytest_lookloox/*.py:*")
    found = (re.fullmatch(r"E +(?:[\w.]*\.)?UsageError: (.*)", line) for line in result.outlines)
    return [match[1] for match in found if match]


def test_wrong_markers(run: Run) -> None:
    tests = [
        f"@pytest.mark.{mark}\ndef test_{number}(): pass" for number, mark in enumerate(MARKERS)
    ]
    names = [f"@pytest.mark.{mark.partition('(')[0]}" for mark in MARKERS]

    assert_refused(run, tests, map(str.__add__, names, MARKERS.values()))


def test_wrong_config(run: Run) -> None:
    tests = [
        f"class Test{number}:\n"
        f"    @pytest.fixture\n    def lookloox_config(self): return {config}\n\n"
        "    def test_it(self, lookloox): pass"
        for number, config in enumerate(CONFIGS)
    ]

    wanted = [f"The fixture lookloox_config{expected}" for expected in CONFIGS.values()]
    assert_refused(run, tests, wanted)


@pytest.mark.parametrize("value", ["lookloox.com", "https://lookloox.com/api"])
def test_wrong_ini_option(run: Run, pytester: pytest.Pytester, value: str) -> None:
    pytester.makeini(f"[pytest]\nlookloox_base_url = {value}")

    wanted = f"The ini option lookloox_base_url: base_url must be.*{value!r}"
    assert_refused(run, ["def test_it(lookloox): pass"], [wanted])


def test_wrong_option_is_found_though_a_closer_one_wins(run: Run) -> None:
    test = """
@pytest.mark.lookloox(app_id=7)
class TestIt:
    @pytest.mark.lookloox(app_id="right")
    def test_it(self): pass
"""

    assert_refused(run, [test], ["@pytest.mark.lookloox: app_id must be"])


def test_next_test_is_not_affected(run: Run) -> None:
    run(
        """
        import pytest
        from requests.adapters import HTTPAdapter

        REAL = HTTPAdapter.send

        @pytest.mark.lookloox(zzz=1)
        def test_wrong(): pass

        def test_next(): assert HTTPAdapter.send is REAL
        """,
        "-pno:randomly",
    ).assert_outcomes(passed=1, errors=1)


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (
            '@pytest.mark.lookloox_fault("tls_error")\ndef test_it(lookloox_server): pass',
            "tls_error needs https: a base_url with https://, and over lookloox_server @pytest",
        ),
        (
            '@pytest.mark.lookloox(base_url="http://a.invalid")\n'
            '@pytest.mark.lookloox_fault("tls_error")\ndef test_it(): pass',
            "tls_error needs https: a base_url with https://",
        ),
        *(
            (
                "import unittest\n\n"
                f'@pytest.mark.usefixtures("{fixture}")\n'
                "class TestIt(unittest.TestCase):\n    def test_it(self): pass",
                f"{fixture} runs a test once for each case, and a test of unittest.TestCase runs",
            )
            for fixture in ("lookloox_fault", "lookloox_odd_user")
        ),
    ],
)
def test_what_cannot_work(run: Run, test: str, expected: str) -> None:
    assert_refused(run, [test], [expected])


class TestCassette:
    """What contradicts the marker `lookloox_cassette`."""

    @pytest.mark.parametrize(
        ("marks", "expected"),
        [
            ('lookloox_cassette("no_such_one")', ": .*no_such_one"),
            ("lookloox_cassette(7)", ": .*"),
            (
                'lookloox_cassette("login") lookloox_expired_token',
                " and the marker of the fault expired_token contradict each other: ",
            ),
            (
                'lookloox_cassette("login") lookloox_fault("http_503@authorize")',
                " and the marker of the fault http_503@authorize contradict each other: ",
            ),
            (
                'lookloox_cassette("login") lookloox(approved=False,signed_in=True,strict=False)',
                ": a recording answers as it was recorded, whatever @pytest.mark.lookloox says of "
                "approved, signed_in: remove these, or the marker lookloox_cassette; a recording "
                "heeds base_url, redirect_url, allowed_hosts, tls, strict, app_id, app_secret",
            ),
        ],
    )
    def test_contradiction(self, run: Run, marks: str, expected: str) -> None:
        markers = "\n".join(f"@pytest.mark.{mark}" for mark in marks.split(" "))

        wanted = f"@pytest.mark.lookloox_cassette{expected}"
        assert_refused(run, [f"{markers}\ndef test_it(): pass"], [wanted])

    @pytest.mark.parametrize("fixture", ["lookloox_fault", "lookloox_odd_user"])
    def test_parametrised_fixture_beside_it(self, run: Run, fixture: str) -> None:
        test = f'@pytest.mark.lookloox_cassette("login")\ndef test_it({fixture}): pass'

        assert set(usage_errors(run, [test])) == {
            f"@pytest.mark.lookloox_cassette and the fixture {fixture} contradict each other: a "
            "recording answers as it was recorded; remove one"
        }

    def test_option_further_out_is_a_default(self, run: Run) -> None:
        run(
            """
            import pytest

            pytestmark = pytest.mark.lookloox(approved=False, strict=False)

            @pytest.mark.lookloox_cassette("login")
            def test_it(lookloox): pass
            """
        ).assert_outcomes(passed=1)
