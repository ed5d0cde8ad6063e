"""The shipped recordings drive the example apps."""

from __future__ import annotations

import dataclasses

import pytest
from flask.testing import FlaskClient
from social_core.exceptions import AuthException

from pytest_lookloox import App, LookLoox
from tests.examples.flask_app.test_login import app_for, is_logged_in
from tests.examples.social_auth.test_login import website_for


@pytest.fixture
def client(lookloox_app: App) -> FlaskClient:
    browser = app_for(lookloox_app).test_client()
    browser.get("/login")
    return browser


class TestFlask:
    @pytest.mark.lookloox_cassette("login")
    def test_login(self, lookloox: LookLoox, client: FlaskClient) -> None:
        page = client.get(lookloox.approve())
        assert f"Welcome, {lookloox.user['user_firstname']}" in page.text

    @pytest.mark.lookloox_cassette("login_again")
    def test_login_again(self, lookloox: LookLoox, client: FlaskClient) -> None:
        client.get(lookloox.approve())
        client.get("/login")
        assert "Welcome" in client.get(lookloox.approve()).text

    @pytest.mark.lookloox_cassette("expired_token")
    def test_expired_token(self, lookloox: LookLoox, client: FlaskClient) -> None:
        assert client.get(lookloox.approve()).location == lookloox.app.login_url
        assert not is_logged_in(client)

    @pytest.mark.parametrize(
        "name",
        [
            pytest.param(name, marks=pytest.mark.lookloox_cassette(name))
            for name in ("reused_auth_key", "deleted_user")
        ],
    )
    def test_nobody_gets_in(self, lookloox: LookLoox, client: FlaskClient, name: str) -> None:
        assert client.get(lookloox.approve()).status_code == 502
        assert not is_logged_in(client)

    @pytest.mark.parametrize(
        "wrong",
        [
            pytest.param({field: "wrong"}, marks=pytest.mark.lookloox_cassette(name), id=name)
            for field, name in (("app_secret", "wrong_app_secret"), ("app_id", "unknown_app"))
        ],
    )
    def test_badly_configured(self, lookloox: LookLoox, wrong: dict[str, str]) -> None:
        client = app_for(dataclasses.replace(lookloox.app, **wrong)).test_client()
        client.get("/login")
        assert client.get(lookloox.approve()).status_code == 502
        assert not is_logged_in(client)


class TestSocialAuth:
    @pytest.mark.lookloox_cassette("login")
    def test_login(self, lookloox: LookLoox) -> None:
        website = website_for(lookloox.app)
        assert website.open(lookloox.approve()) == "/welcome"
        assert website.user is not None
        assert website.user.email == lookloox.user["user_email"]

    @pytest.mark.parametrize(
        "name",
        [
            pytest.param(name, marks=pytest.mark.lookloox_cassette(name))
            for name in ("expired_token", "reused_auth_key")
        ],
    )
    def test_nobody_gets_in(self, lookloox: LookLoox, name: str) -> None:
        website = website_for(lookloox.app)
        with pytest.raises(AuthException):
            website.open(lookloox.approve())
        assert website.user is None
