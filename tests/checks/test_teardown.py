"""The teardown checks: what they report, when they say nothing, and how they are turned off."""

from __future__ import annotations

import pytest
import requests

from pytest_lookloox import LookLoox
from pytest_lookloox.faults.catalogue import find_fault
from pytest_lookloox.faults.injector import PlannedFault
from tests.client import TIMEOUT, ask, authorize, get_user_info

OPT_OUT = (
    "To opt out of these checks: @pytest.mark.lookloox(strict=False), or LookLoox(strict=False)."
)
THE_API = "GET /api/oauth, GET /api/authorize, GET /api/get_user_info"
NEVER_TOOK_EFFECT = (
    "The fault http_500 never took effect: no request reached /api/authorize or "
    "/api/get_user_info, so this test proves nothing. Exercise the client further, or remove "
    "the marker."
)


@pytest.fixture
def lookloox_config() -> dict[str, bool]:
    return {"strict": False}


def complaint(provider: LookLoox) -> str:
    """Return what the checks say, or `""`."""
    try:
        provider.check()
    except AssertionError as failure:
        return str(failure)
    return ""


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/authorise"),
        ("GET", "/api/authorize/"),
        ("GET", "/api/"),
        ("GET", "/"),
        ("GET", "/oauth"),
        ("POST", "/api/authorize"),
        ("HEAD", "/api/oauth"),
        ("PUT", "/api/get_user_info"),
    ],
)
def test_request_outside_the_api(lookloox: LookLoox, method: str, path: str) -> None:
    requests.request(method, f"{lookloox.base_url}{path}", timeout=TIMEOUT)

    assert complaint(lookloox) == (
        f"{method} {path} is outside the Look Loox API, which is {THE_API}: fix the client's URL "
        f"or method.\n{OPT_OUT}"
    )


@pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")
def test_errors_of_the_api_are_no_problem(lookloox: LookLoox) -> None:
    ask(lookloox, "oauth", {"app_secret": "x"})
    authorize(lookloox, "unknown")
    get_user_info(lookloox, "unknown")

    assert len(lookloox.calls) == 3
    assert complaint(lookloox) == ""


def test_stub_of_the_test_answers_for_itself(lookloox: LookLoox) -> None:
    url = f"{lookloox.base_url}/api/token"
    lookloox.stub.post(url)
    requests.post(url, timeout=TIMEOUT)

    assert complaint(lookloox) == ""


def test_each_problem_has_a_line_and_the_way_out_is_told_once(lookloox: LookLoox) -> None:
    lookloox._simulation.injector.plan(PlannedFault(find_fault("http_500"), required=True))
    lookloox._simulation.injector.plan(PlannedFault(find_fault("http_503")))
    ask(lookloox, "token", {}, "POST")
    ask(lookloox, "tokens", {})

    first, second, third, last = complaint(lookloox).splitlines()

    assert first.startswith("POST /api/token is outside")
    assert second.startswith("GET /api/tokens is outside")
    assert (third, last) == (NEVER_TOOK_EFFECT, OPT_OUT)


def test_message_is_short_and_shows_no_secret(lookloox: LookLoox) -> None:
    key = lookloox.issue_auth_key()
    ask(lookloox, f"auth_key={key}/{'x' * 100_000}", {"app_secret": lookloox.app.app_secret})

    assert key not in complaint(lookloox)
    assert lookloox.app.app_secret not in complaint(lookloox)
    assert len(complaint(lookloox)) < 500


class TestBlock:
    """Without pytest, the end of the `with` block is the teardown."""

    def test_end_runs_the_checks(self) -> None:
        with pytest.raises(AssertionError, match="/api/token is outside"), LookLoox() as provider:
            ask(provider, "token", {})

    def test_failed_block_is_left_alone(self) -> None:
        with pytest.raises(ZeroDivisionError), LookLoox() as provider:
            (ask(provider, "token", {}), 1 / 0)

    def test_end_of_one_that_is_not_strict(self) -> None:
        with LookLoox(strict=False) as provider:
            ask(provider, "token", {})

        assert "/api/token is outside" in complaint(provider)


