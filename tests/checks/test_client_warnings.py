"""What a client does wrong without failing: each mistake warns, and a correct client never does."""

from __future__ import annotations

import logging
import re
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import responses

import pytest_lookloox
from pytest_lookloox import (
    AuthKeyReuseWarning,
    ExpiredTokenReuseWarning,
    LookLoox,
    LookLooxClientWarning,
    MisdirectedSecretWarning,
    NoTimeoutWarning,
    NoVerificationWarning,
    PlainHttpWarning,
    RedirectUrlQueryWarning,
)
from pytest_lookloox.checks.client_warnings import ClientObserver
from pytest_lookloox.provider.http import Request, json_response
from tests.client import ask, authorize, caller, gets_in, key_in, log_in, new_session, visit

OTHER = "https://log.example/"


def test_each_mistake_is_a_client_warning() -> None:
    names = [name for name in pytest_lookloox.__all__ if name.endswith("Warning")]

    assert len(names) == 9
    assert all(issubclass(getattr(pytest_lookloox, name), LookLooxClientWarning) for name in names)


# These tests would fail if there were a warning: this suite turns warnings into errors.
class TestNoMistake:
    def test_correct_client(self, lookloox: LookLoox) -> None:
        lookloox.stub.add(responses.POST, OTHER)
        callback_url = visit(lookloox).headers["Location"]

        assert log_in(lookloox, callback_url) == lookloox.user
        assert requests.post(OTHER, json=lookloox.user, timeout=5).ok
        logging.getLogger("website").warning("logged in with %s…", key_in(callback_url)[:4])
        assert ask(lookloox, "get_user_info", {"app_secret": " "}).ok
        assert requests.get(f"{lookloox.base_url}/sign-in").ok

    @pytest.mark.lookloox(base_url="http://127.0.0.1:5000")
    def test_plain_http_on_this_machine(self, lookloox: LookLoox) -> None:
        assert log_in(lookloox)

    def test_plain_http_without_a_secret(self, lookloox: LookLoox) -> None:
        plain = lookloox.app.login_url.replace("https:", "http:")
        assert requests.get(plain, allow_redirects=False, timeout=5).status_code == 302

    def test_bundle_of_the_environment_wins_over_the_session(
        self, lookloox: LookLoox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "bundle.pem")
        assert visit(lookloox, session=unverified_session(lookloox), verify=None).ok

    @pytest.mark.lookloox_reused_auth_key(times=1)
    @pytest.mark.lookloox_expired_token(times=1)
    def test_new_login_after_a_refusal(self, lookloox: LookLoox) -> None:
        assert [gets_in(lookloox) for _ in range(3)] == [False, False, True]

    def test_key_that_is_repeated_after_an_outage(self, lookloox: LookLoox) -> None:
        lookloox.inject_fault("http_503@authorize", times=1)
        call = caller(lookloox, "authorize")
        assert [call().status_code for _ in range(2)] == [503, 200]

    @pytest.mark.lookloox(app_secret="secret")
    def test_short_secret_as_part_of_a_word(self, lookloox: LookLoox) -> None:
        lookloox.stub.add(responses.GET, f"{OTHER}app_secret")
        assert requests.get(f"{OTHER}app_secret", {"by": "secretary"}, timeout=5).ok

    def test_stub_for_the_provider_is_not_another_host(self, lookloox: LookLoox) -> None:
        url = f"{lookloox.base_url}/api/get_user_info"
        lookloox.stub.add(responses.GET, url, json={"mine": True})
        assert caller(lookloox, "get_user_info")().json() == {"mine": True}


def unverified_session(provider: LookLoox) -> requests.Session:
    session = new_session(provider)
    session.verify = False
    return session


def twice(provider: LookLoox, endpoint: str) -> None:
    call = caller(provider, endpoint)
    call()
    provider.advance(hours=2)
    call()
    if endpoint == "get_user_info":
        call()


