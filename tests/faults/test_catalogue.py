"""Every fault of the catalogue, once, through the stubs and through a real port."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from unittest.mock import ANY
from urllib.parse import urljoin

import pytest
import requests
from requests import exceptions

from pytest_lookloox import LookLoox, build_user_info
from pytest_lookloox.faults.catalogue import FAULTS, faults_at_each_endpoint, find_fault
from pytest_lookloox.faults.fault import Fault
from pytest_lookloox.provider.facts import ENDPOINTS
from tests.client import ask, caller, gets_in, log_in, visit
from tests.faults.conftest import BOTH_PLATFORMS, plan
from tests.provider.conftest import API_DISABLED, UNKNOWN_APP

# The clients here repeat keys and tokens on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")

JSON = "application/json"
HTML = "text/html; charset=utf-8"
INVALID_TOKEN = "Bad Request, invalid access_token"

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
    "unknown_app": (200, JSON, error(UNKNOWN_APP)),
    "empty_access_token": (200, JSON, {"access_token": ""}),
    "missing_access_token": (200, JSON, {}),
    "unknown_token": (200, JSON, error(INVALID_TOKEN)),
    "expired_token": (200, JSON, error("Bad Request, expired access_token")),
    "deleted_user": (200, JSON, []),
    "empty_user_info": (200, JSON, {"user_info": build_user_info.empty()}),
    "missing_user_info": (200, JSON, {}),
    "api_disabled": (200, JSON, error(API_DISABLED)),
    "http_400": (400, JSON, error("Bad Request")),
    "http_401": (401, JSON, error("Unauthorized")),
    "http_429": (429, JSON, error("Too Many Requests")),
    "http_500": (500, HTML, page("500 Internal Server Error")),
    "http_502": (502, HTML, page("502 Bad Gateway")),
    "http_503": (503, HTML, page("503 Service Unavailable")),
    "maintenance_page": (200, HTML, page("Down for maintenance")),
    "wrong_site_address": (ANY, HTML, "<!doctype html>.*"),
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
    "wrong_site_address@authorize",
}


def patience_with(name: str) -> float:
    """Return a time-out: short only where it has to run out."""
    return 0.3 if "timeout" in name else 5


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


@BOTH_PLATFORMS
@pytest.mark.parametrize("fault", faults_at_each_endpoint(), ids=str)
class TestFault:
    @pytest.fixture
    def lookloox_config(self, fault: Fault, platform: str) -> dict[str, Any]:
        # Not strict: a client that follows a redirect home has left the API.
        return {"platform": platform, "tls": fault.name == "tls_error", "strict": False}

    def test_each_attempt_fails_and_other_endpoints_work(
        self, provider: LookLoox, fault: Fault
    ) -> None:
        provider.inject_fault(str(fault))
        [endpoint] = fault.endpoints
        patience = patience_with(fault.name)

        assert all(works(caller(provider, other)()) for other in ENDPOINTS if other != endpoint)
        seen = see(caller(provider, endpoint), timeout=patience)

        at_a_port = SEEN_AT_A_PORT if "127.0.0.1" in provider.base_url else {}
        assert is_as_expected(seen, at_a_port.get(fault.name, SEEN[fault.name])), seen
        if fault.name.startswith("http_"):
            retry_after = caller(provider, endpoint)().headers.get("Retry-After")
            assert retry_after == ("1" if fault.name in ("http_429", "http_503") else None)
        elif isinstance(seen, tuple) and not fault.name.endswith(("_sign_in", "_address")):
            assert provider.calls[-1].body == seen[2]
        assert [gets_in(provider, timeout=patience) for _ in range(2)] == [False, False]

    def test_second_attempt_works_after_once(self, provider: LookLoox, fault: Fault) -> None:
        planned = plan(provider, str(fault))
        ask = caller(provider, fault.endpoints[0])
        assert not planned.took_effect

        see(ask, timeout=patience_with(fault.name))

        assert planned.took_effect
        assert works(ask()) is (str(fault) not in SPENT)
        assert gets_in(provider)


def test_missing_auth_key(provider: LookLoox) -> None:
    provider.inject_fault("missing_auth_key")
    url = provider.app.redirect_url
    consent = {"app_id": provider.app.app_id, "decision": "approve"}

    assert provider.callback_url("x") == provider.approve() == url
    consented = ask(provider, "../consent", {}, "POST", data=consent, allow_redirects=False)
    assert consented.headers["Location"] == visit(provider).headers["Location"] == url
    assert [call.endpoint for call in provider.calls] == ["oauth"]


def test_redirects(provider: LookLoox) -> None:
    provider.inject_fault("redirect_to_sign_in@authorize")
    provider.inject_fault("too_many_redirects@get_user_info", times=1)

    answer = caller(provider, "authorize")(allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"], answer.text) == (302, "/sign-in", "")
    assert see(caller(provider, "get_user_info")) is exceptions.TooManyRedirects
    _, first, *others = [call.params for call in provider.calls]
    assert others == [{**first, "lookloox_attempt": "1"}] * 30


@BOTH_PLATFORMS
@pytest.mark.parametrize("endpoint", ["authorize", "get_user_info"])
def test_wrong_site_address(provider: LookLoox, endpoint: str) -> None:
    """The call is carried out, and the JSON is the body of a redirect to the site's home."""
    provider.inject_fault(f"wrong_site_address@{endpoint}")

    answer = caller(provider, endpoint)(allow_redirects=False)

    assert (answer.status_code, answer.headers["Content-Type"]) == (302, JSON)
    assert urljoin(answer.url, answer.headers["Location"]) == f"{provider.base_url}/"
    assert answer.json().keys() == {"access_token" if endpoint == "authorize" else "user_info"}
    assert provider.calls[0].body == answer.json()
    refused = ask(provider, endpoint, {}, allow_redirects=False)
    assert (refused.status_code, refused.json()["error"]) == (302, True)


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
@pytest.mark.lookloox(tls=True)
def test_client_that_does_not_verify_gets_in(provider: LookLoox) -> None:
    planned = plan(provider, "tls_error")

    assert log_in(provider, verify=False) == provider.user
    assert planned.took_effect


