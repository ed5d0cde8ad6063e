"""`GET /api/get_user_info`: which check answers, and what a profile looks like."""

from __future__ import annotations

from typing import Any

import pytest
from freezegun import freeze_time

from pytest_lookloox import LookLoox, build_user_info
from tests.contract.conftest import (
    API_DISABLED,
    BLANKS,
    EXPIRED_ACCESS_TOKEN,
    FIELDS,
    INVALID_ACCESS_TOKEN,
    JSON,
    UNHEARD_OF,
    Answer,
    Ask,
    answer,
    error,
)


@pytest.mark.parametrize("access_token", BLANKS)
def test_blank_token_even_while_the_api_is_off(
    provider: LookLoox, ask: Ask, access_token: str | None
) -> None:
    # Otherwise a blank token would not differ from an unknown one.
    provider.disable_api()

    assert answer(ask("get_user_info", access_token=access_token)) == error(INVALID_ACCESS_TOKEN)


@pytest.mark.parametrize("access_token", BLANKS)
def test_blank_token(ask: Ask, access_token: str | None) -> None:
    assert answer(ask("get_user_info", access_token=access_token)) == error(INVALID_ACCESS_TOKEN)


def test_api_switched_off(provider: LookLoox, ask: Ask) -> None:
    valid = provider.issue_access_token()
    provider.disable_api()

    assert answer(ask("get_user_info", access_token=valid)) == error(API_DISABLED)


def test_api_switched_off_comes_before_the_unknown_token(provider: LookLoox, ask: Ask) -> None:
    provider.disable_api()

    assert answer(ask("get_user_info", access_token="unheard-of")) == error(API_DISABLED)


def test_api_switched_off_comes_before_the_expired_token(provider: LookLoox, ask: Ask) -> None:
    token = provider.issue_access_token()
    provider.advance(hours=2)
    provider.disable_api()

    assert answer(ask("get_user_info", access_token=token)) == error(API_DISABLED)


@pytest.mark.parametrize("access_token", UNHEARD_OF)
def test_unknown_token(ask: Ask, access_token: str) -> None:
    assert answer(ask("get_user_info", access_token=access_token)) == error(INVALID_ACCESS_TOKEN)


def test_auth_key_is_no_access_token(provider: LookLoox, ask: Ask) -> None:
    auth_key = provider.issue_auth_key()

    assert answer(ask("get_user_info", access_token=auth_key)) == error(INVALID_ACCESS_TOKEN)


def test_replaced_token_is_unknown_not_expired(provider: LookLoox, ask: Ask) -> None:
    old = provider.issue_access_token()
    provider.advance(hours=1, seconds=1)
    assert answer(ask("get_user_info", access_token=old)) == error(EXPIRED_ACCESS_TOKEN)

    new = provider.issue_access_token()
    assert answer(ask("get_user_info", access_token=old)) == error(INVALID_ACCESS_TOKEN)
    assert ask("get_user_info", access_token=new).json() == {"user_info": provider.user}


def test_token_works_for_an_hour_and_not_a_second_more(provider: LookLoox, ask: Ask) -> None:
    with freeze_time("2026-11-02 09:14:55"):
        token = provider.issue_access_token()
        provider.advance(3600)
        at_the_end = ask("get_user_info", access_token=token)
        provider.advance(1)
        past_it = ask("get_user_info", access_token=token)

    assert at_the_end.json() == {"user_info": provider.user}
    assert answer(past_it) == error(EXPIRED_ACCESS_TOKEN)


@pytest.mark.lookloox(token_lifetime=60)
def test_lifetime_can_be_another_than_the_hour(provider: LookLoox, ask: Ask) -> None:
    token = provider.issue_access_token()
    provider.advance(30)
    within = ask("get_user_info", access_token=token)
    provider.advance(31)
    past_it = ask("get_user_info", access_token=token)

    assert within.json() == {"user_info": provider.user}
    assert answer(past_it) == error(EXPIRED_ACCESS_TOKEN)


def test_token_can_be_used_again_and_again(provider: LookLoox, ask: Ask) -> None:
    token = provider.issue_access_token()

    answers = [ask("get_user_info", access_token=token).json() for _ in range(3)]
    assert answers == [{"user_info": provider.user}] * 3


