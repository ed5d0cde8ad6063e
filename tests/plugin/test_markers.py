"""Wrong markers and configuration: one line for each mistake, before the test runs."""

from __future__ import annotations

import re

import pytest

from pytest_lookloox.options import OPTION_NAMES
from tests.conftest import Run

ALLOWED = f"allowed: {', '.join(OPTION_NAMES)}"

# The marker, and how its message goes on after the marker's name; `.*` is anything.
MARKERS = {
    "lookloox(bas_url='x')": f": unknown option 'bas_url'; did you mean 'base_url'? {ALLOWED}",
    "lookloox({'app_id': 'x'})": f": too many positional arguments; {ALLOWED}",
    "lookloox(app_id=7)": ": app_id must be a string, not int",
    "lookloox(token_lifetime=0)": ": .*use @pytest.mark.lookloox_expired_token",
    **{
        f"{marker}({arguments})": f": {reason}.*; allowed: times=N, or nothing"
        for marker in ("lookloox_expired_token", "lookloox_reused_auth_key")
        for arguments, reason in {
            "times=0": "times must be 1 or more, not 0",
            "times='2'": "times must be a whole number or None, not str",
            "1, 2": "too many positional arguments",
            "time=1": "got an unexpected keyword argument 'time'",
        }.items()
    },
    'lookloox_fault("http_530")': ": unknown fault 'http_530'; did you mean 'http_503'",
    'lookloox_fault("http_503", "read_timeout@oauth")': ": .*did you mean 'read_timeout@authorize",
    'lookloox_fault("http_503", times=0)': ": times must be 1 or more, not 0",
    'lookloox_fault("http_503", time=1)': ": got an unexpected keyword argument 'time'",
    "lookloox_fault": " takes names of faults: python -m pytest_lookloox faults lists them all",
    "lookloox_fault(times=1)": " takes names of faults: python -m pytest_lookloox faults lists",
    'lookloox_cassette("login", "second")': ": too many .*; it takes the name of a cassette",
}
CONFIGS = {
    "None": f" must return a dict of options, not NoneType; {ALLOWED}",
    "{1: 'x'}": f": unknown option 1; {ALLOWED}",
    "{'app_id': 7}": ": app_id must be a string, not int",
}
CONFIG = """
class TestIt:
    @pytest.fixture
    def lookloox_config(self): return {0}

    def test_it(self, lookloox): pass
"""
CLOSER_MARKER = """
@pytest.mark.lookloox(app_id=7)
class TestIt:
    @pytest.mark.lookloox(app_id="right")
    def test_it(self): pass
"""
PLAIN_HTTP = """
@pytest.mark.lookloox(base_url="http://a.invalid")
@pytest.mark.lookloox_fault("tls_error")
def test_it({0}): pass
"""
NEEDS_HTTPS = "tls_error needs https: a base_url with https://, and over lookloox_server @pytest"
UNITTEST = """
import unittest

@pytest.mark.usefixtures("{0}")
class TestIt(unittest.TestCase):
    def test_it(self): pass
"""
RUNS_ONCE = " runs a test once for each case, and a test of unittest.TestCase runs only once"
REFUSED = [
    *(
        (
            f"@pytest.mark.{mark}\ndef test_it(): pass",
            f"@pytest.mark.{mark.partition('(')[0]}{text}",
        )
        for mark, text in MARKERS.items()
    ),
    *(
        (CONFIG.format(config), f"The fixture lookloox_config{CONFIGS[config]}")
        for config in CONFIGS
    ),
    (CLOSER_MARKER, "@pytest.mark.lookloox: app_id must be"),
    *((PLAIN_HTTP.format(fixture), NEEDS_HTTPS) for fixture in ("", "lookloox_server")),
    *(
        (UNITTEST.format(fixture), fixture + RUNS_ONCE)
        for fixture in ("lookloox_fault", "lookloox_odd_user")
    ),
]


def test_what_is_refused(pytester: pytest.Pytester) -> None:
    for number, (test, _) in enumerate(REFUSED):
        pytester.makepyfile(**{f"test_{number:02}": f"import pytest\n\n{test}"})

    result = pytester.runpytest_inprocess("-pno:randomly")

    assert result.parseoutcomes() == {"errors": len(REFUSED)}
    told = re.findall(r"^UsageError: (.*)", str(result.stdout), re.M)
    for message, (test, expected) in zip(told, REFUSED, strict=True):
        assert re.match(".*".join(map(re.escape, expected.split(".*"))), message), (test, message)


@pytest.mark.parametrize(
    ("option", "value"),
    [("base_url", "lookloox.com"), ("base_url", "https://lookloox.com/api"), ("platform", "new")],
)
def test_wrong_ini_option(run: Run, pytester: pytest.Pytester, option: str, value: str) -> None:
    pytester.makeini(f"[pytest]\nlookloox_{option} = {value}")

    result = run("def test_it(lookloox): pass\ndef test_unused(): pass")

    result.assert_outcomes(passed=1, errors=1)
    wanted = f"UsageError: The ini option lookloox_{option}: {option} must b*'{value}'*"
    result.stdout.fnmatch_lines([wanted])


MISSPELT = """
import pytest

pytestmark = pytest.mark.lookloox_own

@pytest.mark.lookloox_expired_tokens
def test_marker(): pass

@pytest.mark.lookloox_odd_user
def test_marker_of_a_fixture(): pass

@pytest.mark.usefixtures("lookloox_odd_users")
def test_fixture(lookloox): pass

@pytest.fixture
def broken(lookloox_acces_token): pass

def test_fixture_of_a_fixture(broken): pass

def test_fixture_of_the_body(request):
    request.getfixturevalue("lookloox_severe")

def test_fixture_almost(looklox): pass

def test_fixture_of_the_suite(own_fixture): pass

def test_right(): pass
"""


def test_nearest_name_is_told(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nmarkers = lookloox_own(name): a marker of this suite")

    result = run(MISSPELT, "-pno:randomly", "-Wignore")

    result.assert_outcomes(passed=1, failed=1, errors=6)
    result.stdout.fnmatch_lines(
        [
            "unknown marker lookloox_expired_tokens: did you mean lookloox_expired_token[?] *",
            "unknown marker lookloox_odd_user: it is a fixture; name it as an argument of *",
            "There is no fixture lookloox_odd_users: did you mean lookloox_odd_user[?]",
            "There is no fixture lookloox_acces_token: did you mean lookloox_access_token[?]",
            "There is no fixture looklox: did you mean lookloox[?]",
            "There is no fixture lookloox_severe: did you mean lookloox_server[?]",
        ]
    )
    result.stdout.no_fnmatch_line("There is no fixture own_fixture*")
