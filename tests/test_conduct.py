"""What a client does wrong without failing: each mistake warns, and a correct client never does."""

from __future__ import annotations

import logging
from collections.abc import Callable

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
    SecretInLogWarning,
)
from pytest_lookloox.conduct import Conduct

log = logging.getLogger("website")


def authorize(lookloox: LookLoox, auth_key: str) -> requests.Response:
    params = {
        "app_id": lookloox.app.app_id,
        "app_secret": lookloox.app.app_secret,
        "auth_key": auth_key,
    }
    return requests.get(f"{lookloox.base_url}/api/authorize", params, timeout=5)


def user_info(lookloox: LookLoox, access_token: str) -> requests.Response:
    params = {"access_token": access_token}
    return requests.get(f"{lookloox.base_url}/api/get_user_info", params, timeout=5)


def test_every_mistake_is_a_client_warning() -> None:
    categories = [
        getattr(pytest_lookloox, name)
        for name in pytest_lookloox.__all__
        if name.endswith("Warning")
    ]
    assert len(categories) == 9
    assert all(issubclass(category, LookLooxClientWarning) for category in categories)


def test_correct_client_is_not_warned(lookloox: LookLoox) -> None:
    """This suite turns warnings into errors, so to get to the end is the proof."""
    token = authorize(lookloox, lookloox.issue_auth_key()).json()["access_token"]
    assert "user_info" in user_info(lookloox, token).json()
    log.warning("somebody logged in, and the first characters of the token are %s", token[:4])


