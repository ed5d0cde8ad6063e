"""How often faults are applied, to what, and how several go together."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest

from pytest_lookloox import LookLoox
from pytest_lookloox.faults.catalogue import find_fault
from pytest_lookloox.faults.injector import FaultInjector, PlannedFault, Schedule
from pytest_lookloox.provider.api import Provider
from pytest_lookloox.provider.http import Request, Response
from pytest_lookloox.provider.models import DEFAULT_APP
from tests.client import ask, authorize, caller, get_user_info, key_in, visit

# The clients here repeat keys and tokens on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")

INVALID_KEY = "Bad Request, invalid auth_key"
INVALID_SECRET = "Bad Request, invalid app_secret"


def message(answer: Any) -> str | None:
    text: str | None = answer.json().get("message")
    return text


class TestSchedule:
    @pytest.mark.parametrize(
        ("times", "subjects", "due"),
        [
            (None, "abca", [True, True, True, True]),
            (1, "abca", [True, False, False, True]),
            (2, "aabca", [True, True, True, False, True]),
            (5, "abc", [True, True, True]),
        ],
    )
    def test_first_subjects_are_due(
        self, times: int | None, subjects: str, due: list[bool]
    ) -> None:
        schedule = Schedule(times)

        for subject, expected in zip(subjects, due, strict=True):
            assert schedule.is_due(subject) is expected
            if expected:
                schedule.count(subject)

    @pytest.mark.parametrize(
        ("times", "error", "says"),
        [
            (0, ValueError, "times must be 1 or more, not 0; leave it out for every time$"),
            (-1, ValueError, "times must be 1 or more, not -1"),
            ("1", TypeError, "times must be a whole number or None, not str$"),
            (1.0, TypeError, "a whole number or None, not float$"),
            (True, TypeError, "a whole number or None, not bool$"),
        ],
    )
    def test_wrong_times(self, times: Any, error: type[Exception], says: str) -> None:
        with pytest.raises(error, match=says):
            LookLoox().inject_fault("http_500", times)


class TestWhatIsCounted:
    def test_cleared_calls_count_all_the_same(self, lookloox: LookLoox) -> None:
        lookloox.inject_fault("http_500", times=2)
        call = caller(lookloox, "get_user_info")

        before = [call().status_code for _ in range(3)]
        lookloox.calls.clear()

        assert before == [500, 500, 200]
        assert [call().status_code for _ in range(2)] == [200, 200]

    def test_tokens_of_expired_token(self, lookloox: LookLoox) -> None:
        lookloox.inject_fault("expired_token", times=2)
        messages = []
        for repetitions in (2, 1, 2):
            token = lookloox.issue_access_token()
            messages += [message(get_user_info(lookloox, token)) for _ in range(repetitions)]

        assert messages == ["Bad Request, expired access_token"] * 3 + [None] * 2

    def test_keys_of_reused_auth_key(self, lookloox: LookLoox) -> None:
        lookloox.inject_fault("reused_auth_key", times=2)
        messages = [message(authorize(lookloox, "unknown"))]
        for repetitions in (2, 1, 1):
            auth_key = key_in(lookloox.approve())
            messages += [message(authorize(lookloox, auth_key)) for _ in range(repetitions)]

        assert messages == [INVALID_KEY] * 4 + [None]

    def test_key_that_was_refused_for_another_reason_is_still_due(self, lookloox: LookLoox) -> None:
        planned = PlannedFault(find_fault("reused_auth_key"), times=1, required=True)
        lookloox._simulation.injector.plan(planned)
        auth_key = lookloox.issue_auth_key()
        params = {"app_id": lookloox.app.app_id, "app_secret": "wrong", "auth_key": auth_key}

        messages = [
            message(ask(lookloox, "authorize", params)),
            message(authorize(lookloox, auth_key)),
            message(authorize(lookloox, lookloox.issue_auth_key())),
        ]

        assert messages == [INVALID_SECRET, INVALID_KEY, None]
        lookloox.check()


class TestSeveral:
    def test_faults_of_the_service_take_turns(self, lookloox: LookLoox) -> None:
        lookloox.inject_fault("http_503", times=2)
        lookloox.inject_fault("http_429", times=1)
        call = caller(lookloox, "authorize")

        assert [call().status_code for _ in range(4)] == [503, 503, 429, 200]

    def test_faults_of_the_api_all_apply_to_one_attempt(self, lookloox: LookLoox) -> None:
        """The one that was asked for last is the first to change the request."""
        planned = [
            PlannedFault(find_fault(name), 1)
            for name in ("deleted_user", "expired_token@get_user_info")
        ]
        for fault in planned:
            lookloox._simulation.injector.plan(fault)
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
    def injector(self) -> FaultInjector:
        provider = Provider()
        provider.register_app(DEFAULT_APP)
        provider.users["7"] = {"user_id": "7"}
        provider.visitor_id = "7"
        return FaultInjector(provider)

    def test_due_at_the_expected_endpoint_only(self, injector: FaultInjector) -> None:
        planned = PlannedFault(find_fault("tls_error@authorize"), times=2)
        injector.plan(PlannedFault(find_fault("http_500")))
        injector.plan(planned)

        due = []
        for endpoint in (None, "oauth", "get_user_info", "authorize"):
            injector.expect(endpoint)
            injector.handle(Request("GET", "/sign-in"))  # a page, which changes nothing
            due.append(injector.is_untrusted_certificate_due())

        assert due == [False, False, False, True]
        assert planned.took_effect
        again = [injector.is_untrusted_certificate_due() for _ in range(2)]
        assert again == [True, False]

    def test_steps_of_a_login_are_expected_in_order(self, injector: FaultInjector) -> None:
        injector.plan(PlannedFault(find_fault("tls_error")))
        due = [injector.is_untrusted_certificate_due()]

        def send(endpoint: str, **params: str) -> Response:
            request = Request("GET", f"/api/{endpoint}", urlencode(params), verifies=False)
            response = injector.handle(request)
            due.append(injector.is_untrusted_certificate_due())
            return response

        consent = f"app_id={DEFAULT_APP.app_id}&decision=approve".encode()
        injector.handle(Request("POST", "/consent", body=consent))
        due.append(injector.is_untrusted_certificate_due())
        injector.expect(None)
        visited = send("oauth", app_id=DEFAULT_APP.app_id)
        auth_key = key_in(visited.header("Location") or "")
        app = {"app_id": DEFAULT_APP.app_id, "app_secret": DEFAULT_APP.app_secret}
        authorized = send("authorize", auth_key=auth_key, **app)
        send("get_user_info", access_token=authorized.data["access_token"])

        assert due == [False, True, True, True, False]

    @pytest.mark.parametrize(("seconds", "due"), [(5.0, True), (5.1, False)])
    def test_expectation_ends_after_five_seconds(
        self,
        injector: FaultInjector,
        monkeypatch: pytest.MonkeyPatch,
        seconds: float,
        due: bool,
    ) -> None:
        clock = SimpleNamespace(monotonic=lambda: 100.0)
        monkeypatch.setattr("pytest_lookloox.faults.injector.time", clock)
        injector.plan(PlannedFault(find_fault("tls_error")))
        injector.expect("authorize")
        clock.monotonic = lambda: 100.0 + seconds

        assert injector.is_untrusted_certificate_due() is due


@pytest.mark.parametrize("name", ["empty_user_info", "missing_user_info"])
def test_changed_body_of_a_call_does_not_change_the_fault(lookloox: LookLoox, name: str) -> None:
    lookloox.inject_fault(name)
    get_user_info(lookloox, lookloox.issue_access_token())
    lookloox.calls[0].body["user_info"] = "changed"
    answer = get_user_info(lookloox, lookloox.issue_access_token())
    assert "changed" not in answer.text
    assert lookloox.calls[1].body.get("user_info") != "changed"


def test_changed_parameters_of_a_call_do_not_change_the_next_one(lookloox: LookLoox) -> None:
    token = lookloox.issue_access_token()
    get_user_info(lookloox, token)
    lookloox.calls[0].params["access_token"] = "changed"  # type: ignore[index]
    assert get_user_info(lookloox, token).json() == {"user_info": lookloox.user}
    assert lookloox.calls[1].params == {"access_token": token}
