"""A recording in the provider's place: what it answers, and what it says of anything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from pytest_lookloox.cassettes.library import find_cassette, load
from pytest_lookloox.cassettes.player import CassettePlayer
from pytest_lookloox.provider.http import FORM_TYPE, NotRecorded, Request, Response
from pytest_lookloox.provider.models import DEFAULT_APP
from tests.cassettes.samples import KEY, LOGIN, TOKEN

APP_ID, SECRET = DEFAULT_APP.app_id, DEFAULT_APP.app_secret
AUTHORIZE = {"app_id": APP_ID, "app_secret": SECRET, "auth_key": KEY}
OTHER_SECRET = "  app_secret: another value than the recorded one"
NEXT = "The next one recorded is responses"
NONE_LEFT = "No such request is recorded, or each was answered already."
USER_INFO = "GET /api/get_user_info?access_token"
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
        redirect_url: str = DEFAULT_APP.redirect_url,
        **changes: object,
    ) -> None:
        shipped = load(find_cassette(name, LOGIN.parent))
        recorded = shipped.interactions
        chosen = recorded if order is None else tuple(recorded[index] for index in order)
        changed = tuple(replace(each, **changes) for each in chosen)  # type: ignore[arg-type]
        app = replace(DEFAULT_APP, redirect_url=redirect_url)
        super().__init__(replace(shipped, interactions=changed), app, {})

    def ask(self, endpoint: str, params: Mapping[str, str]) -> Response:
        return self.handle(Request("GET", f"/api/{endpoint}", urlencode(params)))

    def post(self, endpoint: str, params: Mapping[str, str]) -> Response:
        headers, body = {"Content-Type": FORM_TYPE}, urlencode(params).encode()
        return self.handle(Request("POST", f"/api/{endpoint}", headers=headers, body=body))

    def refusal(self, endpoint: str, params: Mapping[str, str]) -> list[str]:
        with pytest.raises(NotRecorded) as caught:
            self.ask(endpoint, params)
        assert self.problems()[-1] == str(caught.value)
        first, *lines, last = str(caught.value).splitlines()
        assert "does not hold" in first
        assert last == WAY_OUT
        return lines


def test_login_in_order() -> None:
    player = Player("login", redirect_url="http://app.example/cb")
    redirect = player.ask("oauth", {"app_id": APP_ID})
    assert redirect.header("Location") == f"http://app.example/cb?auth_key={KEY}"
    assert player.ask("authorize", AUTHORIZE).data == {"access_token": TOKEN}
    answer = player.ask("get_user_info/", {"access_token": TOKEN})
    assert answer.data["user_info"]["user_id"] == "1042"
    assert answer.headers == (("Content-Type", "application/json"),)
    assert player.unused() == player.problems() == []


def test_posted_form() -> None:
    player = Player("current_login")
    player.issue_auth_key()
    # A client that handles both platforms tries the documented way first.
    assert player.ask("authorize", AUTHORIZE).data["message"] == "Bad Request, invalid app_id"
    with pytest.raises(NotRecorded, match=r"does not hold POST /api/authorize\?app_id=other\."):
        player.post("authorize", {"app_id": "other"})
    assert player.post("authorize", AUTHORIZE).data == {"access_token": TOKEN}
    answer = player.ask("get_user_info", {"access_token": TOKEN})
    assert answer.data["user_info"]["profile_cover"] == "https://lookloox.com/content/uploads/"


def test_no_test_sees_what_another_did_to_an_answer() -> None:
    first, second = (
        Player("deleted_user", [2]).ask("get_user_info", {"access_token": TOKEN}) for _ in range(2)
    )
    first.data.append("changed")
    assert second.data == []


@pytest.mark.parametrize("secret", ["mistyped", "ü+%"])
def test_any_wrong_value_is_the_recorded_wrong_one(secret: str) -> None:
    answer = Player("wrong_app_secret").ask("authorize", {**AUTHORIZE, "app_secret": secret})
    assert answer.data["message"] == "Bad Request, invalid app_secret"


@pytest.mark.parametrize("secret", [SECRET, KEY, " "])
def test_recorded_value_or_blank_is_not_a_wrong_value(secret: str) -> None:
    lines = Player("wrong_app_secret").refusal("authorize", {**AUTHORIZE, "app_secret": secret})
    assert lines[1:] == [OTHER_SECRET]


def test_blank_is_recorded() -> None:
    player = Player("login", [2], url="https://lookloox.com/api/get_user_info?access_token=")
    lines = player.refusal("get_user_info", {"access_token": "x"})
    assert lines[1:] == ["  access_token: another value than the recorded one"]
    assert player.ask("get_user_info", {"access_token": " "}).status == 200


@pytest.mark.parametrize(
    ("name", "keys", "tokens", "unused"),
    [
        ("login", 1, 0, [1, 2]),
        ("login", 0, 1, [2]),
        ("login", 1, 1, [2]),
        ("current_login", 0, 1, [2]),
        ("login_again", 0, 2, [2, 5]),
        ("login_again", 1, 2, [2, 5]),
        ("reused_auth_key", 1, 0, [1]),
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
        (player.issue_auth_key, "auth_key"),
    ):
        with pytest.raises(ValueError, match=rf"{name}\.yaml\) hands out no further {kind}"):
            issue()


def test_keys_that_were_issued_beside_the_requests() -> None:
    player = Player("login", [0], before=({"issue_auth_key": "k1"}, {"issue_auth_key": "k2"}))
    assert [player.issue_auth_key() for _ in range(3)] == ["k1", "k2", KEY]


def test_message_is_told_once_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    player = Player("login")
    player.refusal("authorize", {**AUTHORIZE, "app_secret": "s3cr3t", "auth_key": "", "more": "1"})
    [problem] = player.problems()
    assert problem.splitlines() == [
        f"The recording 'login' ({LOGIN}) does not hold GET /api/authorize"
        f"?app_id={APP_ID}&app_secret=***&auth_key=***&more=1.",
        "The next one recorded is responses[1]: GET /api/authorize?app_id&app_secret&auth_key",
        OTHER_SECRET,
        "  auth_key: another value than the recorded one",
        "  more: sent, but not recorded",
        WAY_OUT,
    ]
    assert caplog.messages == [problem]


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
    "unknown path": ([2, 1], [("unheard-of", {"access_token": "x"})], [NONE_LEFT]),
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