class TestTransport:
    @pytest.mark.parametrize("timeout", [None, (5, None), (None, 5)])
    def test_no_timeout(self, lookloox: LookLoox, timeout: object) -> None:
        with pytest.warns(NoTimeoutWarning, match="pass timeout=5"):
            requests.get(lookloox.app.login_url, allow_redirects=False, timeout=timeout)  # type: ignore[arg-type]

    def test_not_verified(self, lookloox: LookLoox) -> None:
        with pytest.warns(NoVerificationWarning, match="verify=False"):
            requests.get(lookloox.app.login_url, allow_redirects=False, timeout=5, verify=False)

    def test_not_verified_by_the_session(self, lookloox: LookLoox) -> None:
        session = requests.Session()
        session.verify = False
        with pytest.warns(NoVerificationWarning, match="verify=False"):
            session.get(lookloox.app.login_url, allow_redirects=False, timeout=5)

    def test_verified_all_the_same(
        self, lookloox: LookLoox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A bundle of the environment wins over the session: `requests` does verify then."""
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "bundle.pem")
        session = requests.Session()
        session.verify = False
        answer = session.get(lookloox.app.login_url, allow_redirects=False, timeout=5)
        assert answer.status_code == 302

    @pytest.mark.parametrize("base_url", ["https://lookloox.com", "http://community.example"])
    def test_plain_http(self, base_url: str) -> None:
        url = f"{base_url.replace('https:', 'http:')}/api/get_user_info"
        says = "access_token was sent to .* over plain http"
        with LookLoox(base_url=base_url) as lookloox, pytest.warns(PlainHttpWarning, match=says):
            requests.get(url, {"access_token": lookloox.issue_access_token()}, timeout=5)

    def test_plain_http_without_a_secret_is_no_mistake(self, lookloox: LookLoox) -> None:
        plain = lookloox.app.login_url.replace("https:", "http:")
        assert requests.get(plain, allow_redirects=False, timeout=5).status_code == 302

    @pytest.mark.lookloox(base_url="http://127.0.0.1:5000")
    def test_plain_http_on_this_machine_is_no_mistake(self, lookloox: LookLoox) -> None:
        assert user_info(lookloox, lookloox.issue_access_token()).status_code == 200

    def test_warning_points_to_the_line_of_the_client(self, lookloox: LookLoox) -> None:
        with pytest.warns(NoTimeoutWarning) as caught:
            requests.get(lookloox.app.login_url, allow_redirects=False)
        assert caught[0].filename == __file__


class TestMisdirectedSecrets:
    @pytest.mark.parametrize(
        ("endpoint", "name"),
        [
            ("oauth", "app_secret"),
            ("get_user_info", "app_secret"),
            ("get_user_info", "auth_key"),
            ("authorize", "access_token"),
        ],
    )
    def test_wrong_endpoint(self, lookloox: LookLoox, endpoint: str, name: str) -> None:
        url = f"{lookloox.base_url}/api/{endpoint}"
        with pytest.warns(MisdirectedSecretWarning, match=f"{name} was sent to /api/{endpoint}"):
            requests.get(url, {name: "any"}, timeout=5)

    @pytest.mark.parametrize(
        "send",
        [
            lambda secret: requests.get("https://log.example/", {"q": secret}, timeout=5),
            lambda secret: requests.post("https://log.example/", data={"q": secret}, timeout=5),
            lambda secret: requests.post("https://log.example/", json={"q": secret}, timeout=5),
            lambda secret: requests.get(
                "https://log.example/", headers={"Authorization": f"Bearer {secret}"}, timeout=5
            ),
            lambda secret: requests.get(
                "https://log.example/", headers={"X-Session": f"user_{secret}".encode()}, timeout=5
            ),
        ],
        ids=["URL", "form", "JSON", "header", "bytes"],
    )
    def test_wrong_host(self, lookloox: LookLoox, send: Callable[[str], requests.Response]) -> None:
        lookloox.stub.add(responses.GET, "https://log.example/")
        lookloox.stub.add(responses.POST, "https://log.example/")
        with pytest.warns(MisdirectedSecretWarning, match=r"sent to log\.example"):
            send(lookloox.issue_access_token())

    def test_other_services_may_be_told_anything_else(self, lookloox: LookLoox) -> None:
        lookloox.stub.add(responses.POST, "https://log.example/")
        answer = requests.post("https://log.example/", json=lookloox.user, timeout=5)
        assert answer.status_code == 200

    @pytest.mark.lookloox(app_secret="secret")
    def test_part_of_a_word_is_no_secret(self, lookloox: LookLoox) -> None:
        lookloox.stub.add(responses.GET, "https://log.example/app_secret")
        answer = requests.get("https://log.example/app_secret", {"by": "secretary"}, timeout=5)
        assert answer.status_code == 200

    @pytest.mark.lookloox(app_secret="secret")
    @pytest.mark.parametrize("text", ["secret", "a=secret&b=c", "a+secret", "%7Bsecret%7D"])
    def test_word_of_its_own_is_one(self, lookloox: LookLoox, text: str) -> None:
        lookloox.stub.add(responses.GET, "https://log.example/")
        with pytest.warns(MisdirectedSecretWarning):
            requests.get(f"https://log.example/?{text}", timeout=5)

    def test_own_stub_of_the_provider_is_no_other_host(self, lookloox: LookLoox) -> None:
        url = f"{lookloox.base_url}/api/get_user_info"
        lookloox.stub.add(responses.GET, url, json={"mine": True})
        assert user_info(lookloox, lookloox.issue_access_token()).json() == {"mine": True}


class TestReuse:
    def test_auth_key_used_twice(self, lookloox: LookLoox) -> None:
        auth_key = lookloox.issue_auth_key()
        authorize(lookloox, auth_key)
        with pytest.warns(AuthKeyReuseWarning, match="begin a new login"):
            authorize(lookloox, auth_key)

    @pytest.mark.lookloox_reused_auth_key
    def test_spent_by_somebody_else_is_no_mistake(self, lookloox: LookLoox) -> None:
        assert authorize(lookloox, lookloox.issue_auth_key()).json()["error"]

    def test_repeated_after_an_outage_is_no_mistake(self, lookloox: LookLoox) -> None:
        lookloox.inject_fault("http_503@authorize", times=1)
        auth_key = lookloox.issue_auth_key()
        assert authorize(lookloox, auth_key).status_code == 503
        assert "access_token" in authorize(lookloox, auth_key).json()

    @pytest.mark.lookloox_expired_token
    def test_expired_token_used_again(self, lookloox: LookLoox) -> None:
        token = lookloox.issue_access_token()
        user_info(lookloox, token)
        with pytest.warns(ExpiredTokenReuseWarning, match="begin a new login"):
            user_info(lookloox, token)


class TestThreads:
    def test_key_handed_out_while_a_text_is_searched(self) -> None:
        """As another thread does it: what is looked through must not change under the search."""
        conduct = Conduct()
        conduct.secrets.add("0123456789abcdef")

        class Searched(str):
            __slots__ = ()

            def __contains__(self, secret: str) -> bool:  # type: ignore[override]
                conduct.secrets.add(f"{secret}0")
                return str.__contains__(self, secret)

        conduct.logged("website", Searched("nothing"))

        assert len(conduct.secrets) == 2


class TestRedirectUrl:
    def test_with_a_query_string(self) -> None:
        with pytest.warns(RedirectUrlQueryWarning, match="appends"):
            LookLoox(redirect_url="http://localhost/callback?provider=lookloox")

    def test_of_an_app_registered_later(self, lookloox: LookLoox) -> None:
        with pytest.warns(RedirectUrlQueryWarning, match="register one without"):
            lookloox.register_app(redirect_url="http://localhost/callback?next=/")


def test_no_secret_is_shown(lookloox: LookLoox) -> None:
    token = lookloox.issue_access_token()
    with pytest.warns(LookLooxClientWarning) as caught:
        requests.get(f"http://lookloox.com/api/oauth?access_token={token}", verify=False)
    assert len(caught) == 4
    assert not any(token in str(warning.message) for warning in caught)


class TestLog:
    """The log is looked at when the test is over, so these run a suite of their own."""

    LEAKING = """
        import logging
        import warnings

        def test_login(lookloox):
            logging.getLogger("website").warning("got %s", lookloox.{secret})
    """

    @pytest.mark.parametrize(
        "secret", ["issue_access_token()", "issue_auth_key()", "app.app_secret", "approve()"]
    )
    def test_secret_in_the_log(self, pytester: pytest.Pytester, secret: str) -> None:
        pytester.makepyfile(self.LEAKING.format(secret=secret))
        result = pytester.runpytest_subprocess()
        result.assert_outcomes(passed=1, warnings=1)
        result.stdout.fnmatch_lines(["*SecretInLogWarning: the logger 'website' wrote a secret*"])

    def test_part_of_a_word_is_no_secret(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            import logging
            import pytest

            @pytest.mark.lookloox(app_secret="secret")
            def test_login(lookloox):
                logging.getLogger("website").warning("Bad Request, invalid app_secret")
            """
        )
        pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed=1)

    def test_as_an_error(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(self.LEAKING.format(secret="approve()"))
        result = pytester.runpytest_subprocess("-W", "error")
        result.assert_outcomes(passed=1, errors=1)

    def test_turned_off(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(self.LEAKING.format(secret="approve()"))
        category = f"{SecretInLogWarning.__module__.split('.')[0]}.SecretInLogWarning"
        pytester.makeini(f"[pytest]\nfilterwarnings = ignore::{category}")
        pytester.runpytest_subprocess().assert_outcomes(passed=1, warnings=0)

    def test_log_that_is_not_captured(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(self.LEAKING.format(secret="approve()"))
        result = pytester.runpytest_subprocess("-p", "no:logging")
        result.assert_outcomes(passed=1, warnings=0)


def test_through_the_server_the_test_is_warned_at_its_end(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import requests

        def test_login(lookloox_server):
            url = lookloox_server.base_url + "/api/oauth"
            requests.get(url, {"app_secret": "any"}, timeout=5)
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*MisdirectedSecretWarning: app_secret was sent to /api/oauth*"])