def test_removed_user_is_an_empty_list(provider: LookLoox, ask: Ask) -> None:
    token = provider.issue_access_token()
    provider.remove_user(provider.user["user_id"])

    assert answer(ask("get_user_info", access_token=token)) == Answer(200, JSON, "[]")


def test_expired_token_comes_before_the_removed_user(provider: LookLoox, ask: Ask) -> None:
    token = provider.issue_access_token()
    provider.remove_user(provider.user["user_id"])
    provider.advance(hours=1, seconds=1)

    assert answer(ask("get_user_info", access_token=token)) == error(EXPIRED_ACCESS_TOKEN)


def test_profile_has_14_strings_in_the_documented_order(provider: LookLoox, ask: Ask) -> None:
    response = ask("get_user_info", access_token=provider.issue_access_token())

    assert (response.status_code, response.headers["Content-Type"]) == (200, JSON)
    assert list(response.json()) == ["user_info"]
    assert list(response.json()["user_info"]) == FIELDS
    assert {type(value) for value in response.json()["user_info"].values()} == {str}


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"user_email": "", "user_firstname": "", "user_lastname": ""}, id="empty"),
        pytest.param({"user_firstname": "Амина", "user_lastname": "ድያሎ 🌍"}, id="any script"),
        pytest.param({"user_gender": "2"}, id="gender as a numeric id"),
        pytest.param(
            {
                "user_birthdate": None,
                "user_picture": None,
                "user_cover": None,
                "user_relationship": None,
                "user_biography": None,
                "user_website": None,
            },
            id="null",
        ),
        pytest.param({"user_biography": "Tea &amp; travel\n&lt;3 \"'\\"}, id="entities and quotes"),
        pytest.param({"user_picture": "https://cdn.example.com/a.jpg"}, id="absolute picture"),
        pytest.param({"user_id": 1042, "user_verified": 1}, id="numbers"),
        pytest.param({"user_biography": "ж" * 1_000_000}, id="1 MB"),
        pytest.param(
            {"extra": {"profile_picture": "https://lookloox.com/a.jpg", "profile_cover": None}},
            id="fields of newer servers",
        ),
        pytest.param({"without": ["user_email", "user_website"]}, id="missing fields"),
    ],
)
def test_legal_profile_arrives_as_it_stands(
    provider: LookLoox, ask: Ask, fields: dict[str, Any]
) -> None:
    user_info = build_user_info(**fields)
    token = provider.issue_access_token(user_info)

    assert ask("get_user_info", access_token=token).json() == {"user_info": user_info}


def test_documented_sample_arrives_as_it_stands(provider: LookLoox, ask: Ask) -> None:
    token = provider.issue_access_token(build_user_info.empty())

    response = ask("get_user_info", access_token=token)
    assert list(response.json()["user_info"].items()) == [(field, "") for field in FIELDS]


def test_changed_profile_is_read_at_each_request(provider: LookLoox, ask: Ask) -> None:
    token = provider.issue_access_token()
    renamed = {**provider.user, "user_name": "amina.renamed"}
    provider.add_user(renamed)

    assert ask("get_user_info", access_token=token).json() == {"user_info": renamed}


@pytest.mark.lookloox(error_status=401)
def test_error_status_is_the_status_of_every_error(provider: LookLoox, ask: Ask) -> None:
    token = provider.issue_access_token()
    assert ask("get_user_info", access_token=token).status_code == 200
    provider.advance(hours=2)
    expired = answer(ask("get_user_info", access_token=token))
    unknown = answer(ask("get_user_info", access_token="unheard-of"))

    assert expired == error(EXPIRED_ACCESS_TOKEN, status=401)
    assert unknown == error(INVALID_ACCESS_TOKEN, status=401)


@pytest.mark.lookloox(error_status=401)
def test_removed_user_is_no_error(provider: LookLoox, ask: Ask) -> None:
    token = provider.issue_access_token()
    provider.remove_user(provider.user["user_id"])

    assert answer(ask("get_user_info", access_token=token)) == Answer(200, JSON, "[]")