SUITE = """
import unittest
import pytest
import requests
from requests.adapters import HTTPAdapter

REAL = HTTPAdapter.send
expired = pytest.mark.lookloox_expired_token

def ask(path, **params):
    requests.get("https://lookloox.com/api/" + path, params=params, timeout=5)


def test_failed_path(lookloox):
    ask("me")

@expired
def test_failed_marker_alone():
    pass

@pytest.mark.lookloox_reused_auth_key
def test_failed_marker(lookloox):
    lookloox.approve()
    ask("authorize")

@pytest.mark.lookloox_fault("http_500", "http_503@authorize")
def test_failed_fault(lookloox):
    lookloox.issue_access_token()

@pytest.mark.parametrize("x", [pytest.param(1, marks=expired)])
def test_failed_parameter(lookloox, x):
    ask("get_user_info")


def test_passed_stubs_are_removed():
    assert HTTPAdapter.send is REAL

@expired
def test_passed_effect(lookloox):
    ask("get_user_info", access_token=lookloox.issue_access_token())

@expired
class TestClass:
    def test_passed_inherited(self):
        pass

class TestSubclass(TestClass):
    pass

@expired
@pytest.mark.lookloox(strict=False)
def test_passed_opted_out():
    ask("me")

@expired
def test_passed_skipped():
    pytest.skip("not today")

@expired
def test_passed_xfailed():
    pytest.xfail("known")

@pytest.mark.xfail(strict=True)
@expired
def test_passed_xfail_marker(lookloox):
    ask("me")
    assert False


@expired
def test_call_failed(lookloox):
    ask("me")
    assert False

@pytest.fixture
def broken(lookloox):
    raise ValueError

@expired
def test_setup_failed(broken):
    pass

@pytest.mark.usefixtures("lookloox")
class TestUnittest(unittest.TestCase):
    @expired
    def test_call_failed_unittest(self):
        self.fail()

    @expired
    def test_passed_skipped_unittest(self):
        self.skipTest("not today")

    @unittest.expectedFailure
    @expired
    def test_passed_xfailed_unittest(self):
        self.fail()

    @expired
    def test_call_failed_subtest(self):
        with self.subTest("profile"):
            self.fail()
"""


def test_which_tests_fail_at_teardown(pytester: pytest.Pytester) -> None:
    """A body that passed; one failure is enough, and one that stopped early proves nothing."""
    pytester.makepyfile(SUITE)

    recorder = pytester.inline_run()

    reports = [report for report in recorder.getreports() if isinstance(report, pytest.TestReport)]
    failed = {
        report.nodeid.rpartition("::")[2].partition("[")[0]: report
        for report in reports
        if report.failed
    }
    for report in reports:
        name = report.nodeid.rpartition("::")[2].partition("[")[0]
        where = failed[name].when if name in failed else None
        expected = {"test_passed": None, "test_failed": "teardown", "test_call": "call"}
        assert where == expected.get("_".join(name.split("_")[:2]), "setup"), name
    assert len({report.nodeid for report in reports}) == SUITE.count("def test_") + 1
    assert failed["test_failed_path"].longreprtext == (
        f"GET /api/me is outside the Look Loox API, which is {THE_API}: fix the client's URL or "
        f"method.\n{OPT_OUT}"
    )
    messages = {
        "test_failed_marker_alone": ["The marker lookloox_expired_token never took effect: no ac"],
        "test_failed_marker": ["The marker lookloox_reused_auth_key never took effect: no auth_k"],
        "test_failed_fault": [NEVER_TOOK_EFFECT, "The fault http_503@authorize never took effect"],
        "test_failed_parameter": ["The marker lookloox_expired_token never took effect: no access"],
    }
    for name, expected_lines in messages.items():
        *lines, last = failed[name].longreprtext.splitlines()
        assert last == OPT_OUT
        assert len(lines) == len(expected_lines)
        assert all(map(str.startswith, lines, expected_lines))
