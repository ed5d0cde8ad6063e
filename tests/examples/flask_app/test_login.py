"""How a website tests its login."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from pytest_lookloox import App, LookLoox, build_user_info
from tests.examples.flask_app.app import create_app


@pytest.fixture
def app(lookloox_app: App) -> Flask:
    """The website, configured as the registered app of Look Loox."""
    return create_app(
        SECRET_KEY="signs the session cookie",
        LOOKLOOX_BASE_URL=lookloox_app.base_url,
        LOOKLOOX_APP_ID=lookloox_app.app_id,
        LOOKLOOX_APP_SECRET=lookloox_app.app_secret,
    )


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """A browser that has just opened the website."""
    return app.test_client()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that has followed the link "Log in with Look Loox".

    Only such a one may come back with an auth_key: the app refuses all others.
    """
    browser = app.test_client()
    browser.get("/login")
    return browser


def is_logged_in(browser: FlaskClient) -> bool:
    return "Welcome" in browser.get("/").text


def test_login(lookloox: LookLoox, client: FlaskClient) -> None:
    page = client.get(lookloox.approve())
    assert "Welcome, Amina" in page.text
    assert is_logged_in(client)
    assert {call.endpoint for call in lookloox.calls} == {"authorize", "get_user_info"}


def test_every_step_of_the_browser(lookloox: LookLoox, visitor: FlaskClient) -> None:
    assert 'href="/login"' in visitor.get("/").text
    assert visitor.get("/login").location == lookloox.app.login_url
    back = requests.get(lookloox.app.login_url, allow_redirects=False, timeout=5)
    assert "Welcome, Amina" in visitor.get(back.headers["Location"]).text


@pytest.mark.lookloox(base_url="https://sister.example", app_id="é &", app_secret="ü+%")
def test_another_community(lookloox: LookLoox, client: FlaskClient) -> None:
    assert client.get("/login").location == lookloox.app.login_url
    assert "Welcome, Amina" in client.get(lookloox.approve()).text


@pytest.mark.parametrize(
    ("fields", "greeting"),
    [
        ({"user_firstname": "阿米娜"}, "Welcome, 阿米娜"),
        ({"user_firstname": "<b>A</b>"}, "Welcome, &lt;b&gt;A&lt;/b&gt;"),
        ({"user_firstname": ""}, "Welcome, amina.diallo"),
        ({"user_firstname": None, "user_name": None}, "Welcome, friend"),
        ({"user_firstname": "A" * 10_000}, "Welcome, " + "A" * 100),
        ({"without": ["user_email", "user_gender"]}, "Welcome, Amina"),
    ],
    ids=["script", "HTML", "no first name", "no name", "too long for a cookie", "missing fields"],
)
def test_greeting(
    lookloox: LookLoox, client: FlaskClient, fields: dict[str, Any], greeting: str
) -> None:
    client.get(lookloox.approve(build_user_info(**fields)))
    assert f"{greeting}</p>" in client.get("/").text


@pytest.mark.parametrize("user_id", [None, " ", True])
def test_profile_without_an_id_logs_no_one_in(
    lookloox: LookLoox, client: FlaskClient, user_id: object
) -> None:
    assert client.get(lookloox.approve(build_user_info(user_id=user_id))).status_code == 401
    assert not is_logged_in(client)


@pytest.mark.lookloox_expired_token(times=1)
@pytest.mark.lookloox(error_status=401)
def test_expired_token_leads_through_the_login_again(
    lookloox: LookLoox, client: FlaskClient
) -> None:
    assert client.get(lookloox.approve()).location == lookloox.app.login_url
    assert "Welcome, Amina" in client.get(lookloox.approve()).text


@pytest.mark.lookloox_expired_token
def test_expired_token_leads_through_the_login_only_once(
    lookloox: LookLoox, client: FlaskClient
) -> None:
    assert client.get(lookloox.approve()).status_code == 302
    assert client.get(lookloox.approve()).status_code == 401
    assert not is_logged_in(client)


@pytest.mark.parametrize("query", ["", "?auth_key=", "?auth_key=%20", "?error=denied"])
def test_no_auth_key(lookloox: LookLoox, client: FlaskClient, query: str) -> None:
    assert client.get(f"/callback{query}").status_code == 400
    assert lookloox.calls == []
    assert client.get(lookloox.approve()).status_code == 403  # this login is over
    assert not is_logged_in(client)
