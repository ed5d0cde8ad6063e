"""The three endpoints from outside: which check answers, and what a good client gets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import requests
from freezegun import freeze_time

from pytest_lookloox import LookLoox, UserInfo, build_user_info
from pytest_lookloox.provider.api import Provider
from pytest_lookloox.provider.models import DEFAULT_APP
from tests.client import ask, authorize, get_user_info, key_in, log_in, visit
from tests.provider.conftest import (
    API_DISABLED,
    BOTH_PLATFORMS,
    FIELDS,
    NULLABLE,
    UNKNOWN_APP,
    Answer,
    answer,
    error,
    json_answer,
    page,
)

# The tests make mistakes on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")

INVALID_APP_ID = error("Bad Request, invalid app_id")
INVALID_APP_SECRET = error("Bad Request, invalid app_secret")
INVALID_AUTH_KEY = error("Bad Request, invalid auth_key")
INVALID_TOKEN = error("Bad Request, invalid access_token")
EXPIRED_TOKEN = error("Bad Request, expired access_token")
LIFETIME = 90
NEW_KEY = r"\?auth_key=[0-9a-f]{32}"

# Each fails its own check and all later ones.
BAD_KEY = {"auth_key": "unknown"}
BAD_SECRET = {"app_secret": "wrong", **BAD_KEY}
BAD_APP = {"app_id": "unknown", **BAD_SECRET}


def ask_with(
    provider: LookLoox, endpoint: str, changes: Mapping[str, Any], method: str | None = None
) -> requests.Response:
    """Ask with valid parameters, changed by these; `{}` is the valid value, `None` leaves out."""
    app = provider.app
    valid = {"app_id": app.app_id}
    if endpoint == "authorize":
        valid |= {"app_secret": app.app_secret, "auth_key": provider.issue_auth_key()}
    elif endpoint == "get_user_info":
        valid = {"access_token": provider.issue_access_token()}
    changed = {
        name: value.format(valid.get(name)) if isinstance(value, str) else value
        for name, value in changes.items()
    }
    return ask(provider, endpoint, {**valid, **changed}, method, allow_redirects=False)


def token_in(response: requests.Response) -> str:
    token: str = response.json()["access_token"]
    return token


def new_key(response: requests.Response) -> str:
    """Return the auth_key that a redirect carries."""
    assert response.status_code == 302
    return key_in(response.headers["Location"])


def readable(value: object) -> str:
    """Return a test id in ASCII, without the backslash at which mutmut stumbles."""
    return ascii(value).replace("\\", "/")


@BOTH_PLATFORMS
@pytest.mark.parametrize("blank", [None, "", "\t\r\n ", " \u00a0\u3000"], ids=readable)
@pytest.mark.parametrize(
    ("endpoint", "name", "others", "expected"),
    [
        ("oauth", "app_id", {}, page("Page not found", 404)),
        ("authorize", "app_id", {"app_secret": None, "auth_key": None}, INVALID_APP_ID),
        ("authorize", "app_secret", {"app_id": "unknown", "auth_key": None}, INVALID_APP_SECRET),
        ("authorize", "auth_key", BAD_APP, INVALID_AUTH_KEY),
        ("get_user_info", "access_token", {}, INVALID_TOKEN),
    ],
)
def test_blank_parameters_come_before_all_later_checks(
    provider: LookLoox,
    endpoint: str,
    name: str,
    others: dict[str, str | None],
    expected: Answer,
    blank: str | None,
) -> None:
    provider.disable_api()

    assert answer(ask_with(provider, endpoint, {**others, name: blank})) == expected


@BOTH_PLATFORMS
@pytest.mark.parametrize(
    "wrong",
    [
        *("unknown", "ключ-🔑-鍵", "\u200b", "0", "' OR '1'='1", " {}", "{}\u00a0"),
        # About the most that web servers accept.
        "x" * 60_000,
    ],
    ids=lambda value: readable(value)[:30],
)
@pytest.mark.parametrize(
    ("endpoint", "name", "expected"),
    [
        ("oauth", "app_id", page(UNKNOWN_APP)),
        ("authorize", "app_id", error(UNKNOWN_APP)),
        ("authorize", "app_secret", INVALID_APP_SECRET),
        ("authorize", "auth_key", INVALID_AUTH_KEY),
        ("get_user_info", "access_token", INVALID_TOKEN),
    ],
)
def test_wrong_value(
    provider: LookLoox, endpoint: str, name: str, expected: Answer, wrong: str
) -> None:
    """White space makes a value blank, but around a value it belongs to the value."""
    assert answer(ask_with(provider, endpoint, {name: wrong})) == expected


@BOTH_PLATFORMS
@pytest.mark.parametrize(
    ("endpoint", "changes", "disabled", "expected"),
    [
        ("oauth", {}, "api", page(API_DISABLED)),
        ("oauth", {"app_id": "unknown"}, "api", page(API_DISABLED)),
        ("oauth", {}, "app", page(UNKNOWN_APP)),
        ("authorize", {}, "api", error(API_DISABLED)),
        ("authorize", BAD_APP, "api", error(API_DISABLED)),
        ("authorize", {}, "app", error(UNKNOWN_APP)),
        ("authorize", BAD_SECRET, "app", error(UNKNOWN_APP)),
        ("authorize", BAD_APP, "", error(UNKNOWN_APP)),
        ("authorize", BAD_SECRET, "", INVALID_APP_SECRET),
        ("authorize", {"app_secret": "second-secret"}, "", INVALID_APP_SECRET),
        ("get_user_info", {}, "api", error(API_DISABLED)),
        ("get_user_info", {"access_token": "unknown"}, "api", error(API_DISABLED)),
    ],
)
@pytest.mark.lookloox(approved=False)
def test_order_of_the_checks(
    provider: LookLoox, endpoint: str, changes: dict[str, str], disabled: str, expected: Answer
) -> None:
    provider.register_app(app_id="second", app_secret="second-secret")
    app_id = provider.app.app_id
    if disabled == "api":
        provider.disable_api()
    elif disabled == "app":
        provider.disable_app(app_id)

    assert answer(ask_with(provider, endpoint, changes)) == expected
    if disabled:
        api, app = "the developer API is switched off", f"the app {app_id!r} was disabled"
        assert provider.calls[-1].reason == (api if disabled == "api" else app)


@pytest.mark.lookloox(error_status=400)
@pytest.mark.parametrize(
    ("endpoint", "changes", "status"),
    [
        *(("oauth", {"app_id": ""}, 404), ("oauth", {"app_id": "unknown"}, 200)),
        *(("authorize", BAD_KEY, 400), ("authorize", {}, 200)),
        *(("get_user_info", {"access_token": "x"}, 400), ("get_user_info", {}, 200)),
    ],
)
def test_error_status_is_for_json_errors_only(
    provider: LookLoox, endpoint: str, changes: dict[str, str], status: int
) -> None:
    assert ask_with(provider, endpoint, changes).status_code == status


@BOTH_PLATFORMS
class TestAuthorize:
    @pytest.mark.lookloox(app_id="приложение №1", app_secret="clé & mot=de passe +%é🔑")
    def test_token_and_nothing_else(self, provider: LookLoox) -> None:
        response = authorize(provider, provider.issue_auth_key())

        token = token_in(response)
        assert re.fullmatch(r"[0-9a-f]{32}", token)
        assert answer(response) == json_answer(f'{{"access_token":"{token}"}}')
        assert not [name for name in response.headers if name.lower().startswith("access-control")]

    def test_which_keys_are_refused(self, provider: LookLoox) -> None:
        """None of the refusals spends the key."""
        other = provider.register_app(app_id="2", app_secret="s")
        wrong_secret = replace(provider.app, app_secret="wrong")
        void = [new_key(visit(provider)), key_in(provider.approve()), provider.issue_auth_key()]
        fresh = new_key(visit(provider))
        is_void = "a newer auth_key of the same user and app voided that one"
        cases = [
            *((auth_key, None, is_void) for auth_key in void),
            (fresh, other, f"that auth_key was issued to the app '{provider.app.app_id}'"),
            (fresh, wrong_secret, "that is not the secret of this app"),
            (fresh, None, None),
            (fresh, None, "that auth_key was used before"),
            (provider.issue_access_token(), None, "this provider never issued that auth_key"),
        ]

        for auth_key, app, reason in cases:
            response = authorize(provider, auth_key, app)

            assert provider.calls[-1].reason == reason
            if reason is None:
                assert token_in(response)
            else:
                expected = INVALID_APP_SECRET if app is wrong_secret else INVALID_AUTH_KEY
                assert answer(response) == expected

    @pytest.mark.parametrize(
        ("age", "is_same", "is_alive_later"),
        [(0, True, True), (1, True, False), (LIFETIME, True, False), (LIFETIME + 1, False, True)],
    )
    @pytest.mark.lookloox(token_lifetime=LIFETIME)
    def test_same_token_while_it_lives(
        self, provider: LookLoox, age: int, is_same: bool, is_alive_later: bool
    ) -> None:
        """Only a new token has a new life."""
        with freeze_time("2026-11-02 09:14:55"):
            first = token_in(authorize(provider, provider.issue_auth_key()))
            provider.advance(age)
            second = token_in(authorize(provider, provider.issue_auth_key()))
            provider.advance(LIFETIME)
            later = get_user_info(provider, second).json()

        assert (second == first) is is_same
        assert ("user_info" in later) is is_alive_later

    def test_every_user_of_every_app_has_their_own_token(self, provider: LookLoox) -> None:
        second = provider.register_app(app_id="second", app_secret="second-secret")
        of_second_app = new_key(visit(provider, second))
        of_second_user = provider.issue_auth_key(build_user_info(user_id="7"))
        # A key of the same user for the first app does not void the other two.
        tokens = [
            token_in(authorize(provider, new_key(visit(provider)))),
            token_in(authorize(provider, of_second_user)),
            token_in(authorize(provider, of_second_app, second)),
        ]

        users = [get_user_info(provider, token).json()["user_info"]["user_id"] for token in tokens]
        assert len(set(tokens)) == 3
        assert users == ["1042", "7", "1042"]


class TestGetUserInfo:
    @pytest.mark.parametrize(
        ("steps", "expected", "reason"),
        [
            ("as auth_key", INVALID_TOKEN, "that is an auth_key, which /api/authorize trades for"),
            ("hours, replaced", INVALID_TOKEN, "a newer token of the same user and app replaced"),
            ("hours", EXPIRED_TOKEN, "that token was issued 7200 seconds ago, and works for 3600"),
            ("removed, hours", EXPIRED_TOKEN, "that token was issued 7200 seconds ago"),
            ("ended", EXPIRED_TOKEN, "the test let that token expire"),
            ("removed", json_answer("[]"), "the user of this token was removed"),
        ],
    )
    def test_bad_token(self, provider: LookLoox, steps: str, expected: Answer, reason: str) -> None:
        token = provider.issue_access_token()
        if "removed" in steps:
            provider.remove_user(provider.user["user_id"])
        if "hours" in steps:
            provider.advance(hours=2)
        if "ended" in steps:
            provider._simulation.provider.expire_access_token(token)
        if "replaced" in steps:
            provider.issue_access_token()
        token = provider.issue_auth_key() if "auth_key" in steps else token

        assert answer(get_user_info(provider, token)) == expected
        assert (provider.calls[-1].reason or "").startswith(reason)
        provider.disable_api()
        assert answer(get_user_info(provider, token)) == error(API_DISABLED)

    @pytest.mark.parametrize(
        ("options", "lifetime"),
        [
            ({}, 3600),
            ({"platform": "current"}, 60),
            ({"platform": "current", "token_lifetime": 3600}, 3600),
            ({"token_lifetime": 60}, 60),
        ],
    )
    @pytest.mark.parametrize(
        ("passed", "advanced", "works"),
        [
            *((0, 0, True), (0, 1, False), (0.9, 0, True), (0, 0.5, False)),
            *((1, -1, True), (1, 0, False), (0.9, -0.5, True)),
        ],
    )
    def test_age_in_whole_seconds(
        self, options: dict[str, Any], lifetime: int, passed: float, advanced: float, works: bool
    ) -> None:
        """So that `advance(3600)` is the last second of the hour, however slow the machine is."""
        stubbed = LookLoox(**options)
        with stubbed, stubbed.serve() as served, freeze_time("2026-11-02") as frozen:
            token = stubbed.issue_access_token()
            frozen.tick(passed)
            stubbed.advance(lifetime + advanced)
            response, other = get_user_info(stubbed, token), get_user_info(served, token)

        assert answer(response) == answer(other)

        assert (answer(response) == EXPIRED_TOKEN) is not works
        assert ("user_info" in response.json()) is works

    def test_14_strings_in_the_documented_order(self, provider: LookLoox) -> None:
        token = provider.issue_access_token()
        first, second = (get_user_info(provider, token) for _ in range(2))

        assert answer(first) == json_answer(first.text)
        assert first.json() == second.json() == {"user_info": provider.user}
        assert list(first.json()["user_info"]) == FIELDS
        assert {type(value) for value in first.json()["user_info"].values()} == {str}

    @pytest.mark.parametrize(
        "user_info",
        [
            build_user_info.empty(),
            {**build_user_info(), **dict.fromkeys(NULLABLE)},
            build_user_info(user_firstname="Амина", user_lastname="ድያሎ 🌍"),
            build_user_info(user_biography="caf&eacute;\n&lt;3 \"'\\"),
            build_user_info(user_picture="https://cdn.example.com/a.jpg"),
            build_user_info(user_id=1042, user_verified=1),
            build_user_info(user_biography="ж" * 1_000_000),
            build_user_info(extra={"profile_cover": None}),
            build_user_info(without=["user_email", "user_website"]),
        ],
    )
    def test_legal_profile_arrives_unchanged(self, provider: LookLoox, user_info: UserInfo) -> None:
        provider.add_user(build_user_info(user_id=str(user_info["user_id"])))
        token = provider.issue_access_token(str(user_info["user_id"]))
        # A profile is read at each request.
        provider.add_user(user_info)
        answered = get_user_info(provider, token).json()

        assert answered == {"user_info": user_info}
        assert list(answered["user_info"]) == list(user_info)


@pytest.mark.parametrize("base_url", [DEFAULT_APP.base_url, "https://community.example"])
@pytest.mark.parametrize(
    ("user", "newer"),
    [
        ({"user_picture": "photos/a.jpg"}, ("{}photos/a.jpg", "{}")),
        ({"user_picture": "https://cdn.example/a.jpg"}, ("https://cdn.example/a.jpg", "{}")),
        ({"user_picture": None}, ("{}", "{}")),
        ({"extra": {"profile_picture": "", "profile_cover": "own"}}, ("", "own")),
    ],
)
def test_newer_fields(base_url: str, user: dict[str, Any], newer: tuple[str, str]) -> None:
    """`platform="current"` sends 16 fields; a test's own values stay."""
    user_info = build_user_info(**user)
    with LookLoox(platform="current", base_url=base_url) as provider:
        token = provider.issue_access_token(user_info)
        answered = get_user_info(provider, token).json()["user_info"]

    assert list(answered) == [*FIELDS, "profile_picture", "profile_cover"]
    picture, cover = (value.format(f"{base_url}/content/uploads/") for value in newer)
    assert answered == {**user_info, "profile_picture": picture, "profile_cover": cover}


