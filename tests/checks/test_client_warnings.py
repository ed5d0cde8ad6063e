"""What a client does wrong without failing: each mistake warns, and a correct client never does."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
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
from tests.conftest import Run

OTHER = "https://log.example/"


def test_each_mistake_is_a_client_warning() -> None:
    names = [name for name in pytest_lookloox.__all__ if name.endswith("Warning")]

    assert len(names) == 10
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
        assert requests.get("http://lookloox.com/api/oauth", timeout=5).status_code == 404

    @pytest.mark.lookloox(base_url="http://127.0.0.1:5000")
    def test_plain_http_on_this_machine(self, lookloox: LookLoox) -> None:
        assert log_in(lookloox)

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


def call_plainly(_: LookLoox) -> None:
    params = {"auth_key": "x", "app_secret": "y"}
    requests.get("http://lookloox.com/api/authorize", params, timeout=5)


NO_TIMEOUT = (NoTimeoutWarning, "^/api/oauth was called without a time-out; pass timeout=5")
NOT_VERIFIED = (NoVerificationWarning, "^lookloox.com was called with verify=False")
IN_PLAIN = (PlainHttpWarning, "^app_secret, auth_key was sent to lookloox.com over plain http; use")
KEY_TWICE = (AuthKeyReuseWarning, "^an auth_key was used twice, and is valid once; begin a new")
TOKEN_TWICE = (ExpiredTokenReuseWarning, "^an access_token was used again after it had expired")
TWO_QUERIES = (RedirectUrlQueryWarning, "^the redirect URL has a query string, and Look Loox app")
MISTAKES: dict[str, tuple[Callable[[LookLoox], object], tuple[type[Warning], str]]] = {
    "no time-out": (lambda provider: visit(provider, timeout=None), NO_TIMEOUT),
    "to connect": (lambda provider: visit(provider, timeout=(None, 5)), NO_TIMEOUT),
    "to read": (lambda provider: visit(provider, timeout=(5, None)), NO_TIMEOUT),
    "not verified": (lambda provider: visit(provider, verify=False), NOT_VERIFIED),
    "by the session": (
        lambda provider: visit(provider, session=unverified_session(provider), verify=None),
        NOT_VERIFIED,
    ),
    "plain http": (call_plainly, IN_PLAIN),
    "key": (lambda provider: twice(provider, "authorize"), KEY_TWICE),
    "unknown key": (lambda provider: [authorize(provider, "x") for _ in range(2)], KEY_TWICE),
    "token": (lambda provider: twice(provider, "get_user_info"), TOKEN_TWICE),
    "redirect URL": (
        lambda provider: provider.register_app(redirect_url="http://localhost/?next=/"),
        TWO_QUERIES,
    ),
}


@pytest.mark.parametrize(
    ("mistake", "platform"),
    [
        *((mistake, "documented") for mistake in MISTAKES),
        *(("key", "current"), ("unknown key", "current"), ("token", "current")),
    ],
)
def test_mistake(mistake: str, platform: str) -> None:
    make, (category, message) = MISTAKES[mistake]

    with pytest.warns(LookLooxClientWarning) as caught, LookLoox(platform=platform) as lookloox:
        make(lookloox)
        assert not caught

    [warning] = caught
    assert warning.category is category
    assert re.match(message, str(warning.message))


def test_first_redirect_url(run: Run) -> None:
    """It is configured where no client runs."""
    result = run(
        """
        import pytest

        @pytest.mark.lookloox(redirect_url="http://localhost/?next=/")
        def test_login(lookloox): pass
        """,
        "-Werror",
    )

    result.stdout.fnmatch_lines(["*RedirectUrlQueryWarning: the redirect URL*(Look Loox:0)"])


@pytest.mark.parametrize(
    ("endpoint", "name", "needs_it"),
    [
        ("oauth", "app_secret", "authorize"),
        ("get_user_info", "app_secret", "authorize"),
        ("get_user_info", "auth_key", "authorize"),
        ("authorize", "access_token", "get_user_info"),
    ],
)
def test_secret_for_another_endpoint(endpoint: str, name: str, needs_it: str) -> None:
    says = f"^{name} was sent to /api/{endpoint}; only /api/{needs_it} needs it.$"
    with pytest.warns(MisdirectedSecretWarning, match=says), LookLoox() as lookloox:
        ask(lookloox, endpoint, {name: "any"})


@pytest.mark.parametrize(
    "sent",
    [
        *({"params": params} for params in ("a=short&b=c", "a+short", "%7Bshort%7D")),
        *({"data": {"q": "short"}}, {"json": {"q": "short"}}),
        *({"headers": {"X-Any": value}} for value in ("Bearer short", b"user=short")),
    ],
    ids=str,
)
def test_secret_for_another_host(sent: dict[str, Any]) -> None:
    says = r"was sent to log\.example; keep it between"
    with pytest.warns(MisdirectedSecretWarning, match=says), LookLoox(app_secret="short") as opened:
        opened.stub.add(responses.POST, OTHER)
        requests.post(OTHER, timeout=5, **sent)


@pytest.mark.parametrize(("length", "found"), [(15, 0), (16, 1)])
def test_long_secret_is_found_inside_a_word(
    recwarn: pytest.WarningsRecorder, length: int, found: int
) -> None:
    observer = ClientObserver(lambda: {"other", "s" * length})
    observer.observe_other_host("log.example", ["nothing", f"user_{'s' * length}"])

    observer.issue()

    assert len(recwarn) == found


def test_observer_that_does_not_know_the_origin() -> None:
    """A server cannot know it; what was issued is not issued again."""
    observer = ClientObserver(set)
    observer.observe(Request("GET", "/api/oauth", "", verifies=False), json_response({}))

    with pytest.warns(NoVerificationWarning, match="^the provider was called with verify=False"):
        observer.issue()
    observer.issue()


def test_warning_points_to_the_line_of_the_client() -> None:
    with pytest.warns(NoTimeoutWarning) as caught, LookLoox() as lookloox:
        requests.get(lookloox.app.login_url, allow_redirects=False)

    assert caught[0].filename == __file__
    assert caught[0].lineno == sys._getframe().f_lineno - 3


def test_no_secret_is_shown() -> None:
    with pytest.warns(LookLooxClientWarning) as caught, LookLoox() as lookloox:
        token = lookloox.issue_access_token()
        requests.get(f"http://lookloox.com/api/oauth?access_token={token}", verify=False)

    assert len(caught) == 4
    assert not any(token in str(warning.message) for warning in caught)


LEAKING = """
import logging
import pytest

