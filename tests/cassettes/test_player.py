"""A recording in the provider's place: what it answers, and what it says of anything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from pytest_lookloox.cassettes.cassette import Step, parse
from pytest_lookloox.cassettes.library import find_cassette, shipped_directory
from pytest_lookloox.cassettes.player import CassettePlayer
from pytest_lookloox.provider.http import NotRecorded, Request, Response
from pytest_lookloox.provider.models import DEFAULT_APP
from tests.cassettes.samples import KEY, LOGIN, TOKEN

AUTHORIZE = {"app_id": "test-app-id", "app_secret": "test-app-secret", "auth_key": KEY}
WRONG_SECRET = {**AUTHORIZE, "app_secret": "wrong"}
WAY_OUT = (
    "Let the client send what was recorded, in the recorded order and with the values of "
    "lookloox_app; or record anew: python -m pytest_lookloox record --help."
)


class Player(CassettePlayer):
    """A player of a shipped cassette, in which interactions may be repeated or left out."""

    def __init__(
        self,
        name: str,
        order: list[int] | None = None,
        credentials: Mapping[str, str] | None = None,
        redirect_url: str = DEFAULT_APP.redirect_url,
    ) -> None:
        shipped = parse(find_cassette(name, LOGIN.parent))
        recorded = shipped.interactions
        chosen = recorded if order is None else tuple(recorded[index] for index in order)
        app = replace(DEFAULT_APP, redirect_url=redirect_url)
        super().__init__(replace(shipped, interactions=chosen), app, credentials or {})

    def ask(self, endpoint: str, params: Mapping[str, str], method: str = "GET") -> Response:
        return self.handle(Request(method, f"/api/{endpoint}", urlencode(params)))

    def refusal(self, endpoint: str, params: Mapping[str, str], method: str = "GET") -> list[str]:
        with pytest.raises(NotRecorded) as caught:
            self.ask(endpoint, params, method)
        assert self.problems()[-1] == str(caught.value)
        first, *lines, last = str(caught.value).splitlines()
        assert "does not hold" in first
        assert last == WAY_OUT
        return lines


def test_login_in_order() -> None:
    player = Player("login", redirect_url="http://app.example/cb")
    redirect = player.ask("oauth", {"app_id": "test-app-id"})
    assert redirect.header("Location") == f"http://app.example/cb?auth_key={KEY}"
    assert player.ask("authorize", AUTHORIZE).data == {"access_token": TOKEN}
    answer = player.ask("get_user_info", {"access_token": TOKEN})
    assert answer.data["user_info"]["user_id"] == "1042"
    assert player.unused() == player.problems() == []


def test_no_test_sees_what_another_did_to_an_answer() -> None:
    first, second = (
        Player("deleted_user", [2]).ask("get_user_info", {"access_token": TOKEN}) for _ in range(2)
    )
    first.data.append("changed")
    assert second.data == []


def test_configured_credentials_take_the_place_of_the_recorded_ones() -> None:
    player = Player("login", credentials={"mine": "test-app-id", "s3cret": "test-app-secret"})
    player.issue_auth_key()
    sent = {"app_id": "mine", "app_secret": "s3cret", "auth_key": KEY}
    assert player.ask("authorize", sent).data == {"access_token": TOKEN}


@pytest.mark.parametrize("secret", ["mistyped", "ü+%"])
def test_any_wrong_value_is_the_recorded_wrong_one(secret: str) -> None:
    player = Player("wrong_app_secret", [0, 1, 1])
    sent = {**AUTHORIZE, "app_secret": secret}
    for _ in range(2):
        assert player.ask("authorize", sent).data["message"].endswith("invalid app_secret")


@pytest.mark.parametrize("secret", ["test-app-secret", KEY, " "])
def test_recorded_value_or_blank_is_not_a_wrong_value(secret: str) -> None:
    lines = Player("wrong_app_secret").refusal("authorize", {**AUTHORIZE, "app_secret": secret})
    assert lines[1:] == ["  app_secret: another value than the recorded one"]


def test_guess_is_not_the_token_that_was_issued_beside_the_requests() -> None:
    lines = Player("documented_sample").refusal("get_user_info", {"access_token": "guess"})
    assert lines[1:] == ["  access_token: another value than the recorded one"]


@pytest.mark.parametrize("second", ["mistaken", "test-app-secret", KEY, ""])
def test_wrong_value_must_be_the_same_each_time(second: str) -> None:
    player = Player("wrong_app_secret", [0, 1, 1])
    player.ask("authorize", WRONG_SECRET)
    lines = player.refusal("authorize", {**AUTHORIZE, "app_secret": second})
    assert lines[1:] == ["  app_secret: another value than the recorded one"]


@pytest.mark.parametrize(
    ("name", "keys", "tokens", "unused"),
    [
        ("login", 1, 0, [1, 2]),
        ("login", 0, 1, [2]),
        ("login", 1, 1, [2]),
        ("login_again", 0, 2, [2, 5]),
        ("login_again", 1, 2, [2, 5]),
        ("missing_parameters", 1, 0, [0, 2, 3, 4, 5]),
        ("documented_sample", 0, 1, [0]),
    ],
)
def test_keys_and_tokens_that_are_handed_out(
    name: str, keys: int, tokens: int, unused: list[int]
) -> None:
    player = Player(name)
    assert len([player.issue_auth_key() for _ in range(keys)]) == keys
    assert [player.issue_access_token() for _ in range(tokens)] == [TOKEN] * tokens
    [text] = player.unused()
    assert text.count("responses[") == len(unused)
    assert all(f"responses[{index}]: GET /api/" in text for index in unused)


@pytest.mark.parametrize("name", ["login", "documented_sample"])
def test_no_more_keys_and_tokens_than_recorded(name: str) -> None:
    player = Player(name)
    player.issue_access_token()
    for issue, kind in (
        (player.issue_access_token, "access_token"),
        (player.issue_auth_key, "auth"),
    ):
        with pytest.raises(ValueError, match=rf"'{name}' hands out no further {kind}"):
            issue()


def test_keys_that_were_issued_beside_the_requests() -> None:
    shipped = parse(LOGIN)
    first, second = (Step("issue_auth_key", key) for key in ("k1", "k2"))
    third = replace(shipped.interactions[0], before=(first, second))
    player = CassettePlayer(replace(shipped, interactions=(third,)), DEFAULT_APP, {})
    assert [player.issue_auth_key() for _ in range(3)] == ["k1", "k2", KEY]


def test_message_is_told_once_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    player = Player("login")
    secret = {**AUTHORIZE, "app_secret": "s3cr3t", "auth_key": "", "more": "1"}
    player.refusal("authorize", secret)
    [problem] = player.problems()
    file = shipped_directory() / "login.yaml"
    assert problem.splitlines() == [
        f"The recording 'login' ({file}) does not hold GET /api/authorize"
        "?app_id=test-app-id&app_secret=***&auth_key=***&more=1.",
        "The next one recorded is responses[1]: GET /api/authorize?app_id&app_secret&auth_key",
        "  app_secret: another value than the recorded one",
        "  auth_key: another value than the recorded one",
        "  more: sent, but not recorded",
        WAY_OUT,
    ]
    assert caplog.messages == [problem]


USER_INFO = "GET /api/get_user_info?access_token"
NEXT = "The next one recorded is responses"
NONE_LEFT = "No such request is recorded, or each was answered already."
HINTS: dict[str, tuple[list[int], list[tuple[str, dict[str, str]]], list[str]]] = {
    "not sent": (
        [2],
        [("get_user_info", {})],
        [f"{NEXT}[0]: {USER_INFO}", "  access_token: recorded, but not sent"],
    ),
    "answered already": ([2], [("get_user_info", {"access_token": TOKEN})] * 2, [NONE_LEFT]),
    "own value in the wrong place": (
        [1, 2],
        [("get_user_info", {"access_token": KEY})],
        [f"{NEXT}[1]: {USER_INFO}", "  access_token: another value than the recorded one"],
    ),
    "used before unused": (
        [2, 2],
        [("get_user_info", {"access_token": TOKEN}), ("get_user_info", {})],
        [f"{NEXT}[1]: {USER_INFO}", "  access_token: recorded, but not sent"],
    ),
    "unknown path": ([2, 1], [("unheard-of", {"access_token": "x"})], [NONE_LEFT]),
    "nothing recorded": ([], [("get_user_info", {"access_token": "x"})], [NONE_LEFT]),
}


@pytest.mark.parametrize(("order", "requests", "expected"), HINTS.values(), ids=HINTS)
def test_hint(
    order: list[int], requests: list[tuple[str, dict[str, str]]], expected: list[str]
) -> None:
    player = Player("login", order)
    *good, bad = requests
    for request in good:
        player.ask(*request)
    assert player.refusal(*bad) == expected


def test_other_method() -> None:
    assert Player("login").refusal("authorize", AUTHORIZE, "POST") == [NONE_LEFT]


def test_request_that_comes_too_early() -> None:
    player = Player("login_again")
    second = {**AUTHORIZE, "auth_key": f"{KEY[:-1]}2"}
    assert player.refusal("authorize", second) == [
        "The next one recorded is responses[1]: GET /api/authorize?app_id&app_secret&auth_key",
        "  auth_key: another value than the recorded one",
    ]


def test_blank_is_not_a_value() -> None:
    shipped = parse(LOGIN)
    blank = replace(
        shipped.interactions[2], url="https://lookloox.com/api/get_user_info?access_token="
    )
    player = CassettePlayer(replace(shipped, interactions=(blank,)), DEFAULT_APP, {})
    path = "/api/get_user_info"
    with pytest.raises(NotRecorded, match="access_token: another value than the recorded one"):
        player.handle(Request("GET", path, "access_token=x"))
    assert player.handle(Request("GET", path, "access_token=%20")).status == 200


def test_unused_text() -> None:
    player = Player("login", [1, 2])
    assert player.unused() == [
        f"The recording 'login' ({LOGIN}) was not used up: the client never sent responses[0]: GET "
        f"/api/authorize?app_id&app_secret&auth_key; responses[1]: {USER_INFO}. Exercise the "
        "client further, or choose another recording."
    ]
