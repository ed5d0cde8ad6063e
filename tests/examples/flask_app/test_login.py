"""How a website tests its login: who gets in, and that no one else ever does."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from pytest_lookloox import App, LookLoox, build_user_info
from tests.examples.flask_app.app import create_app
from tests.examples.strange import BROKEN, ENDPOINTS, GOOD, WITHOUT_AN_ID, answer_well


def app_for(registered: App) -> Flask:
    """The website, configured as the given app of Look Loox."""
    return create_app(
        SECRET_KEY="signs the session cookie",
        LOOKLOOX_BASE_URL=registered.base_url,
        LOOKLOOX_APP_ID=registered.app_id,
        LOOKLOOX_APP_SECRET=registered.app_secret,
    )


@pytest.fixture
def app(lookloox_app: App) -> Flask:
    return app_for(lookloox_app)


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


class TestLogin:
    def test_login(self, lookloox: LookLoox, client: FlaskClient) -> None:
        page = client.get(lookloox.approve())
        assert "Welcome, Amina" in page.text

    def test_login_lasts(self, lookloox: LookLoox, client: FlaskClient) -> None:
        client.get(lookloox.approve())
        assert "Welcome, Amina" in client.get("/").text

    def test_visitor_sees_the_login_link(self, visitor: FlaskClient) -> None:
        page = visitor.get("/")
        assert "Welcome" not in page.text
        assert 'href="/login"' in page.text

    def test_every_step_of_the_browser(self, lookloox_app: App, visitor: FlaskClient) -> None:
        to_lookloox = visitor.get("/login")
        assert to_lookloox.location == lookloox_app.login_url
        back = requests.get(lookloox_app.login_url, allow_redirects=False, timeout=5)
        assert "Welcome, Amina" in visitor.get(back.headers["Location"]).text

    def test_what_the_app_asks(self, lookloox: LookLoox, client: FlaskClient) -> None:
        client.get(lookloox.approve())
        assert [call.endpoint for call in lookloox.calls] == ENDPOINTS
        assert [call.error for call in lookloox.calls] == [None, None]

    @pytest.mark.lookloox(base_url="https://sister.example", app_id="é &", app_secret="ü+%")
    def test_another_community(self, lookloox: LookLoox, client: FlaskClient) -> None:
        assert client.get("/login").location == lookloox.app.login_url
        assert "Welcome, Amina" in client.get(lookloox.approve()).text


class TestProfiles:
    """Who comes back from Look Loox is not always as complete as Amina."""

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
        ids=[
            "other script",
            "HTML",
            "no first name",
            "no name",
            "too long for a cookie",
            "missing fields",
        ],
    )
    def test_greeting(
        self, lookloox: LookLoox, client: FlaskClient, fields: dict[str, Any], greeting: str
    ) -> None:
        client.get(lookloox.approve(build_user_info(**fields)))
        assert f"{greeting}</p>" in client.get("/").text

    @pytest.mark.parametrize("user_info", WITHOUT_AN_ID.values(), ids=WITHOUT_AN_ID)
    def test_profile_without_an_id_logs_no_one_in(
        self, lookloox: LookLoox, client: FlaskClient, user_info: dict[str, Any]
    ) -> None:
        assert client.get(lookloox.approve(user_info)).status_code == 502
        assert not is_logged_in(client)


class TestRefusals:
    """Look Loox says no: the visitor is told so, and stays outside."""

    @pytest.mark.lookloox_reused_auth_key
    def test_spent_auth_key(self, lookloox: LookLoox, client: FlaskClient) -> None:
        assert client.get(lookloox.approve()).status_code == 502
        assert not is_logged_in(client)

    @pytest.mark.lookloox_expired_token(times=1)
    def test_expired_token_leads_through_the_login_again(
        self, lookloox: LookLoox, client: FlaskClient
    ) -> None:
        assert client.get(lookloox.approve()).location == lookloox.app.login_url
        assert "Welcome, Amina" in client.get(lookloox.approve()).text

    @pytest.mark.lookloox_expired_token(times=1)
    @pytest.mark.lookloox(error_status=401)
    def test_expired_token_is_known_by_its_message(
        self, lookloox: LookLoox, client: FlaskClient
    ) -> None:
        assert client.get(lookloox.approve()).location == lookloox.app.login_url

    @pytest.mark.lookloox_expired_token
    def test_expired_token_leads_through_the_login_only_once(
        self, lookloox: LookLoox, client: FlaskClient
    ) -> None:
        assert client.get(lookloox.approve()).status_code == 302
        assert client.get(lookloox.approve()).status_code == 502
        assert not is_logged_in(client)

    def test_deleted_user(self, lookloox: LookLoox, client: FlaskClient) -> None:
        callback_url = lookloox.approve()
        lookloox.remove_user(lookloox.user["user_id"])
        assert client.get(callback_url).status_code == 502
        assert not is_logged_in(client)

    def test_wrong_secret(self, lookloox: LookLoox) -> None:
        client = app_for(dataclasses.replace(lookloox.app, app_secret="mistyped")).test_client()
        client.get("/login")
        assert client.get(lookloox.approve()).status_code == 502
        assert not is_logged_in(client)
        assert lookloox.calls[-1].error == "Bad Request, invalid app_secret"

    @pytest.mark.lookloox(approved=False)
    def test_refused_consent(self, lookloox_app: App, client: FlaskClient) -> None:
        """The user is asked, says no, and closes the page: no redirect ever comes."""
        consent = requests.get(lookloox_app.login_url, allow_redirects=False, timeout=5)
        assert consent.status_code == 200
        assert not is_logged_in(client)

    @pytest.mark.parametrize("query", ["", "?auth_key=", "?auth_key=%20", "?error=denied"])
    def test_no_auth_key(self, lookloox: LookLoox, client: FlaskClient, query: str) -> None:
        assert client.get(f"/callback{query}").status_code == 400
        assert not is_logged_in(client)
        assert lookloox.calls == []


class TestForeignCallbacks:
    """Look Loox has no `state`: the app accepts what a login of its own session brought, once."""

    def test_forged_callback_after_the_login(self, lookloox: LookLoox, client: FlaskClient) -> None:
        client.get(lookloox.approve())
        assert client.get(lookloox.forge_callback()).status_code == 403
        assert len(lookloox.calls) == 2

    def test_same_callback_twice(self, lookloox: LookLoox, client: FlaskClient) -> None:
        callback_url = lookloox.approve()
        client.get(callback_url)
        assert client.get(callback_url).status_code == 403
        assert is_logged_in(client)
        assert len(lookloox.calls) == 2

    # The key is used twice on purpose: this is what an attacker does.
    @pytest.mark.filterwarnings("ignore::pytest_lookloox.AuthKeyReuseWarning")
    def test_same_callback_in_another_browser(
        self, lookloox: LookLoox, client: FlaskClient, visitor: FlaskClient
    ) -> None:
        callback_url = lookloox.approve()
        client.get(callback_url)
        visitor.get("/login")
        assert visitor.get(callback_url).status_code == 502
        assert not is_logged_in(visitor)

    def test_failed_login_is_over(self, lookloox: LookLoox, client: FlaskClient) -> None:
        client.get("/callback")
        assert client.get(lookloox.approve()).status_code == 403
        assert not is_logged_in(client)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
class TestStrangeAnswers:
    """`lookloox.stub` speaks in the provider's place, and the app must keep its head."""

    @pytest.fixture(autouse=True)
    def stubs(self, lookloox: LookLoox) -> None:
        answer_well(lookloox)

    @pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
    def test_broken_one_logs_no_one_in(
        self, lookloox: LookLoox, client: FlaskClient, endpoint: str, answer: dict[str, Any]
    ) -> None:
        url = f"{lookloox.base_url}/api/{endpoint}"
        broken = lookloox.stub.replace("GET", url, **answer)
        assert client.get(lookloox.approve()).status_code == 502
        assert not is_logged_in(client)
        assert broken.call_count == 1

    def test_error_that_is_false_is_not_one(
        self, lookloox: LookLoox, client: FlaskClient, endpoint: str
    ) -> None:
        url = f"{lookloox.base_url}/api/{endpoint}"
        lookloox.stub.replace("GET", url, json={"error": False, **GOOD})
        assert "Welcome, Amina" in client.get(lookloox.approve()).text

    @pytest.mark.parametrize("kind", ["exception", "error message"])
    def test_log_tells_what_happened_without_the_secrets(
        self,
        lookloox: LookLoox,
        client: FlaskClient,
        caplog: pytest.LogCaptureFixture,
        endpoint: str,
        kind: str,
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
        caplog.set_level("DEBUG")
        client.get(callback_url)
        assert f"Log in with Look Loox failed: {endpoint}: " in caplog.text
        assert [secret for secret in secrets if secret in caplog.text] == []
