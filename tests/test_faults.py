"""The catalogue: what each fault does to a real `requests` call behind the stubs."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
import requests
import urllib3
from requests import exceptions

from pytest_lookloox import LookLoox, build_user_info
from pytest_lookloox.contract import ENDPOINTS
from pytest_lookloox.faults import FAULTS, find, one_by_one
from pytest_lookloox.scenarios import Scenario
from tests.clients import authorize, call, get_user_info, gets_in

# These ask in every wrong way, on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")

BOTH = ["authorize", "get_user_info"]
JSON = "application/json"
INVALID_SECRET = "Bad Request, invalid app_secret"
HTML = "text/html; charset=utf-8"


def error(message: str) -> dict[str, Any]:
    return {"error": True, "message": message}


# Answers that can be read as JSON: status and body, at each endpoint where the fault exists.
READABLE: dict[str, tuple[int, object]] = {
    "reused_auth_key": (200, error("Bad Request, invalid auth_key")),
    "wrong_app_secret": (200, error(INVALID_SECRET)),
    "unknown_app": (
        200,
        error(
            "We're sorry, but the application you're trying to use doesn't exist "
            "or has been disabled"
        ),
    ),
    "empty_access_token": (200, {"access_token": ""}),
    "missing_access_token": (200, {}),
    "unknown_token": (200, error("Bad Request, invalid access_token")),
    "expired_token": (200, error("Bad Request, expired access_token")),
    "deleted_user": (200, []),
    "empty_user_info": (200, {"user_info": build_user_info.empty()}),
    "missing_user_info": (200, {}),
    "api_disabled": (200, error("The developers module has been disabled by the admin")),
    "http_400": (400, error("Bad Request")),
    "http_401": (401, error("Unauthorized")),
    "http_429": (429, error("Too Many Requests")),
}
# Answers that cannot: status, content type and how the body begins.
UNREADABLE = {
    "http_500": (500, HTML, "<!doctype html><title>500 Internal Server Error</title>"),
    "http_502": (502, HTML, "<!doctype html><title>502 Bad Gateway</title>"),
    "http_503": (503, HTML, "<!doctype html><title>503 Service Unavailable</title>"),
    "maintenance_page": (200, HTML, "<!doctype html><title>Down for maintenance</title>"),
    "redirect_to_sign_in": (200, HTML, "<!doctype html>"),
    "empty_body": (200, JSON, ""),
    "malformed_json": (200, JSON, '{"'),
    "php_warning": (200, HTML, "<br />\n<b>Warning</b>:"),
}
RAISED = {
    "connect_timeout": exceptions.ConnectTimeout,
    "read_timeout": exceptions.ReadTimeout,
    "connection_refused": exceptions.ConnectionError,
    "connection_reset": exceptions.ConnectionError,
    "tls_error": exceptions.SSLError,
    "too_many_redirects": exceptions.TooManyRedirects,
    "truncated_json": exceptions.ChunkedEncodingError,
}
# Those at work before the provider's own logic: the key that was sent is still good.
NOTHING_SPENT = [
    "wrong_app_secret",
    "unknown_app",
    "api_disabled",
    "http_400",
    "http_401",
    "http_429",
    "http_500",
    "http_502",
    "http_503",
    "maintenance_page",
    "redirect_to_sign_in",
    "too_many_redirects",
    "connect_timeout",
    "connection_refused",
    "tls_error",
]
SPENT = [
    "empty_access_token",
    "missing_access_token",
    "empty_body",
    "malformed_json",
    "truncated_json",
    "php_warning",
    "read_timeout",
    "connection_reset",
]


def at_each_endpoint(names: Any) -> pytest.MarkDecorator:
    """Parameters for every one of these faults at each of its endpoints."""
    cases = [
        pytest.param(name, endpoint, id=f"{name}@{endpoint}")
        for name in names
        for endpoint in FAULTS[name].endpoints
    ]
    return pytest.mark.parametrize(("name", "endpoint"), cases)


def test_every_fault_is_tested_here() -> None:
    assert {*READABLE, *UNREADABLE, *RAISED, "missing_auth_key"} == set(FAULTS)


class TestWhatAClientMeets:
    @at_each_endpoint(READABLE)
    @pytest.mark.parametrize("asked_for", ["{name}", "{name}@{endpoint}"], ids=["", "in full"])
    def test_answer(self, lookloox: LookLoox, name: str, endpoint: str, asked_for: str) -> None:
        lookloox.inject_fault(asked_for.format(name=name, endpoint=endpoint))

        answer = call(lookloox, endpoint)

        assert (answer.status_code, answer.json()) == READABLE[name]
        assert answer.headers["Content-Type"] == JSON

    @at_each_endpoint(UNREADABLE)
    def test_answer_that_is_no_json(self, lookloox: LookLoox, name: str, endpoint: str) -> None:
        lookloox.inject_fault(name)

        answer = call(lookloox, endpoint)

        status, content_type, beginning = UNREADABLE[name]
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, content_type)
        assert answer.text.startswith(beginning)
        with pytest.raises(requests.JSONDecodeError):
            answer.json()

    @at_each_endpoint(RAISED)
    def test_exception(self, lookloox: LookLoox, name: str, endpoint: str) -> None:
        lookloox.inject_fault(name)

        with pytest.raises(requests.RequestException) as raised:
            call(lookloox, endpoint)

        assert type(raised.value) is RAISED[name]

    @at_each_endpoint(sorted(RAISED.keys() - {"truncated_json"}))
    def test_request_is_attached(self, lookloox: LookLoox, name: str, endpoint: str) -> None:
        """Except to a body that breaks off: there `requests` itself attaches none."""
        lookloox.inject_fault(name)

        with pytest.raises(requests.RequestException) as raised:
            call(lookloox, endpoint)

        assert raised.value.request is not None
        assert str(raised.value.request.url).startswith(f"{lookloox.base_url}/api/{endpoint}?")

    def test_missing_auth_key(self, lookloox: LookLoox) -> None:
        lookloox.inject_fault("missing_auth_key")

        page = requests.get(lookloox.app.login_url, allow_redirects=False, timeout=5)

        assert lookloox.approve() == lookloox.app.redirect_url
        assert (page.status_code, page.headers["Location"]) == (302, lookloox.app.redirect_url)

    @pytest.mark.lookloox_fault("missing_auth_key")
    def test_missing_auth_key_in_the_fixture(
        self, lookloox: LookLoox, lookloox_callback_url: str
    ) -> None:
        assert lookloox_callback_url == lookloox.app.redirect_url

    @pytest.mark.parametrize("name", ["http_429", "http_503"])
    def test_retry_after(self, lookloox: LookLoox, name: str) -> None:
        lookloox.inject_fault(name)

        assert call(lookloox, "authorize").headers["Retry-After"] == "1"

    @pytest.mark.parametrize("endpoint", BOTH)
    def test_redirect_that_is_not_followed(self, lookloox: LookLoox, endpoint: str) -> None:
        lookloox.inject_fault("redirect_to_sign_in")

        answer = call(lookloox, endpoint, allow_redirects=False)

        assert (answer.status_code, answer.headers["Location"], answer.text) == (
            302,
            "/sign-in",
            "",
        )

    @pytest.mark.parametrize("endpoint", BOTH)
    def test_loop_leads_to_itself(self, lookloox: LookLoox, endpoint: str) -> None:
        lookloox.inject_fault("too_many_redirects")

        with pytest.raises(requests.TooManyRedirects):
            call(lookloox, endpoint)

        first, second, *others = [call.params for call in lookloox.calls]
        assert len(others) == 29
        assert others == [second] * 29
        assert second == {**first, "attempt": "0"}

    def test_truncated_body_that_is_streamed(self, lookloox: LookLoox) -> None:
        lookloox.inject_fault("truncated_json")

        answer = call(lookloox, "authorize", stream=True)

        assert (answer.status_code, answer.headers["Content-Length"]) == (200, "52")
        with pytest.raises(exceptions.ChunkedEncodingError, match="26 bytes read, 26 more"):
            _ = answer.content

    @pytest.mark.parametrize(
        ("timeout", "shown"),
        [(7, "7"), ((3, 7), "7"), (urllib3.Timeout(read=7), "7"), (None, "None")],
    )
    def test_read_timeout_names_the_clients_own(
        self, lookloox: LookLoox, timeout: Any, shown: str
    ) -> None:
        lookloox.inject_fault("read_timeout")

        with pytest.raises(requests.ReadTimeout, match=rf"\(read timeout={shown}\)"):
            call(lookloox, "authorize", timeout=timeout)

    @pytest.mark.lookloox(base_url="http://community.example:8080")
    @pytest.mark.parametrize("name", ["connect_timeout", "connection_refused", "read_timeout"])
    def test_message_names_the_host(self, lookloox: LookLoox, name: str) -> None:
        lookloox.inject_fault(name)

        with pytest.raises(requests.RequestException) as raised:
            call(lookloox, "authorize")

        assert "HTTPConnectionPool(host='community.example', port=8080)" in str(raised.value)

    @pytest.mark.lookloox(base_url="http://community.example")
    def test_certificate_needs_https(self, lookloox: LookLoox) -> None:
        with pytest.raises(ValueError, match="tls_error needs https, and http://community"):
            lookloox.inject_fault("tls_error")

    @pytest.mark.lookloox_fault("tls_error")
    def test_who_does_not_verify_gets_in(self, lookloox: LookLoox) -> None:
        token = authorize(lookloox, lookloox.issue_auth_key(), verify=False).json()["access_token"]

        answer = get_user_info(lookloox, token, verify=False)

        assert answer.json() == {"user_info": lookloox.user}


class TestWhatIsSpent:
    @pytest.mark.parametrize("name", NOTHING_SPENT)
    def test_nothing(self, lookloox: LookLoox, name: str) -> None:
        assert "access_token" in self.second_answer(lookloox, name)

    @pytest.mark.parametrize("name", SPENT)
    def test_auth_key(self, lookloox: LookLoox, name: str) -> None:
        assert self.second_answer(lookloox, name) == error("Bad Request, invalid auth_key")

    def second_answer(self, lookloox: LookLoox, name: str) -> Any:
        """What a client hears that sends the same auth_key again after the fault."""
        lookloox.inject_fault(f"{name}@authorize", times=1)
        auth_key = lookloox.issue_auth_key()
        with contextlib.suppress(requests.RequestException):
            authorize(lookloox, auth_key)
        return authorize(lookloox, auth_key).json()


class TestHowOften:
    @pytest.mark.parametrize("name", [str(fault) for fault in one_by_one()])
    def test_every_attempt_without_times(self, lookloox: LookLoox, name: str) -> None:
        lookloox.inject_fault(name)

        assert [gets_in(lookloox) for _ in range(3)] == [False, False, False]

    @pytest.mark.parametrize("name", FAULTS)
    def test_second_login_works_after_one(self, lookloox: LookLoox, name: str) -> None:
        lookloox.inject_fault(name, times=1)

        assert [gets_in(lookloox) for _ in range(3)] == [False, True, True]

    def test_faults_take_turns(self, lookloox: LookLoox) -> None:
        lookloox.inject_fault("http_503", times=2)
        lookloox.inject_fault("http_429", times=1)

        assert [call(lookloox, "authorize").status_code for _ in range(4)] == [503, 503, 429, 200]

    @pytest.mark.parametrize("name", ["connection_reset", "connection_refused", "connect_timeout"])
    def test_retry_of_the_client_gets_through(self, lookloox: LookLoox, name: str) -> None:
        lookloox.inject_fault(f"{name}@get_user_info", times=2)

        assert call(lookloox, "get_user_info", retries=urllib3.Retry(2)).ok

    def test_retry_of_the_client_gives_up(self, lookloox: LookLoox) -> None:
        lookloox.inject_fault("connection_refused", times=3)

        with pytest.raises(
            requests.ConnectionError, match=r"Max retries exceeded with url: /api/authorize\?"
        ):
            call(lookloox, "authorize", retries=2)

        assert len(lookloox.calls) == 3


class TestWhereElse:
    @pytest.mark.parametrize("fault", one_by_one(), ids=str)
    def test_the_other_endpoints_are_well(self, lookloox: LookLoox, fault: Any) -> None:
        others = set(BOTH) - set(fault.endpoints) - {"authorize" if "key" in fault.name else ""}
        lookloox.inject_fault(str(fault))

        for endpoint in others:
            answer = call(lookloox, endpoint)
            assert (answer.status_code, "error" in answer.json()) == (200, False)

    @pytest.mark.parametrize("name", ["http_500", "connection_refused", "read_timeout"])
    def test_the_browser_is_well(self, lookloox: LookLoox, name: str) -> None:
        lookloox.inject_fault(name)

        page = requests.get(lookloox.app.login_url, allow_redirects=False, timeout=5)

        assert page.status_code == 302


class TestCalls:
    """What a test can read afterwards about requests that a fault befell."""

    @pytest.mark.parametrize(
        ("name", "status", "body", "message"),
        [
            ("http_401", 401, error("Unauthorized"), None),
            ("empty_body", 200, "", None),
            ("connection_refused", 0, None, "connection_refused"),
            ("read_timeout", 0, None, "read_timeout"),
            ("truncated_json", 200, None, "truncated"),
            ("wrong_app_secret", 200, READABLE["wrong_app_secret"][1], INVALID_SECRET),
        ],
    )
    def test_call(
        self, lookloox: LookLoox, name: str, status: int, body: object, message: str | None
    ) -> None:
        lookloox.inject_fault(name)

        with contextlib.suppress(requests.RequestException):
            call(lookloox, "authorize")

        [made] = lookloox.calls
        assert (made.endpoint, made.status, made.body) == ("authorize", status, body)
        assert made.error == message


class TestCatalogue:
    @pytest.mark.parametrize("fault", FAULTS.values(), ids=str)
    def test_every_entry_says_all(self, fault: Any) -> None:
        assert FAULTS[fault.name] is fault
        assert set(fault.endpoints) <= set(ENDPOINTS)
        assert fault.description.endswith(".")
        assert fault.advice.endswith(".")
        assert fault.source

    def test_one_by_one(self) -> None:
        assert len(one_by_one()) == 49
        assert [str(fault) for fault in find("http_401").one_by_one()] == [
            "http_401@authorize",
            "http_401@get_user_info",
        ]
        assert str(find("expired_token@get_user_info")) == "expired_token"

    def test_what_a_failed_test_shows(self) -> None:
        assert repr(find("deleted_user")) == (
            "<Fault deleted_user: The user no longer exists: the answer is `[]`, a JSON list. "
            "A good client: Log nobody in unless the answer is an object; end the user's sessions.>"
        )

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("expired_tokens", "unknown fault 'expired_tokens'; did you mean 'expired_token' or"),
            ("read_timeout@authorise", "'read_timeout@authorise': read_timeout happens at author"),
            (
                "expired_token@oauth",
                "'expired_token@oauth': expired_token happens at get_user_info",
            ),
            ("", "unknown fault ''; python -m pytest_lookloox faults lists them all"),
            ("slow_answer", r"no fault but a variation .*: lookloox.vary\('slow_answer'\)"),
        ],
    )
    def test_unknown_name_is_refused(self, lookloox: LookLoox, name: str, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            lookloox.inject_fault(name)

    @pytest.mark.parametrize("name", [None, 500, ["http_500"]])
    def test_what_is_no_name_is_refused(self, lookloox: LookLoox, name: Any) -> None:
        with pytest.raises(TypeError, match="a fault is asked for by its name, not"):
            lookloox.inject_fault(name)

    @pytest.mark.parametrize("times", [0, -1])
    def test_times_below_one_is_refused(self, lookloox: LookLoox, times: int) -> None:
        with pytest.raises(ValueError, match="times must be 1 or more"):
            lookloox.inject_fault("http_500", times)

    def test_fault_asked_for_at_the_wrong_endpoint_names_the_right_ones(self) -> None:
        with pytest.raises(ValueError, match=r": api_disabled happens at authorize and get_user_"):
            find("api_disabled@oauth")

    def test_a_name_that_is_far_off_still_finds_its_like(self) -> None:
        with pytest.raises(ValueError, match=r"did you mean 'tls_error'"):
            find("tls")

    def test_no_more_than_three_are_proposed(self) -> None:
        with pytest.raises(ValueError, match=r"did you mean '[^']+' or '[^']+' or '[^']+'\?"):
            find("http_5")

    def test_what_is_no_name_is_called_by_its_type(self) -> None:
        with pytest.raises(TypeError, match=r"not int$"):
            find(7)  # type: ignore[arg-type]


def test_times_of_an_expired_token_counts_tokens_not_requests(lookloox: LookLoox) -> None:
    lookloox.inject_fault("expired_token", times=2)
    first = lookloox.issue_access_token()
    get_user_info(lookloox, first)
    get_user_info(lookloox, first)

    second = lookloox.issue_access_token()
    assert "expired" in get_user_info(lookloox, second).json()["message"]
    assert call(lookloox, "get_user_info").json() == {"user_info": lookloox.user}


def test_a_reused_key_has_taken_place_whatever_comes_after(lookloox: LookLoox) -> None:
    lookloox.plan(Scenario("reused_auth_key", 1, required=True))
    authorize(lookloox, lookloox.issue_auth_key())
    authorize(lookloox, "unheard-of")

    lookloox.check()


def test_a_key_that_nobody_was_handed_out_is_no_reused_one(lookloox: LookLoox) -> None:
    scenario = Scenario("reused_auth_key")
    lookloox.plan(scenario)
    authorize(lookloox, "unheard-of")

    assert scenario.took_place is False
