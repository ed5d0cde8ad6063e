"""How often faults are applied, to what, and how several go together."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests
from freezegun import freeze_time

from pytest_lookloox import LookLoox
from pytest_lookloox.faults.catalogue import find_fault
from pytest_lookloox.faults.injector import FaultInjector
from pytest_lookloox.provider.http import Request
from tests.client import ask, authorize, caller, get_user_info, key_in, visit
from tests.faults.conftest import BOTH_PLATFORMS, plan

# The clients here repeat keys and tokens on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")

INVALID_KEY = "Bad Request, invalid auth_key"
INVALID_SECRET = "Bad Request, invalid app_secret"


def message(answer: Any) -> str | None:
    text: str | None = answer.json().get("message")
    return text


class TestWhatIsCounted:
    @pytest.mark.parametrize(
        ("times", "error", "says"),
        [
            (0, ValueError, "times must be 1 or more, not 0; leave it out for every time$"),
            (1.0, TypeError, "times must be a whole number or None, not float$"),
            (True, TypeError, "a whole number or None, not bool$"),
        ],
    )
    def test_wrong_times(self, times: Any, error: type[Exception], says: str) -> None:
        with pytest.raises(error, match=says):
            LookLoox().inject_fault("http_500", times)

    def test_cleared_calls_count_all_the_same(self, lookloox: LookLoox) -> None:
        lookloox.inject_fault("http_500", times=2)
        call = caller(lookloox, "get_user_info")

        before = [call().status_code for _ in range(3)]
        lookloox.calls.clear()

        assert before == [500, 500, 200]
        assert [call().status_code for _ in range(2)] == [200, 200]

    @BOTH_PLATFORMS
    @pytest.mark.parametrize("fault", ["reused_auth_key", "expired_token"])
    def test_keys_and_tokens(self, lookloox: LookLoox, fault: str) -> None:
        lookloox.inject_fault(fault, times=2)
        endpoint = find_fault(fault).endpoints[0]
        works = []
        for repetitions in (2, 1, 1):
            call = caller(lookloox, endpoint)
            works += [message(call()) is None for _ in range(repetitions)]

        assert works == [False, False, False, True]

    def test_key_that_was_refused_for_another_reason_is_still_due(self, lookloox: LookLoox) -> None:
        planned = plan(lookloox, "reused_auth_key")
        auth_key = lookloox.issue_auth_key()
        params = {"app_id": lookloox.app.app_id, "app_secret": "wrong", "auth_key": auth_key}

        messages = [
            message(ask(lookloox, "authorize", params)),
            message(authorize(lookloox, "unknown")),
            message(authorize(lookloox, auth_key)),
            message(authorize(lookloox, lookloox.issue_auth_key())),
        ]

        assert messages == [INVALID_SECRET, INVALID_KEY, INVALID_KEY, None]
        assert planned.took_effect


class TestSeveral:
    def test_faults_of_the_service_take_turns(self, lookloox: LookLoox) -> None:
        lookloox.inject_fault("http_503", times=2)
        lookloox.inject_fault("http_429", times=1)
        call = caller(lookloox, "authorize")

        assert [call().status_code for _ in range(4)] == [503, 503, 429, 200]

    def test_fault_that_another_one_hid(self, lookloox: LookLoox) -> None:
        lookloox.inject_fault("http_503", times=1)
        planned = plan(lookloox, "http_429")
        call = caller(lookloox, "authorize")

        assert call().status_code == 503
        assert planned.why_missed == "the fault http_503 came first"
        assert call().status_code == 429

    def test_faults_of_the_api_all_apply_to_one_attempt(self, lookloox: LookLoox) -> None:
        """The one that was asked for last is the first to change the request."""
        planned = [plan(lookloox, name) for name in ("deleted_user", "expired_token")]
        token = lookloox.issue_access_token()

        assert message(get_user_info(lookloox, token)) == "Bad Request, expired access_token"
        assert [fault.took_effect for fault in planned] == [False, True]
        assert get_user_info(lookloox, lookloox.issue_access_token()).json() == []
        assert [fault.took_effect for fault in planned] == [True, True]

    def test_service_is_in_front_of_the_api(self, lookloox: LookLoox) -> None:
        lookloox.inject_fault("reused_auth_key", times=1)
        lookloox.inject_fault("http_503", times=1)
        lookloox.inject_fault("php_warning", times=1)
        call = caller(lookloox, "authorize")

        answers = [call().text for _ in range(2)]

        assert "503" in answers[0]
        assert answers[1].startswith("<br />")
        assert INVALID_KEY in answers[1]

    def test_browser_meets_no_fault_of_the_service(self, lookloox: LookLoox) -> None:
        for name in ("http_500", "connection_refused", "api_disabled"):
            lookloox.inject_fault(name)

        assert visit(lookloox).status_code == 302


class TestHandshake:
    """Over TLS, `tls_error` has to be shown before the server knows the endpoint."""

    @pytest.fixture
    def lookloox_config(self) -> dict[str, bool]:
        return {"approved": False}

    @pytest.fixture
    def injector(self, lookloox: LookLoox) -> FaultInjector:
        return lookloox._simulation.injector

    def test_due_at_the_expected_endpoint_only(
        self, lookloox: LookLoox, injector: FaultInjector
    ) -> None:
        lookloox.inject_fault("http_500")
        lookloox.inject_fault("tls_error@authorize", times=2)

        due = []
        for endpoint in (None, "oauth", "get_user_info", "authorize"):
            injector.expect(endpoint)
            injector.handle(Request("GET", "/sign-in"))  # a page, which changes nothing
            due.append(injector.is_untrusted_certificate_due())

        assert due == [False, False, False, True]
        assert injector.planned[1].took_effect
        again = [injector.is_untrusted_certificate_due() for _ in range(2)]
        assert again == [True, False]

    @pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
    def test_steps_of_a_login_are_expected_in_order(
        self, lookloox: LookLoox, injector: FaultInjector
    ) -> None:
        lookloox.inject_fault("tls_error")
        consent = {"app_id": lookloox.app.app_id, "decision": "approve"}
        url = f"{lookloox.base_url}/consent"
        due = [injector.is_untrusted_certificate_due()]

        def note(answer: requests.Response) -> requests.Response:
            due.append(injector.is_untrusted_certificate_due())
            return answer

        note(requests.post(url, consent, allow_redirects=False, verify=False, timeout=5))
        injector.expect(None)
        auth_key = key_in(note(visit(lookloox, verify=False)).headers["Location"])
        token = note(authorize(lookloox, auth_key, verify=False)).json()["access_token"]
        note(get_user_info(lookloox, token, verify=False))

        assert due == [False, True, True, True, False]

    @pytest.mark.parametrize(("seconds", "due"), [(5.0, True), (5.1, False)])
    def test_expectation_ends_after_five_seconds(
        self, lookloox: LookLoox, monkeypatch: pytest.MonkeyPatch, seconds: float, due: bool
    ) -> None:
        times = iter([100, 100 + seconds])
        monkeypatch.setattr("pytest_lookloox.faults.injector._seconds", lambda: next(times))
        lookloox.inject_fault("tls_error")
        injector = lookloox._simulation.injector
        injector.expect("authorize")

        assert injector.is_untrusted_certificate_due() is due

    @pytest.mark.skipif(not hasattr(time, "clock_gettime"), reason="no such clock here")
    def test_time_that_a_test_moves_does_not_end_it(self, lookloox: LookLoox) -> None:
        lookloox.inject_fault("tls_error")
        injector = lookloox._simulation.injector
        with freeze_time("2030-01-01") as stopped:
            injector.expect("authorize")
            stopped.tick(3600)
            assert injector.is_untrusted_certificate_due()


@pytest.mark.parametrize("name", ["empty_user_info", "missing_user_info"])
def test_changed_body_of_a_call_does_not_change_the_fault(lookloox: LookLoox, name: str) -> None:
    lookloox.inject_fault(name)
    get_user_info(lookloox, lookloox.issue_access_token())
    lookloox.calls[0].body["user_info"] = "changed"
    answer = get_user_info(lookloox, lookloox.issue_access_token())
    assert "changed" not in answer.text
    assert lookloox.calls[1].body.get("user_info") != "changed"
