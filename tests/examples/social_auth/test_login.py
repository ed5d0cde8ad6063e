"""How a website tests its login through `social-auth-core`."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from social_core.exceptions import AuthException

from pytest_lookloox import App, LookLoox, build_user_info
from tests.examples.social_auth.website import Website
from tests.examples.strange import ENDPOINTS, WITHOUT_AN_ID


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

    def test_same_name_and_e_mail_are_not_the_same_user(
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


class TestRefusals:
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

    @pytest.mark.parametrize("query", ["", "?auth_key=", "?auth_key=%20", "?error=denied"])
    def test_no_auth_key(self, lookloox: LookLoox, website: Website, query: str) -> None:
        assert_refused(website, f"{lookloox.app.redirect_url}{query}")
        assert lookloox.calls == []

    @pytest.mark.parametrize("user_info", WITHOUT_AN_ID.values(), ids=WITHOUT_AN_ID)
    def test_profile_without_an_id_logs_no_one_in(
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