log = logging.getLogger("website")

@pytest.mark.parametrize(
    "issue",
    [
        lambda lookloox: lookloox.issue_access_token(),
        lambda lookloox: lookloox.approve(),
        lambda lookloox: "/api?app_secret=hu%26sh+%3D+hu%26sh failed",
    ],
)
@pytest.mark.lookloox(app_secret="hu&sh = hu&sh")
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
        (["-Werror"], {"passed": 7, "errors": 5}),
        (["-Werror", f"-W{IGNORE}"], {"passed": 7}),
        (["-Werror", "-pno:logging"], {"passed": 7}),
    ],
)
def test_secret_in_the_log(run: Run, arguments: list[str], outcomes: dict[str, int]) -> None:
    """The log is looked at when the test is over."""
    result = run(LEAKING, *arguments)

    assert result.parseoutcomes() == outcomes
    says = "SecretInLogWarning: the logger 'website' wrote a secret, key or token; log the "
    assert (says in str(result.stdout)) is ("errors" in outcomes)


@pytest.mark.parametrize("fixture", ["lookloox", "lookloox_server"])
@pytest.mark.parametrize(
    ("option", "outcomes"),
    [("-Wdefault", {"passed": 1, "warnings": 1}), ("-Werror", {"passed": 1, "errors": 1})],
)
def test_warning_comes_at_the_end_where_no_app_can_swallow_it(
    run: Run, fixture: str, option: str, outcomes: dict[str, int]
) -> None:
    result = run(
        f"""
        from tests.client import ask

        def test_login({fixture}):
            try:
                ask({fixture}, "oauth", {{"app_secret": "any"}})
            except Exception:
                raise AssertionError
        """,
        option,
    )

    result.assert_outcomes(**outcomes)
    result.stdout.fnmatch_lines(["*MisdirectedSecretWarning: app_secret was sent to /api/oauth*"])