# The teardown checks would rightly fail these.
@pytest.mark.lookloox(strict=False)
@BOTH_PLATFORMS
class TestPlaceOfParameters:
    """Each platform answers what the other one refuses."""

    @pytest.mark.parametrize(
        ("method", "option", "read_by"),
        [
            ("GET", "params", "documented"),
            ("POST", "data", "current"),
            ("POST", "files", "current"),
            ("POST", "params", "documented"),
            ("POST", "json", None),
        ],
    )
    def test_authorize(
        self, provider: LookLoox, platform: str, method: str, option: str, read_by: str | None
    ) -> None:
        app, auth_key = provider.app, provider.issue_auth_key()
        sent = {"app_id": app.app_id, "app_secret": app.app_secret, "auth_key": auth_key}
        multipart = {name: (None, value) for name, value in sent.items()}
        url = f"{provider.base_url}/api/authorize"
        options: dict[str, Any] = {option: multipart if option == "files" else sent}
        response = requests.request(method, url, timeout=5, **options)

        if read_by == platform:
            assert token_in(response)
        else:
            assert answer(response) == INVALID_APP_ID

    def test_others_read_the_query(self, provider: LookLoox) -> None:
        params = {"app_id": provider.app.app_id, "access_token": provider.issue_access_token()}

        assert ask(provider, "get_user_info", params, "GET").json()["user_info"]
        assert answer(ask(provider, "get_user_info", {}, "POST", data=params)) == INVALID_TOKEN
        missing = page("Page not found", 404)
        assert answer(ask(provider, "oauth", {}, "POST", data=params)) == missing


