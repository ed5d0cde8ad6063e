"""How a website tests its login through `social-auth-core`."""

from __future__ import annotations

import dataclasses
import traceback
from typing import Any

import pytest
import requests
from social_core.exceptions import AuthException

from pytest_lookloox import App, LookLoox, build_user_info
from tests.examples.social_auth.website import Website
from tests.examples.strange import BROKEN, ENDPOINTS, GOOD, WITHOUT_AN_ID, answer_well


def website_for(registered: App) -> Website:
    """The website, configured as the given app of Look Loox; its visitor began to log in."""
    website = Website(
        SOCIAL_AUTH_LOOKLOOX_BASE_URL=registered.base_url,
        SOCIAL_AUTH_LOOKLOOX_KEY=registered.app_id,
        SOCIAL_AUTH_LOOKLOOX_SECRET=registered.app_secret,
    )
    website.begin_login()
    return website


@pytest.fixture
def website(lookloox_app: App) -> Website:
    return website_for(lookloox_app)


def assert_refused(website: Website, callback_url: str) -> None:
    with pytest.raises(AuthException):
        website.open(callback_url)
    assert website.user is None


class TestLogin:
    def test_login(self, lookloox: LookLoox, website: Website) -> None:
        assert website.open(lookloox.approve()) == "/welcome"
        assert website.user is not None
        assert website.user.username == "amina.diallo"
        assert website.user.email == "amina@example.com"
        assert (website.user.first_name, website.user.last_name) == ("Amina", "Diallo")

    def test_login_link(self, lookloox_app: App, website: Website) -> None:
        assert website.begin_login() == lookloox_app.login_url

    def test_what_the_backend_asks(self, lookloox: LookLoox, website: Website) -> None:
        website.open(lookloox.approve())
        assert [call.endpoint for call in lookloox.calls] == ENDPOINTS
        assert [call.method for call in lookloox.calls] == ["GET", "GET"]

    @pytest.mark.parametrize("user_id", ["1042", 1042])
    def test_second_login_finds_the_same_account(
        self, lookloox: LookLoox, website: Website, user_id: str | int
    ) -> None:
        website.open(lookloox.approve())
        first = website.user
        website.log_out()
        website.begin_login()
        website.open(lookloox.approve(build_user_info(user_id=user_id, user_firstname="Ami")))
        assert website.user is first
        assert website.user is not None
        assert website.user.first_name == "Ami"

    def test_same_name_and_e_mail_make_nobody_the_same(
        self, lookloox: LookLoox, website: Website
    ) -> None:
        """Look Loox does not say that an e-mail address is the user's own: only the id counts."""
        website.open(lookloox.approve())
        first = website.user
        website.log_out()
        website.begin_login()
        website.open(lookloox.approve(build_user_info(user_id="2")))
        assert website.user is not None
        assert website.user is not first

    @pytest.mark.parametrize(
        ("user_info", "email"),
        [
            (build_user_info(user_email=""), ""),
            (build_user_info(user_email=None, user_firstname=None, user_birthdate=None), ""),
            (build_user_info(without=["user_email", "user_lastname"]), ""),
            (build_user_info(user_name="", user_firstname=""), "amina@example.com"),
            (build_user_info(extra={"profile_picture": "https://x.test/"}), "amina@example.com"),
        ],
        ids=["no e-mail", "null values", "missing fields", "no name", "unknown field"],
    )
    def test_odd_profiles(
        self, lookloox: LookLoox, website: Website, user_info: dict[str, Any], email: str
    ) -> None:
        website.open(lookloox.approve(user_info))
        assert website.user is not None
        assert website.user.email == email