def test_untrusted_certificate_needs_https() -> None:
    with pytest.raises(ValueError, match=r"tls_error@authorize needs https, and http://a\.b "):
        LookLoox(base_url="http://a.b").inject_fault("tls_error@authorize")


# The fault, a call that does not meet it, and the first words of why the test proves nothing.
NO_KEY = ("authorize", {"auth_key": "x"}, "no auth_key that works reached /api/authorize with the ")
NO_TOKEN = ("get_user_info", {"access_token": "x"}, "no access token that works reached /api/get_")
MISSED: dict[str, tuple[str, dict[str, str], str]] = {
    "missing_auth_key": ("oauth", {"app_id": "x"}, "no visitor was sent back to the app, by appro"),
    "reused_auth_key": NO_KEY,
    "wrong_app_secret": ("authorize", {"app_secret": ""}, NO_KEY[2]),
    "unknown_app": ("authorize", {"app_id": " "}, NO_KEY[2]),
    "empty_access_token": NO_KEY,
    "missing_access_token": NO_KEY,
    "unknown_token": ("get_user_info", {"access_token": ""}, NO_TOKEN[2]),
    "expired_token": NO_TOKEN,
    "deleted_user": NO_TOKEN,
    "empty_user_info": NO_TOKEN,
    "missing_user_info": NO_TOKEN,
    "api_disabled": ("authorize", {"app_id": ""}, f"{NO_KEY[2]}app's id and secret, and no access"),
    "http_500@authorize": ("get_user_info", {}, "no request reached /api/authorize$"),
    "http_500": ("oauth", {}, "no request reached /api/authorize or /api/get_user_info$"),
}


@BOTH_PLATFORMS
@pytest.mark.parametrize("name", MISSED)
def test_fault_that_is_missed(lookloox: LookLoox, name: str) -> None:
    endpoint, changed, reason = MISSED[name]
    planned = plan(lookloox, name)
    app, auth_key = lookloox.app, lookloox.issue_auth_key()
    params = {"app_id": app.app_id, "app_secret": app.app_secret, "auth_key": auth_key, **changed}

    ask(lookloox, endpoint, params, allow_redirects=False)

    assert re.match(reason, planned.why_missed)
    with pytest.raises(AssertionError, match=f"The fault {name} never took effect: "):
        lookloox.check()
    gets_in(lookloox)
    lookloox.check()


@pytest.mark.parametrize(
    ("name", "recorded"),
    [
        ("http_401", (401, error("Unauthorized"), "Unauthorized")),
        ("empty_body", (200, "", None)),
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
        assert len(faults_at_each_endpoint()) == 51
        for name, fault in FAULTS.items():
            assert fault.name == name
            assert fault.source
            assert fault.description.endswith(".")
            assert fault.advice.endswith(".")
            assert "sends no" not in fault.advice
        assert "a minute" in FAULTS["expired_token"].description
        sources = {name: FAULTS[name].source for name in ("wrong_site_address", "maintenance_page")}
        assert set(sources.values()) == {"O"}
        others = [name for name, fault in FAULTS.items() if not fault.is_of_the_api]
        assert others == list(SEEN)[list(SEEN).index("http_400") :]

    def test_labels_and_what_a_failed_test_shows(self) -> None:
        each = find_fault("http_401").at_each_endpoint()
        assert list(map(str, each)) == ["http_401@authorize", "http_401@get_user_info"]
        assert str(find_fault("expired_token@get_user_info")) == "expired_token"
        says = "<Fault unknown_token: The token is not known: .*. A good client: .*>"
        assert re.fullmatch(says, repr(find_fault("unknown_token")))

    @pytest.mark.parametrize(
        ("name", "error", "message"),
        [
            ("expired_tokens", ValueError, "unknown fault 'expired_tokens'; did you mean 'expired"),
            ("http_5", ValueError, "did you mean '[^']+' or '[^']+' or '[^']+'. python -m "),
            ("", ValueError, "^unknown fault ''; python -m pytest_lookloox faults lists them all$"),
            ("expired_token@oauth", ValueError, "did you mean 'expired_token"),
            ("api_disabled@oauth", ValueError, "did you mean 'api_disabled@authorize' or 'api_dis"),
            ("slow_answer", ValueError, "not a fault but a variation: lookloox.vary.'slow_answer'"),
            (None, TypeError, "the name of a fault is a string, not NoneType$"),
            ([], TypeError, "the name of a fault is a string, not list$"),
        ],
    )
    def test_wrong_name_is_refused(self, name: Any, error: type[Exception], message: str) -> None:
        with pytest.raises(error, match=message):
            LookLoox().inject_fault(name)
