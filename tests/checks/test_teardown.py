"""The teardown checks: what they report, when they say nothing, and how they are turned off."""

from __future__ import annotations

import pytest
import requests

from pytest_lookloox import LookLoox
from pytest_lookloox.checks.teardown import OPT_OUT
from pytest_lookloox.faults.catalogue import find_fault
from pytest_lookloox.faults.injector import PlannedFault
from tests.client import TIMEOUT, ask, authorize

THE_API = "GET /api/oauth, GET /api/authorize, GET /api/get_user_info"
NEVER_TOOK_EFFECT = (
    "The fault http_500 never took effect: no request reached /api/authorize or "
    "/api/get_user_info, so this test proves nothing. Exercise the client further, or remove "
    "the fault."
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
        *(("GET", "/api/authorise"), ("GET", "/api/"), ("GET", "/oauth")),
        *(("POST", "/api/oauth"), ("HEAD", "/api/oauth"), ("PUT", "/api/get_user_info")),
    ],
)
def test_request_outside_the_api(lookloox: LookLoox, method: str, path: str) -> None:
    requests.request(method, f"{lookloox.base_url}{path}", timeout=TIMEOUT)

    assert complaint(lookloox) == (
        f"{method} {path} is outside the Look Loox API, which is {THE_API}: fix the client's URL "
        f"or method.\n{OPT_OUT}"
    )


@pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")
@pytest.mark.parametrize(
    ("platform", "methods", "fault", "is_problem"),
    [
        ("documented", ["POST"], None, True),
        ("documented", ["POST", "GET"], None, False),
        ("current", ["GET"], None, True),
        ("current", ["GET", "POST"], None, False),
        ("current", ["GET"], "http_500", False),
        ("current", ["PUT"], "http_500", True),
    ],
)
def test_client_of_the_other_platform(
    platform: str, methods: list[str], fault: str | None, is_problem: bool
) -> None:
    """A client that tries both ways is right, and a fault may end it after the first."""
    with LookLoox(platform=platform, strict=False) as provider:
        if fault:
            provider.inject_fault(fault)
        for method in methods:
            ask(provider, "authorize", {}, method)

    assert bool(complaint(provider)) is is_problem
    hint = f'platform="{platform}" the parameters of authorize are read from a'
    assert (hint in complaint(provider)) is (is_problem and fault is None)


@pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")
def test_requests_that_are_in_order(lookloox: LookLoox) -> None:
    """Errors of the API, and what a stub of the test answers."""
    ask(lookloox, "oauth", {"app_secret": "x"})
    authorize(lookloox, "unknown")
    url = f"{lookloox.base_url}/api/token"
    lookloox.stub.post(url)
    requests.post(url, timeout=TIMEOUT)

    assert len(lookloox.calls) == 2
    assert complaint(lookloox) == ""


def test_each_problem_has_a_line_and_the_way_out_is_told_once(lookloox: LookLoox) -> None:
    planned = lookloox._simulation.injector.planned
    planned.append(PlannedFault(find_fault("http_500"), required=True))
    planned.append(PlannedFault(find_fault("http_503")))
    ask(lookloox, "token", {}, "POST")
    ask(lookloox, "tokens", {})

    first, second, third, last = complaint(lookloox).splitlines()

    assert first.startswith("POST /api/token is outside")
    assert second.startswith("GET /api/tokens is outside")
    assert (third, last) == (NEVER_TOOK_EFFECT, OPT_OUT)


def test_message_is_short_and_shows_no_secret(lookloox: LookLoox) -> None:
    secrets = lookloox.issue_auth_key(), lookloox.app.app_secret
    ask(lookloox, f"auth_key={secrets[0]}/{'x' * 100_000}", {"app_secret": secrets[1]})

    assert not any(secret in complaint(lookloox) for secret in secrets)
    assert len(complaint(lookloox)) < 500


def test_end_of_a_block() -> None:
    """Without pytest, the end of the `with` block is the teardown, unless it failed."""
    with pytest.raises(AssertionError, match="/api/token is outside"), LookLoox() as provider:
        ask(provider, "token", {})
    with pytest.raises(ZeroDivisionError), LookLoox() as provider:
        (ask(provider, "token", {}), 1 / 0)


SUITE = """
import unittest
import pytest
import requests

expired = pytest.mark.lookloox_expired_token

def ask(path, **params):
    requests.get("https://lookloox.com/api/" + path, params=params, timeout=5)


def test_failed_path(lookloox):
    ask("me")

@expired
def test_failed_marker_alone():
    pass

@pytest.mark.lookloox_fault("http_500", "http_503@authorize")
def test_failed_fault(lookloox):
    lookloox.issue_access_token()

@pytest.mark.parametrize("x", [pytest.param(1, marks=expired)])
def test_failed_parameter(lookloox, x):
    ask("get_user_info")


@expired
def test_passed_effect(lookloox):
    ask("get_user_info", access_token=lookloox.issue_access_token())

@expired
class TestClass:
    def test_passed_inherited(self):
        pass

@expired
@pytest.mark.lookloox(strict=False)
def test_passed_opted_out():
    ask("me")

@expired
def test_passed_skipped():
    pytest.skip("not today")

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
"""

MESSAGES = {
    "test_failed_path": ["GET /api/me is outside the Look Loox API"],
    "test_failed_marker_alone": ["The marker lookloox_expired_token never took effect: no access"],
    "test_failed_fault": [NEVER_TOOK_EFFECT, "The fault http_503@authorize never took effect"],
    "test_failed_parameter": ["The marker lookloox_expired_token never took effect: no access"],
}


def test_which_tests_fail_at_teardown(pytester: pytest.Pytester) -> None:
    """A body that passed; one failure is enough, and one that stopped early proves nothing."""
    pytester.makepyfile(SUITE)

    reports = pytester.inline_run().getreports("pytest_runtest_logreport")

    names = [report.nodeid.rpartition("::")[2].partition("[")[0] for report in reports]
    failed = {name: report for name, report in zip(names, reports, strict=True) if report.failed}
    assert {name: report.when for name, report in failed.items()} == {
        "test_setup_failed": "setup",
        "test_call_failed": "call",
        "test_call_failed_unittest": "call",
        **dict.fromkeys(MESSAGES, "teardown"),
    }
    assert len({report.nodeid for report in reports}) == SUITE.count("def test_")
    for name, expected_lines in MESSAGES.items():
        *lines, last = failed[name].longreprtext.splitlines()
        assert last == OPT_OUT
        assert len(lines) == len(expected_lines)
        assert all(map(str.startswith, lines, expected_lines))
