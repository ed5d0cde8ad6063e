"""Recordings over real HTTP, from a server on the loopback interface."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_lookloox.cassettes.cassette import Step
from pytest_lookloox.cassettes.recorder import Recorder, record_live
from pytest_lookloox.provider.http import Response, html_response, json_response
from pytest_lookloox.provider.models import App
from tests.cassettes.site import Site

LEFT_OUT = ("Connection", "Content-Encoding", "Keep-Alive", "Server")


def test_live_recording(site: Site) -> None:
    login, reused, wrong, unknown = record_live(site.app, site.auth_key, "live")

    issued, spent = Step("issue_auth_key", site.auth_key), Step("spend_auth_key", site.auth_key)
    assert [login.name, reused.name, wrong.name, unknown.name] == [
        *("login", "reused_auth_key", "wrong_app_secret", "unknown_token")
    ]
    assert login.head["recorded_from"] == "live"
    assert login.user == {name: value for name, value in site.user.items() if name != "more"}
    assert login.user["rank"] == 1.5
    authorized, profile = login.interactions
    assert authorized.before == (issued,)
    assert profile.params == {"access_token": authorized.access_token}
    assert profile.data == {"user_info": site.user}
    assert reused.interactions[0].before == wrong.interactions[0].before == (issued, spent)
    messages = [each.interactions[-1].data["message"] for each in (reused, wrong, unknown)]
    assert [message.rpartition(" ")[2] for message in messages] == [
        *("auth_key", "app_secret", "access_token")
    ]


def test_headers_that_are_kept(site: Site) -> None:
    kept = (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-A", "1"))
    headers = (*kept, *((name, "identity") for name in LEFT_OUT))
    site.answers["oauth"] = Response(302, (*headers, ("Location", "/elsewhere")), b"x")

    interaction = Recorder(site.app).ask("oauth", {})

    assert interaction.headers == (*kept, ("Location", "/elsewhere"))
    assert (interaction.status, interaction.body) == (302, b"x")
    assert interaction.url == f"{site.app.base_url}/api/oauth"


PAGE = "status 200, text/html; charset=utf-8; is --base-url right?"
NO_MESSAGE = "status 200, application/json; is --base-url right?"


@pytest.mark.parametrize(
    ("endpoint", "answer", "reason"),
    [
        ("authorize", html_response("<p>secret"), f"no access_token: {PAGE}"),
        ("authorize", json_response([]), f"no access_token: {NO_MESSAGE}"),
        ("authorize", json_response({"access_token": 1}), f"no access_token: {NO_MESSAGE}"),
        ("authorize", json_response({"message": "secret"}), f"no access_token: {NO_MESSAGE}"),
        (
            "authorize",
            json_response({"message": "Bad Request, invalid auth_key"}),
            "no access_token: “Bad Request, invalid auth_key”",
        ),
        ("get_user_info", html_response("<p>secret"), f"no user_info: {PAGE}"),
        ("get_user_info", json_response([]), f"no user_info: {NO_MESSAGE}"),
        ("get_user_info", json_response({"user_info": "secret"}), f"no user_info: {NO_MESSAGE}"),
    ],
)
def test_login_without_success(site: Site, endpoint: str, answer: Response, reason: str) -> None:
    site.answers[endpoint] = answer

    with pytest.raises(ValueError, match="answered no") as caught:
        record_live(site.app, site.auth_key, "live")

    assert str(caught.value) == f"{endpoint} answered {reason}"


def test_provider_that_cannot_be_reached() -> None:
    app = App("id", "secret", "http://localhost/callback", base_url="http://127.0.0.1:1")

    with pytest.raises(ConnectionError) as caught:
        Recorder(app).authorize("key")

    reason = "http://127.0.0.1:1/api/authorize cannot be asked: ConnectionError"
    assert str(caught.value) == reason
    assert caught.value.__suppress_context__


def test_cassette_contains_what_was_kept_since_the_last(site: Site) -> None:
    recorder = Recorder(site.app)
    recorder.ask("authorize", {})
    make: dict[str, Any] = {"origin": "simulator", "user": {}, "recorded_at": "now", "note": "n"}
    first, second = recorder.cassette("a", **make), recorder.cassette("b", **make)

    assert (len(first.interactions), len(second.interactions)) == (1, 0)
    assert (first.name, first.app, first.head["note"]) == ("a", site.app, "n")
    assert first.head["recorded_at"] == "now"
