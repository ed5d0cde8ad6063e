"""Recordings over real HTTP, from a server on the loopback interface."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import pytest

from pytest_lookloox.cassettes.recorder import ask, record_live
from pytest_lookloox.provider.http import Response, html_response, json_response
from pytest_lookloox.provider.models import App
from pytest_lookloox.provider.platforms import DOCUMENTED, PLATFORMS
from tests.cassettes.site import Site

BOTH_PLATFORMS = pytest.mark.parametrize("platform", PLATFORMS)


@BOTH_PLATFORMS
def test_live_recording(site: Site, platform: str) -> None:
    site.provider.platform = PLATFORMS[platform]

    login, reused, wrong, unknown = recorded = record_live(site.app, site.auth_key, "live")

    issued, spent = {"issue_auth_key": site.auth_key}, {"spend_auth_key": site.auth_key}
    assert [each.name for each in recorded] == [
        *("login", "reused_auth_key", "wrong_app_secret", "unknown_token")
    ]
    assert {each.platform.name for each in recorded} == {platform}
    assert login.head["recorded_from"] == "live"
    authorized, profile = login.interactions
    assert authorized.before == (issued,)
    assert profile.params == {"access_token": authorized.access_token}
    user = profile.field("user_info")
    assert login.user == {name: value for name, value in user.items() if name != "more"}
    assert (login.user["rank"], len(user)) == (1.5, 14 + 2 + 2 * (platform == "current"))
    assert reused.interactions[0].before == wrong.interactions[0].before == (issued, spent)
    messages = [each.interactions[-1].field("message") for each in (reused, wrong, unknown)]
    assert [message.rpartition(" ")[2] for message in messages] == [
        *("auth_key", "app_secret", "access_token")
    ]


@BOTH_PLATFORMS
def test_live_recording_sends_the_parameters_in_one_place_only(site: Site, platform: str) -> None:
    site.provider.platform = PLATFORMS[platform]

    [login, *_] = record_live(site.app, site.auth_key, "live")

    *first, sent, _ = site.requests[:-3]
    assert [request.method for request in first] == (["GET"] if platform == "current" else [])
    assert (sent.query_params() == {}) == (platform == "current")
    assert login.interactions[0].params == sent.params()


def test_headers_that_are_kept(site: Site) -> None:
    headers = (("content-type", "text/html"), ("location", "/x"), ("Set-Cookie", "a=1"))
    site.answers["oauth"] = Response(302, headers, b"x\xff")

    interaction = ask(site.app, DOCUMENTED, "oauth", {})

    assert (interaction.headers, interaction.content_type) == ({"Location": "/x"}, "text/html")
    assert (interaction.status, interaction.body) == (302, "x\ufffd")
    assert interaction.url == f"{site.app.base_url}/api/oauth"


PAGE = "status 200, text/html; charset=utf-8; is --base-url right?"
NO_MESSAGE = "status 200, application/json; is --base-url right?"


@pytest.mark.parametrize(
    ("endpoint", "answer", "reason"),
    [
        ("authorize", html_response("<p>secret"), f"no access_token: {PAGE}"),
        ("authorize", json_response([]), f"no access_token: {NO_MESSAGE}"),
        ("authorize", json_response({"message": None}), f"no access_token: {NO_MESSAGE}"),
        (
            "authorize",
            json_response({"message": "Bad Request, invalid app_id"}),
            "no access_token: “Bad Request, invalid app_id”",
        ),
        ("get_user_info", html_response("<p>secret"), f"no user_info: {PAGE}"),
        ("get_user_info", json_response({"user_info": "secret"}), f"no user_info: {NO_MESSAGE}"),
    ],
)
def test_login_without_success(site: Site, endpoint: str, answer: Response, reason: str) -> None:
    site.answers[endpoint] = answer

    with pytest.raises(ValueError, match="answered no") as caught:
        record_live(site.app, site.auth_key, "live")

    assert str(caught.value) == f"{endpoint} answered {reason}"


def test_message_that_repeats_the_secret_and_controls_the_terminal(site: Site) -> None:
    app = replace(site.app, app_secret="a secret/that no simulator knows")
    message = f"Sorry\x1b[2J Zoe, not {quote(app.app_secret, safe='')}"
    site.answers["authorize"] = json_response({"message": message})

    with pytest.raises(ValueError, match=r"no access_token: “Sorry�\[2J Zoe, not \*\*\*”$"):
        record_live(app, site.auth_key, "live")


def test_provider_that_cannot_be_reached() -> None:
    app = App("id", "secret", "http://localhost/callback", base_url="http://127.0.0.1:1")

    with pytest.raises(ConnectionError) as caught:
        ask(app, DOCUMENTED, "authorize", {"app_secret": "secret"})

    reason = "http://127.0.0.1:1/api/authorize cannot be asked: ConnectionError"
    assert str(caught.value) == reason
    assert caught.value.__suppress_context__