class TestOAuth:
    @pytest.mark.lookloox(signed_in=False)
    @pytest.mark.parametrize("app_id", [None, "unknown", "{}"])
    def test_sign_in_comes_first(self, provider: LookLoox, app_id: str | None) -> None:
        provider.disable_api()

        assert answer(ask_with(provider, "oauth", {"app_id": app_id})) == page("Sign in")

    @pytest.mark.lookloox(approved=False)
    def test_consent_page_until_the_user_approves(self, provider: LookLoox) -> None:
        """Looking at the page and leaving is remembered as little as another user's approval."""
        provider.approve(build_user_info(user_id="7"))
        for _ in range(2):
            assert answer(visit(provider)) == page("Log in With Test App")

        provider.approve()
        assert log_in(provider, visit(provider).headers["Location"]) == provider.user

    @pytest.mark.parametrize(
        "redirect_url",
        ["http://localhost/callback", "https://a.example/b?next=/c&d=e", "http://a.example/b?"],
    )
    def test_redirect_to_the_apps_own_url(self, provider: LookLoox, redirect_url: str) -> None:
        app = provider.register_app(app_id="second", redirect_url=redirect_url)
        others = {"state": "mine", "scope": "email", "redirect_uri": "http://evil.example/"}
        response = ask(provider, "oauth", {"app_id": app.app_id, **others}, allow_redirects=False)

        assert (response.status_code, response.text) == (302, "")
        assert re.fullmatch(re.escape(redirect_url) + NEW_KEY, response.headers["Location"])


