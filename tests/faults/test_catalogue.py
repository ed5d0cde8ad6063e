"""Every fault of the catalogue, once, through the stubs and through a real port."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
import urllib3
from requests import exceptions

from pytest_lookloox import LookLoox, build_user_info
from pytest_lookloox.faults.catalogue import FAULTS, faults_at_each_endpoint, find_fault
from pytest_lookloox.faults.fault import Fault
from pytest_lookloox.faults.injector import PlannedFault
from pytest_lookloox.provider.facts import ENDPOINTS
from tests.client import ask, authorize, caller, get_user_info, gets_in, log_in, visit

# The clients here repeat keys and tokens on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")

JSON = "application/json"
HTML = "text/html; charset=utf-8"
INVALID_TOKEN = "Bad Request, invalid access_token"
IMPATIENT = 0.3
LOOPBACK = ("http://127.0.0.1", "https://127.0.0.1")

Seen = tuple[int, str, Any]
"""Status, content type, and the JSON value or else the text of an answer."""


def error(message: str) -> dict[str, Any]:
    return {"error": True, "message": message}


def page(title: str) -> str:
    return f"<!doctype html><title>{title}</title><h1>{title}</h1>\n"


# What a client sees: an exception, or an answer; the text of one that is not JSON is a pattern.
SEEN: dict[str, type[Exception] | Seen] = {
    "missing_auth_key": (302, HTML, ""),
    "reused_auth_key": (200, JSON, error("Bad Request, invalid auth_key")),
    "wrong_app_secret": (200, JSON, error("Bad Request, invalid app_secret")),
    "unknown_app": (
        200,
        JSON,
        error(
            "We're sorry, but the application you're trying to use doesn't exist "
            "or has been disabled"
        ),
    ),
    "empty_access_token": (200, JSON, {"access_token": ""}),
    "missing_access_token": (200, JSON, {}),
    "unknown_token": (200, JSON, error(INVALID_TOKEN)),
    "expired_token": (200, JSON, error("Bad Request, expired access_token")),
    "deleted_user": (200, JSON, []),
    "empty_user_info": (200, JSON, {"user_info": build_user_info.empty()}),
    "missing_user_info": (200, JSON, {}),
    "api_disabled": (200, JSON, error("The developers module has been disabled by the admin")),
    "http_400": (400, JSON, error("Bad Request")),
    "http_401": (401, JSON, error("Unauthorized")),
    "http_429": (429, JSON, error("Too Many Requests")),
    "http_500": (500, HTML, page("500 Internal Server Error")),
    "http_502": (502, HTML, page("502 Bad Gateway")),
    "http_503": (503, HTML, page("503 Service Unavailable")),
    "maintenance_page": (200, HTML, page("Down for maintenance")),
    "redirect_to_sign_in": (200, HTML, "<!doctype html>.*Sign in.*"),
    "too_many_redirects": exceptions.TooManyRedirects,
    "empty_body": (200, JSON, ""),
    "malformed_json": (200, JSON, r"\{.+[\"}],\}"),
    "truncated_json": exceptions.ChunkedEncodingError,
    "php_warning": (200, HTML, r"<br />\n<b>Warning</b>: .*<br />\n\{.+\}"),
    "connect_timeout": exceptions.ConnectTimeout,
    "read_timeout": exceptions.ReadTimeout,
    "connection_refused": exceptions.ConnectionError,
    "connection_reset": exceptions.ConnectionError,
    "tls_error": exceptions.SSLError,
}
# The port of a server that hangs accepts connections all the same.
SEEN_AT_A_PORT = {"connect_timeout": exceptions.ReadTimeout}

# After these, a second attempt with the same key or token fails.
SPENT = {
    *("reused_auth_key", "empty_access_token", "missing_access_token", "expired_token"),
    *("empty_body@authorize", "malformed_json@authorize", "truncated_json@authorize"),
    *("php_warning@authorize", "read_timeout@authorize", "connection_reset@authorize"),
}


def patience_with(name: str) -> float:
    """Return a time-out: short only where it has to run out."""
    return IMPATIENT if "timeout" in name else 5


def see(ask: Callable[..., requests.Response], **options: Any) -> type[Exception] | Seen:
    """Return what a client sees of its call."""
    try:
        answer = ask(**options)
    except requests.RequestException as problem:
        return type(problem)
    try:
        content = answer.json()
    except requests.JSONDecodeError:
        content = answer.text
    return answer.status_code, answer.headers["Content-Type"], content


def is_as_expected(seen: type[Exception] | Seen, expected: type[Exception] | Seen) -> bool:
    if isinstance(expected, tuple) and isinstance(seen, tuple) and isinstance(expected[2], str):
        return seen[:2] == expected[:2] and bool(re.fullmatch(expected[2], seen[2], re.DOTALL))
    return seen == expected


def works(answer: requests.Response) -> bool:
    """Return whether an answer of any endpoint is a good one."""
    return "?auth_key=" in answer.headers.get("Location", "") or "error" not in answer.json()


@pytest.mark.parametrize("fault", faults_at_each_endpoint(), ids=str)
class TestFault:
    @pytest.fixture
    def lookloox_config(self, fault: Fault) -> dict[str, Any]:
        return {"tls": fault.name == "tls_error"}

    def test_each_attempt_fails_and_other_endpoints_work(
        self, provider: LookLoox, fault: Fault
    ) -> None:
        provider.inject_fault(str(fault))
        [endpoint] = fault.endpoints
        patience = patience_with(fault.name)

        assert all(works(caller(provider, other)()) for other in ENDPOINTS if other != endpoint)
        seen = see(caller(provider, endpoint), timeout=patience)

        at_a_port = SEEN_AT_A_PORT if provider.base_url.startswith(LOOPBACK) else {}
        assert is_as_expected(seen, at_a_port.get(fault.name, SEEN[fault.name])), seen
        if isinstance(seen, tuple) and fault.name != "redirect_to_sign_in":
            assert provider.calls[-1].body == seen[2]
        assert [gets_in(provider, timeout=patience) for _ in range(2)] == [False, False]

    def test_second_attempt_works_after_once(self, provider: LookLoox, fault: Fault) -> None:
        planned = PlannedFault(fault, times=1, required=True)
        provider._simulation.injector.plan(planned)
        ask = caller(provider, fault.endpoints[0])
        with pytest.raises(AssertionError, match=f"fault {fault} never took effect: "):
            provider.check()

        see(ask, timeout=patience_with(fault.name))

        provider.check()
        assert works(ask()) is (str(fault) not in SPENT)
        assert gets_in(provider)

    def test_time_out_may_be_a_total(self, lookloox: LookLoox, fault: Fault) -> None:
        lookloox.inject_fault(fault.name)
        call = caller(lookloox, fault.endpoints[0])

        assert is_as_expected(see(call, timeout=urllib3.Timeout(total=5)), SEEN[fault.name])
        see(call, timeout=urllib3.Timeout(total=5), retries=1)


@pytest.mark.parametrize(
    ("name", "seconds"),
    [("http_429", "1"), ("http_503", "1"), ("http_400", None), ("http_500", None)],
)
def test_retry_after(provider: LookLoox, name: str, seconds: str | None) -> None:
    provider.inject_fault(name)

    assert caller(provider, "authorize")().headers.get("Retry-After") == seconds


def test_missing_auth_key(provider: LookLoox) -> None:
    provider.inject_fault("missing_auth_key")

    assert provider.callback_url("x") == provider.approve() == provider.app.redirect_url
    assert visit(provider).headers["Location"] == provider.app.redirect_url
    consent = {"app_id": provider.app.app_id, "decision": "approve"}
    consented = requests.post(
        f"{provider.base_url}/consent", consent, allow_redirects=False, timeout=5
    )
    assert consented.headers["Location"] == provider.app.redirect_url
    assert [call.endpoint for call in provider.calls] == ["oauth"]


def test_redirects(provider: LookLoox) -> None:
    provider.inject_fault("redirect_to_sign_in@authorize")
    provider.inject_fault("too_many_redirects@get_user_info", times=1)

    answer = caller(provider, "authorize")(allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"], answer.text) == (302, "/sign-in", "")
    assert see(caller(provider, "get_user_info")) is exceptions.TooManyRedirects
    _, first, *others = [call.params for call in provider.calls]
    assert others == [{**first, "lookloox_attempt": "1"}] * 30


class TestUntrustedCertificate:
    @pytest.fixture
    def lookloox_config(self) -> dict[str, Any]:
        return {"tls": True}

    @pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
    def test_client_that_does_not_verify_gets_in(self, provider: LookLoox) -> None:
        planned = PlannedFault(FAULTS["tls_error"], required=True)
        provider._simulation.injector.plan(planned)

        assert log_in(provider, verify=False) == provider.user
        provider.check()


def test_untrusted_certificate_needs_https() -> None:
    with pytest.raises(ValueError, match=r"tls_error@authorize needs https, and http://a\.b "):
        LookLoox(base_url="http://a.b").inject_fault("tls_error@authorize")


@pytest.mark.parametrize("name", ["connection_reset", "connection_refused", "connect_timeout"])
def test_retries_of_the_client(provider: LookLoox, name: str) -> None:
    provider.inject_fault(name, times=3)
    seen = see(caller(provider, "authorize"), retries=1, timeout=patience_with(name))
    assert isinstance(seen, type)

    # A good answer has to arrive within this time-out, too.
    timeout = 1 if "timeout" in name else 5
    assert works(caller(provider, "get_user_info")(retries=urllib3.Retry(1), timeout=timeout))


# The fault, a call that does not meet it, and what the teardown check says.
MISSED = [
    ("missing_auth_key", "oauth", {"app_id": "x"}, "no visitor was sent back to the app, by appro"),
    ("reused_auth_key", "authorize", {"auth_key": "x"}, "no auth_key that was handed out reached"),
    ("wrong_app_secret", "authorize", {"app_secret": ""}, "no request with all its parameters rea"),
    ("unknown_app", "authorize", {"app_id": " "}, "no request with all its parameters reached /ap"),
    ("empty_access_token", "authorize", {"auth_key": "x"}, "no good auth_key reached /api/authori"),
    ("missing_access_token", "authorize", {"app_id": "x"}, "no good auth_key reached /api/authori"),
    ("unknown_token", "get_user_info", {"access_token": ""}, "no access token was used at /api/ge"),
    ("expired_token", "get_user_info", {"access_token": "x"}, "no access token was used at /api/g"),
    ("deleted_user", "get_user_info", {"access_token": "x"}, "no good access token was used at /a"),
    ("empty_user_info", "get_user_info", {"access_token": "x"}, "no good access token was used at"),
    ("missing_user_info", "get_user_info", {"access_token": "x"}, "no good access token was used "),
    ("api_disabled", "authorize", {"app_id": ""}, "no request reached /api/authorize or /api/get_"),
    ("http_500@authorize", "get_user_info", {}, "no request reached /api/authorize, so this test"),
]


@pytest.mark.parametrize(
    ("name", "endpoint", "changed", "reason"), MISSED, ids=[missed[0] for missed in MISSED]
)
def test_fault_that_is_missed(
    lookloox: LookLoox, name: str, endpoint: str, changed: dict[str, str], reason: str
) -> None:
    planned = PlannedFault(find_fault(name), times=1, required=True)
    lookloox._simulation.injector.plan(planned)
    app = lookloox.app
    params = {
        "app_id": app.app_id,
        "app_secret": app.app_secret,
        "auth_key": lookloox.issue_auth_key(),
        "access_token": lookloox.issue_access_token(),
        **changed,
    }

    ask(lookloox, endpoint, params, allow_redirects=False)

    with pytest.raises(AssertionError, match=f"The fault {name} never took effect: {reason}"):
        lookloox.check()
    gets_in(lookloox)
    lookloox.check()


# A client that trusts any answer of status 200: what lets it in.
CARELESS_CLIENT_GETS_IN = {
    *("reused_auth_key", "wrong_app_secret", "unknown_app"),
    *("empty_access_token", "missing_access_token"),
    *("unknown_token", "expired_token", "deleted_user", "empty_user_info", "missing_user_info"),
    *("api_disabled@authorize", "api_disabled@get_user_info", "missing_auth_key"),
    *("maintenance_page@get_user_info", "redirect_to_sign_in@get_user_info"),
    *("empty_body@get_user_info", "malformed_json@get_user_info", "php_warning@get_user_info"),
}


def test_careless_client_is_found_out(lookloox: LookLoox, lookloox_fault: Fault) -> None:
    """The two-line test of the README fails for it, once for each of these faults."""
    auth_key = lookloox.approve().partition("?auth_key=")[2]
    try:
        authorized = authorize(lookloox, auth_key, timeout=None)
        token = authorized.json().get("access_token") if authorized.ok else None
        is_in = authorized.ok and get_user_info(lookloox, token or "", timeout=None).ok
    except requests.RequestException:
        is_in = False

    assert is_in is (str(lookloox_fault) in CARELESS_CLIENT_GETS_IN)


@pytest.mark.parametrize(
    ("name", "recorded"),
    [
        ("http_401", (401, error("Unauthorized"), "Unauthorized")),
        ("empty_body", (200, "", None)),
        ("connection_refused", (0, None, "connection_refused")),
        ("read_timeout", (0, None, "read_timeout")),
        ("truncated_json", (200, None, "truncated")),
        ("unknown_token", (200, error(INVALID_TOKEN), INVALID_TOKEN)),
    ],
)
def test_recorded_call(lookloox: LookLoox, name: str, recorded: tuple[Any, ...]) -> None:
    lookloox.inject_fault(name)

    see(caller(lookloox, "get_user_info"))

    [call] = lookloox.calls
    assert (call.endpoint, call[2:5]) == ("get_user_info", recorded)


class TestEntries:
    def test_they_are_complete_and_in_the_order_of_a_login(self) -> None:
        assert list(FAULTS) == list(SEEN)
        assert len(faults_at_each_endpoint()) == 49
        for name, fault in FAULTS.items():
            assert fault.name == name
            assert fault.source
            assert fault.description.endswith(".")
            assert fault.advice.endswith(".")
        others = [name for name, fault in FAULTS.items() if not fault.is_of_the_api]
        assert others == list(SEEN)[list(SEEN).index("http_400") :]

    def test_labels(self) -> None:
        each = find_fault("http_401").at_each_endpoint()
        assert list(map(str, each)) == ["http_401@authorize", "http_401@get_user_info"]
        assert str(find_fault("expired_token@get_user_info")) == "expired_token"

    def test_what_a_failed_test_shows(self) -> None:
        assert repr(find_fault("unknown_token")) == (
            "<Fault unknown_token: The token is not known: “Bad Request, invalid access_token”. A "
            "good client: Look for `error` in the body: the status is 200 all the same. Begin a "
            "new login.>"
        )

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("expired_tokens", "unknown fault 'expired_tokens'; did you mean 'expired_token' or"),
            ("tls", "did you mean 'tls_error'"),
            ("http_5", r"did you mean '[^']+' or '[^']+' or '[^']+'\? python -m pytest_lookloox f"),
            ("", "^unknown fault ''; python -m pytest_lookloox faults lists them all$"),
            (
                "expired_token@oauth",
                "^no fault 'expired_token@oauth': .* happens at get_user_info$",
            ),
            ("api_disabled@oauth", ": api_disabled happens at authorize and get_user_info$"),
            ("slow_answer", r"not a fault but a variation .*: lookloox.vary\('slow_answer'\)$"),
        ],
    )
    def test_unknown_name_is_refused(self, name: str, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            LookLoox().inject_fault(name)

    @pytest.mark.parametrize(("name", "type_"), [(None, "NoneType"), (7, "int"), ([], "list")])
    def test_other_types_are_refused(self, name: Any, type_: str) -> None:
        with pytest.raises(TypeError, match=f"the name of a fault is a string, not {type_}$"):
            LookLoox().inject_fault(name)