class TestRefusals:
    @pytest.mark.lookloox_reused_auth_key
    def test_spent_auth_key(self, lookloox: LookLoox, website: Website) -> None:
        assert_refused(website, lookloox.approve())

    @pytest.mark.lookloox_expired_token
    def test_expired_token(self, lookloox: LookLoox, website: Website) -> None:
        assert_refused(website, lookloox.approve())

    @pytest.mark.lookloox_expired_token(times=1)
    def test_login_after_an_expired_token(self, lookloox: LookLoox, website: Website) -> None:
        assert_refused(website, lookloox.approve())
        website.begin_login()
        website.open(lookloox.approve())
        assert website.user is not None

    @pytest.mark.parametrize(
        ("mistake", "error"),
        [
            ({"app_id": "unknown"}, "doesn't exist or has been disabled"),
            ({"app_secret": "mistyped"}, "invalid app_secret"),
            ({"app_secret": " "}, "invalid app_secret"),
        ],
    )
    def test_wrong_credentials(
        self, lookloox: LookLoox, mistake: dict[str, str], error: str
    ) -> None:
        assert_refused(
            website_for(dataclasses.replace(lookloox.app, **mistake)), lookloox.approve()
        )
        assert error in str(lookloox.calls[-1].error)

    def test_disabled_app(self, lookloox: LookLoox, website: Website) -> None:
        callback_url = lookloox.approve()
        lookloox.disable_app(lookloox.app.app_id)
        assert_refused(website, callback_url)

    def test_deleted_user(self, lookloox: LookLoox, website: Website) -> None:
        callback_url = lookloox.approve()
        lookloox.remove_user(lookloox.user["user_id"])
        assert_refused(website, callback_url)

    @pytest.mark.parametrize("query", ["", "?auth_key=", "?auth_key=%20", "?error=denied"])
    def test_no_auth_key(self, lookloox: LookLoox, website: Website, query: str) -> None:
        assert_refused(website, f"{lookloox.app.redirect_url}{query}")
        assert lookloox.calls == []

    @pytest.mark.parametrize("user_info", WITHOUT_AN_ID.values(), ids=WITHOUT_AN_ID)
    def test_nobody_logs_in_without_an_id(
        self, lookloox: LookLoox, website: Website, user_info: dict[str, Any]
    ) -> None:
        assert_refused(website, lookloox.approve(user_info))


class TestForeignCallbacks:
    """Look Loox has no `state`: a callback counts in a session that began a login, and once."""

    def test_forged_callback(self, lookloox: LookLoox) -> None:
        assert_refused(Website(), lookloox.forge_callback())
        assert lookloox.calls == []

    def test_same_callback_twice(self, lookloox: LookLoox, website: Website) -> None:
        callback_url = lookloox.approve()
        website.open(callback_url)
        website.user = None
        assert_refused(website, callback_url)
        assert len(lookloox.calls) == 2

    # The key is used twice on purpose: this is what an attacker does.
    @pytest.mark.filterwarnings("ignore::pytest_lookloox.AuthKeyReuseWarning")
    def test_same_callback_in_another_browser(self, lookloox: LookLoox, website: Website) -> None:
        callback_url = lookloox.approve()
        website.open(callback_url)
        assert_refused(website_for(lookloox.app), callback_url)
        assert lookloox.calls[-1].error == "Bad Request, invalid auth_key"


@pytest.mark.parametrize("endpoint", ENDPOINTS)
class TestStrangeAnswers:
    """`lookloox.stub` speaks in the provider's place, and the backend must keep its head."""

    @pytest.fixture(autouse=True)
    def stubs(self, lookloox: LookLoox) -> None:
        answer_well(lookloox)

    @pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
    def test_nobody_logs_in_by_a_broken_one(
        self, lookloox: LookLoox, website: Website, endpoint: str, answer: dict[str, Any]
    ) -> None:
        url = f"{lookloox.base_url}/api/{endpoint}"
        broken = lookloox.stub.replace("GET", url, **answer)
        assert_refused(website, lookloox.approve())
        assert broken.call_count == 1

    @pytest.mark.parametrize("kind", ["exception", "error message"])
    def test_refusal_tells_no_secret(
        self, lookloox: LookLoox, website: Website, endpoint: str, kind: str
    ) -> None:
        callback_url = lookloox.approve()
        secrets = {
            "authorize": [lookloox.app.app_secret, callback_url[-32:]],
            "get_user_info": [str(GOOD["access_token"])],
        }[endpoint]
        text = f"refused: {secrets}"
        answers: dict[str, dict[str, Any]] = {
            "exception": {"body": requests.ConnectionError(text)},
            "error message": {"json": {"error": True, "message": text}},
        }
        lookloox.stub.replace("GET", f"{lookloox.base_url}/api/{endpoint}", **answers[kind])
        with pytest.raises(AuthException) as refusal:
            website.open(callback_url)
        told = f"{''.join(traceback.format_exception(refusal.value))} {vars(refusal.value)}"
        assert f"{endpoint}: " in told
        assert [secret for secret in secrets if secret in told] == []