# The teardown checks would rightly fail most of these.
@pytest.mark.lookloox(strict=False)
class TestEverywhere:
    @pytest.mark.lookloox(strict=False, error_status=400)
    @pytest.mark.parametrize(
        "path",
        [
            *("token", "token/", "Authorize", "authorize.php", "authorize%2F", "x" * 60_000),
            pytest.param("é", id="beyond ASCII"),
        ],
        ids=lambda path: path[:20],
    )
    def test_other_word_below_api(self, provider: LookLoox, path: str) -> None:
        expected = error("Bad Request, invalid parameters", 400)

        assert answer(ask(provider, path, {"app_id": "x"})) == expected

    @pytest.mark.parametrize(
        "path",
        [
            *("", "/", "/api", "/authorize", "/API/oauth", "/apis/oauth", "/photos/a.jpg"),
            *("/consent", "/api/", "/api/authorize/more", "/api/v1/authorize", "/api/authorize//"),
        ],
    )
    def test_any_other_path(self, provider: LookLoox, path: str) -> None:
        response = requests.get(f"{provider.base_url}{path}", timeout=5)

        assert answer(response) == page("Page not found", 404)

    @pytest.mark.parametrize("endpoint", ["oauth", "authorize", "get_user_info"])
    def test_one_trailing_slash_is_the_same_endpoint(
        self, provider: LookLoox, endpoint: str
    ) -> None:
        statuses = [ask_with(provider, path, {}).status_code for path in (f"{endpoint}/", endpoint)]

        assert statuses[0] == statuses[1]
        assert provider.calls[0].endpoint == endpoint

    def test_json_is_written_as_php_does(self, provider: LookLoox) -> None:
        user = build_user_info(user_biography="é/🌍")
        text = get_user_info(provider, provider.issue_access_token(user)).text

        assert text.startswith('{"user_info":{"user_id":"1042","user_name":"amina.diallo",')
        assert r'"user_biography":"\u00e9\/\ud83c\udf0d","user_website":"https:\/\/' in text

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
    def test_other_methods_are_answered_like_get(self, provider: LookLoox, method: str) -> None:
        assert ask_with(provider, "oauth", {}, method).status_code == 302
        assert token_in(ask_with(provider, "authorize", {}, method))
        profile = ask_with(provider, "get_user_info", {}, method).json()
        assert profile == {"user_info": provider.user}
        endpoints = [call.endpoint for call in provider.calls]
        assert endpoints == ["oauth", "authorize", "get_user_info"]

    @pytest.mark.parametrize("path", ["oauth", "authorize", "get_user_info", "token", "../else"])
    def test_head_is_answered_like_get_without_the_body(
        self, provider: LookLoox, path: str
    ) -> None:
        head, get = (ask(provider, path, {}, method) for method in ("HEAD", "GET"))

        assert answer(head) == answer(get)._replace(body="")
        assert head.headers["Content-Length"] == get.headers["Content-Length"]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("APP_ID=x", INVALID_APP_ID),
            ("app_id=%C2%A0+%09", INVALID_APP_ID),
            ("app_id", INVALID_APP_ID),
            ("app_id=x&app_id=", INVALID_APP_ID),
            ("app_id=&app_id=x", INVALID_APP_SECRET),
            ("&&=&", INVALID_APP_ID),
            ("app_id[]=x", INVALID_APP_ID),
            ("app_id=%FF%FE", INVALID_APP_SECRET),
            ("app_id=%zz%", INVALID_APP_SECRET),
            ("app_id=x;app_secret=y", INVALID_APP_SECRET),
            ("app_id=a=b?c&app_secret=%00", INVALID_AUTH_KEY),
        ],
    )
    def test_queries_written_by_hand(
        self, provider: LookLoox, query: str, expected: Answer
    ) -> None:
        response = requests.get(f"{provider.base_url}/api/authorize?{query}", timeout=5)

        assert answer(response) == expected

    def test_form_of_keys_and_tokens(self, provider: LookLoox) -> None:
        secrets = {provider.issue_auth_key() for _ in range(50)} | {provider.issue_access_token()}

        assert len(secrets) == 51
        secrets |= {DEFAULT_APP.app_secret, provider.register_app().app_secret}
        assert all(re.fullmatch(r"[0-9a-f]{32}", secret) for secret in secrets)
        assert (DEFAULT_APP.app_id + provider.register_app().app_id).isdecimal()

    def test_sister_communities_have_their_own_memory_and_clock(self) -> None:
        one, other = (LookLoox(base_url=f"https://{name}.example") for name in ("one", "other"))
        with one, other, one.serve() as served, other.serve() as other_served:
            token = one.issue_access_token()
            other.advance(hours=2)

            for own, foreign in ((one, other), (served, other_served)):
                assert get_user_info(own, token).json() == {"user_info": one.user}
                assert answer(get_user_info(foreign, token)) == INVALID_TOKEN


def test_void_token_does_not_expire_the_present_one() -> None:
    provider = Provider()
    first = provider.issue_access_token("app", "user")
    provider.expire_access_token(first)
    second = provider.issue_access_token("app", "user")
    provider.expire_access_token(first)

    assert provider.issue_access_token("app", "user") == second != first


def test_secrets_are_known_after_they_are_void() -> None:
    """The provider offers them to checks and recordings."""
    provider = Provider()
    provider.register_app(DEFAULT_APP)
    issued = {provider.issue_auth_key("app", "user") for _ in range(2)}
    for _ in range(2):
        issued.add(provider.issue_access_token("app", "user"))
        provider.clock.advance(hours=2)

    assert provider.secrets() == {DEFAULT_APP.app_secret, *issued}
    assert len(issued) == 4
