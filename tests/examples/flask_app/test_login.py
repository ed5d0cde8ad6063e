"""How a website tests its login, what it does against failures, and against forged callbacks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from pytest_lookloox import VARIATIONS, Fault, LookLoox, UserInfo, build_user_info


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


def test_no_one_gets_in(lookloox_fault: Fault, client: FlaskClient, lookloox: LookLoox) -> None:
    assert "Welcome" not in client.get(lookloox.approve()).text
    assert not is_logged_in(client)


def test_everyone_gets_in(
    lookloox_odd_user: UserInfo, client: FlaskClient, lookloox: LookLoox
) -> None:
    assert "Welcome" in client.get(lookloox.approve()).text


@pytest.mark.parametrize("name", VARIATIONS)
def test_unusual_answers_are_good_enough(
    name: str, client: FlaskClient, lookloox: LookLoox
) -> None:
    lookloox.vary(name)
    assert "Welcome" in client.get(lookloox.approve()).text


@pytest.mark.lookloox_fault(times=1)
def test_second_login_works(lookloox_fault: Fault, client: FlaskClient, lookloox: LookLoox) -> None:
    client.get(lookloox.approve())
    client.get("/login")
    assert "Welcome" in client.get(lookloox.approve()).text


@pytest.mark.parametrize("endpoint", ["authorize", "get_user_info"])
@pytest.mark.parametrize("kind", ["exception", "error message"])
def test_log_tells_what_happened_without_the_secrets(
    lookloox: LookLoox,
    client: FlaskClient,
    caplog: pytest.LogCaptureFixture,
    endpoint: str,
    kind: str,
) -> None:
    """`lookloox.stub` answers in the provider's place."""
    callback_url = lookloox.approve()
    secrets = {
        "authorize": [lookloox.app.app_secret, callback_url[-32:]],
        "get_user_info": [lookloox.issue_access_token()],
    }[endpoint]
    text = f"refused: {secrets}"
    answers: dict[str, dict[str, Any]] = {
        "exception": {"body": requests.ConnectionError(text)},
        "error message": {"json": {"error": True, "message": text}},
    }
    lookloox.stub.get(f"{lookloox.base_url}/api/{endpoint}", **answers[kind])
    caplog.set_level("DEBUG")
    client.get(callback_url)
    assert f"Log in with Look Loox failed: {endpoint}: " in caplog.text
    assert [secret for secret in secrets if secret in caplog.text] == []


def test_forged_callback_logs_no_one_in(lookloox: LookLoox, visitor: FlaskClient) -> None:
    """An attacker's link, with a valid auth_key of the attacker's own account."""
    assert visitor.get(lookloox.forge_callback()).status_code == 403
    assert not is_logged_in(visitor)


def test_nothing_counts_after_the_login(lookloox: LookLoox, client: FlaskClient) -> None:
    callback_url = lookloox.approve()
    client.get(callback_url)
    calls = len(lookloox.calls)
    assert client.get(callback_url).status_code == 403
    assert client.get(lookloox.forge_callback()).status_code == 403
    assert is_logged_in(client)
    assert len(lookloox.calls) == calls


# The second of the two uses the key again, which is what this test is about.
@pytest.mark.filterwarnings("ignore::pytest_lookloox.AuthKeyReuseWarning")
def test_same_callback_twice_at_once_logs_in_once(lookloox: LookLoox, app: Flask) -> None:
    """The visitor clicks twice, or a browser repeats the request: one session, two requests."""
    browsers = [app.test_client(), app.test_client()]
    browsers[0].get("/login")
    session = browsers[0].get_cookie("session")
    assert session is not None
    browsers[1].set_cookie("session", session.value)
    callback_url = lookloox.approve()

    with ThreadPoolExecutor() as pool:
        pages = list(pool.map(lambda browser: browser.get(callback_url), browsers))

    assert sorted(page.status_code for page in pages) == [200, 401]
    assert sorted(map(is_logged_in, browsers)) == [False, True]