NO_TIMEOUT = (NoTimeoutWarning, "^/api/oauth was called without a time-out; pass timeout=5, for ex")
NOT_VERIFIED = (
    NoVerificationWarning,
    "^lookloox.com was called with verify=False, so any server could have answered; leave verify",
)
KEY_TWICE = (AuthKeyReuseWarning, "^an auth_key was used twice, and is valid once; begin a new lo")
TOKEN_TWICE = (ExpiredTokenReuseWarning, "^an access_token was used again after it had been answ")
MISTAKES: dict[str, tuple[Callable[[LookLoox], object], tuple[type[Warning], str]]] = {
    "no time-out": (lambda provider: visit(provider, timeout=None), NO_TIMEOUT),
    "to connect": (lambda provider: visit(provider, timeout=(None, 5)), NO_TIMEOUT),
    "to read": (lambda provider: visit(provider, timeout=(5, None)), NO_TIMEOUT),
    "not verified": (lambda provider: visit(provider, verify=False), NOT_VERIFIED),
    "by the session": (
        lambda provider: visit(provider, session=unverified_session(provider), verify=None),
        NOT_VERIFIED,
    ),
    "plain http": (
        lambda _: requests.get(
            "http://lookloox.com/api/authorize", {"auth_key": "x", "app_secret": "y"}, timeout=5
        ),
        (PlainHttpWarning, "^app_secret, auth_key was sent to lookloox.com over plain http; use h"),
    ),
    "key": (lambda provider: twice(provider, "authorize"), KEY_TWICE),
    "unknown key": (
        lambda provider: [authorize(provider, "unknown") for _ in range(2)],
        KEY_TWICE,
    ),
    "token": (lambda provider: twice(provider, "get_user_info"), TOKEN_TWICE),
    "redirect URL": (
        lambda provider: provider.register_app(redirect_url="http://localhost/?next=/"),
        (RedirectUrlQueryWarning, "^the redirect URL has a query string, .* register one without"),
    ),
    "redirect URL of the app": (
        lambda _: LookLoox(redirect_url="http://localhost/?a=b"),
        (RedirectUrlQueryWarning, ".*Look Loox appends .auth_key=… all the same, so the app cann"),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake(lookloox: LookLoox, mistake: str) -> None:
    make, (category, message) = MISTAKES[mistake]

    with pytest.warns(LookLooxClientWarning) as caught:
        make(lookloox)

    [warning] = caught
    assert warning.category is category
    assert re.match(message, str(warning.message))


@pytest.mark.parametrize(
    ("endpoint", "name", "needs_it"),
    [
        ("oauth", "app_secret", "authorize"),
        ("get_user_info", "app_secret", "authorize"),
        ("get_user_info", "auth_key", "authorize"),
        ("authorize", "access_token", "get_user_info"),
    ],
)
def test_secret_for_another_endpoint(
    lookloox: LookLoox, endpoint: str, name: str, needs_it: str
) -> None:
    says = f"^{name} was sent to /api/{endpoint}; only /api/{needs_it} needs it.$"
    with pytest.warns(MisdirectedSecretWarning, match=says):
        ask(lookloox, endpoint, {name: "any"})


@pytest.mark.parametrize(
    "sent",
    [
        {"params": "a=short&b=c"},
        {"params": "a+short"},
        {"params": "%7Bshort%7D"},
        {"data": {"q": "short"}},
        {"json": {"q": "short"}},
        {"headers": {"Authorization": "Bearer short"}},
        {"headers": {"X-Session": b"user=short"}},
    ],
    ids=str,
)
@pytest.mark.lookloox(app_secret="short")
def test_secret_for_another_host(lookloox: LookLoox, sent: dict[str, Any]) -> None:
    lookloox.stub.add(responses.POST, OTHER)

    with pytest.warns(MisdirectedSecretWarning, match=r"was sent to log\.example; keep it between"):
        requests.post(OTHER, timeout=5, **sent)


def warnings_of(observer: ClientObserver) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        observer.issue()
    return [str(warning.message) for warning in caught]


@pytest.mark.parametrize(("length", "is_found"), [(15, False), (16, True)])
def test_long_secret_is_found_inside_a_word(length: int, is_found: bool) -> None:
    observer = ClientObserver(lambda: {"other", "s" * length})
    observer.observe_other_host("log.example", ["nothing", f"user_{'s' * length}"])

    assert len(warnings_of(observer)) == is_found


def test_observer_that_does_not_know_the_origin() -> None:
    """A server cannot know it."""
    observer = ClientObserver(set)
    observer.observe(Request("GET", "/api/oauth", "", verifies=False), json_response({}))

    [message] = warnings_of(observer)
    assert message.startswith("the provider was called with verify=False")
    assert warnings_of(observer) == []


def test_warning_points_to_the_line_of_the_client(lookloox: LookLoox) -> None:
    with pytest.warns(NoTimeoutWarning) as caught:
        requests.get(lookloox.app.login_url, allow_redirects=False)

    assert caught[0].filename == __file__
    assert caught[0].lineno == sys._getframe().f_lineno - 3


def test_no_secret_is_shown(lookloox: LookLoox) -> None:
    token = lookloox.issue_access_token()
    with pytest.warns(LookLooxClientWarning) as caught:
        requests.get(f"http://lookloox.com/api/oauth?access_token={token}", verify=False)

    assert len(caught) == 4
    assert not any(token in str(warning.message) for warning in caught)


class TestThreads:
    def test_each_mistake_is_issued_once(self) -> None:
        threads, rounds = 8, 100
        observer = ClientObserver(set)
        request = Request("GET", "/api/oauth", has_timeout=False)
        interval = sys.getswitchinterval()
        start = threading.Barrier(threads, action=lambda: sys.setswitchinterval(1e-6))

        def work(_: int) -> None:
            start.wait(timeout=30)
            for _ in range(rounds):
                observer.observe(request, json_response({}))
                observer.issue()

        try:
            with (
                warnings.catch_warnings(record=True) as caught,
                ThreadPoolExecutor(threads) as pool,
            ):
                warnings.simplefilter("always")
                assert list(pool.map(work, range(threads))) == [None] * threads
        finally:
            sys.setswitchinterval(interval)

        assert len(caught) == threads * rounds

    def test_last_mistake_may_be_issued_by_another_thread(self) -> None:
        class Contended(deque[LookLooxClientWarning]):
            """Another thread empties it as soon as this one has looked."""

            def __len__(self) -> int:
                length = super().__len__()
                self.clear()
                return length

        observer = ClientObserver(set)
        observer._pending = Contended([LookLooxClientWarning("one")])

        with pytest.warns(LookLooxClientWarning, match="one"):
            observer.issue()

    def test_key_issued_during_a_search_is_harmless(self, lookloox: LookLoox) -> None:
        """As another thread does it: what is looked through must not change meanwhile."""

        class Searched(str):
            __slots__ = ()

            def __contains__(self, secret: str) -> bool:  # type: ignore[override]
                lookloox.issue_auth_key()
                return str.__contains__(self, secret)

        lookloox.issue_access_token()
        observer = lookloox._simulation.observer
        before = len(lookloox._simulation.provider.secrets())

        observer.observe_other_host("elsewhere.example", [Searched("nothing")])

        assert len(lookloox._simulation.provider.secrets()) == 2 * before


LEAKING = """
import logging
import pytest

log = logging.getLogger("website")

@pytest.mark.parametrize(
    "issue",
    [
        lambda lookloox: lookloox.issue_access_token(),
        lambda lookloox: lookloox.issue_auth_key(),
        lambda lookloox: lookloox.approve(),
        lambda lookloox: lookloox.app.app_secret,
    ],
)
def test_login(lookloox, issue):
    log.warning("got %s", issue(lookloox))

@pytest.fixture
def logged_in(lookloox):
    log.warning("got %s", lookloox.issue_auth_key())

def test_set_up(logged_in):
    pass

def test_traceback(lookloox):
    try:
        raise ValueError(lookloox.issue_auth_key())
    except ValueError:
        log.exception("login failed")

def test_record_that_cannot_be_formatted(lookloox, monkeypatch):
    monkeypatch.setattr(logging, "raiseExceptions", False)
    try:
        log.warning("%d", "x")
    except TypeError:  # the handler of caplog always raises
        pass

@pytest.mark.lookloox(app_secret="secret")
def test_part_of_a_word(lookloox):
    log.warning("Bad Request, invalid app_secret")
"""
IGNORE = "ignore::pytest_lookloox.SecretInLogWarning"


@pytest.mark.parametrize(
    ("arguments", "outcomes"),
    [
        (["-Werror"], {"passed": 8, "errors": 6}),
        (["-Werror", f"-W{IGNORE}"], {"passed": 8}),
        (["-Werror", "-pno:logging"], {"passed": 8}),
    ],
)
def test_secret_in_the_log(
    pytester: pytest.Pytester, arguments: list[str], outcomes: dict[str, int]
) -> None:
    """The log is looked at when the test is over."""
    pytester.makepyfile(LEAKING)

    result = pytester.runpytest_inprocess(*arguments)

    assert result.parseoutcomes() == outcomes
    if outcomes != {"passed": 8}:
        says = "*SecretInLogWarning: the logger 'website' wrote a secret, key or token; log the *"
        result.stdout.fnmatch_lines([says])


def test_client_of_the_server_is_warned_at_the_end(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import warnings
        import requests

        def test_login(lookloox_server):
            with warnings.catch_warnings(record=True) as caught:
                url = lookloox_server.base_url + "/api/oauth"
                requests.get(url, {"app_secret": "any"}, timeout=5)
            assert not caught
        """
    )

    result = pytester.runpytest_inprocess("-Wdefault")

    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*MisdirectedSecretWarning: app_secret was sent to /api/oauth*"])
