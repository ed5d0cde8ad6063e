"""`GET /api/authorize`, the server's leg: which check answers, and what a login gets."""

from __future__ import annotations

import re

import pytest
from freezegun import freeze_time

from pytest_lookloox import LookLoox, build_user_info
from tests.contract.conftest import (
    API_DISABLED,
    BLANKS,
    INVALID_APP_ID,
    INVALID_APP_SECRET,
    INVALID_AUTH_KEY,
    JSON,
    UNHEARD_OF,
    UNKNOWN_APP,
    Answer,
    Ask,
    answer,
    error,
)

# These ask in every wrong way, on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")

# Each login fails its own check and every later one: whichever check is moved back, one differs.
FAILS_ALL = {"app_id": None, "app_secret": None, "auth_key": None}
FAILS_FROM_SECRET = {**FAILS_ALL, "app_id": "unheard-of"}
FAILS_FROM_KEY = {**FAILS_FROM_SECRET, "app_secret": "wrong"}
NOTHING_BLANK = {**FAILS_FROM_KEY, "auth_key": "unheard-of"}
FAILS_FROM_WRONG_SECRET = {"app_secret": "wrong", "auth_key": "unheard-of"}

BLANK_PARAMETERS = [
    pytest.param(FAILS_ALL, INVALID_APP_ID, id="1 blank app_id"),
    pytest.param(FAILS_FROM_SECRET, INVALID_APP_SECRET, id="2 blank app_secret"),
    pytest.param(FAILS_FROM_KEY, INVALID_AUTH_KEY, id="3 blank auth_key"),
]


@pytest.mark.parametrize("app_id", BLANKS)
def test_blank_app_id(authorize: Ask, app_id: str | None) -> None:
    assert answer(authorize(app_id=app_id, auth_key="x")) == error(INVALID_APP_ID)


@pytest.mark.parametrize("app_secret", BLANKS)
def test_blank_app_secret(authorize: Ask, app_secret: str | None) -> None:
    # With an unknown app beside it: a wrong secret has the same message, but is checked later.
    wrong = {"app_id": "unheard-of", "app_secret": app_secret, "auth_key": "x"}

    assert answer(authorize(**wrong)) == error(INVALID_APP_SECRET)


@pytest.mark.parametrize("auth_key", BLANKS)
def test_blank_auth_key(authorize: Ask, auth_key: str | None) -> None:
    wrong = {"app_id": "unheard-of", "auth_key": auth_key}

    assert answer(authorize(**wrong)) == error(INVALID_AUTH_KEY)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        *BLANK_PARAMETERS,
        pytest.param(NOTHING_BLANK, API_DISABLED, id="4 API switched off"),
    ],
)
def test_order_of_the_checks_while_the_api_is_off(
    provider: LookLoox, authorize: Ask, params: dict[str, str | None], message: str
) -> None:
    provider.disable_api()

    assert answer(authorize(**params)) == error(message)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        *BLANK_PARAMETERS,
        pytest.param(NOTHING_BLANK, UNKNOWN_APP, id="5 unknown app"),
        pytest.param(FAILS_FROM_WRONG_SECRET, INVALID_APP_SECRET, id="6 wrong secret"),
        pytest.param({"auth_key": "unheard-of"}, INVALID_AUTH_KEY, id="7 bad key"),
    ],
)
def test_order_of_the_checks(authorize: Ask, params: dict[str, str | None], message: str) -> None:
    assert answer(authorize(**params)) == error(message)


def test_api_switched_off_refuses_a_valid_login(provider: LookLoox, authorize: Ask) -> None:
    auth_key = provider.issue_auth_key()
    provider.disable_api()

    assert answer(authorize(auth_key=auth_key)) == error(API_DISABLED)


@pytest.mark.parametrize("app_id", UNHEARD_OF)
def test_unknown_app(provider: LookLoox, authorize: Ask, app_id: str) -> None:
    auth_key = provider.issue_auth_key()

    assert answer(authorize(app_id=app_id, auth_key=auth_key)) == error(UNKNOWN_APP)


def test_disabled_app_comes_before_its_wrong_secret(provider: LookLoox, authorize: Ask) -> None:
    auth_key = provider.issue_auth_key()
    provider.disable_app(provider.app.app_id)

    assert answer(authorize(auth_key=auth_key)) == error(UNKNOWN_APP)
    assert answer(authorize(auth_key=auth_key, app_secret="wrong")) == error(UNKNOWN_APP)


def test_app_registered_again_is_enabled(provider: LookLoox, authorize: Ask) -> None:
    app = provider.app
    provider.disable_app(app.app_id)
    provider.register_app(app_id=app.app_id, app_secret="new-secret")

    answered = authorize(app_secret="new-secret", auth_key=provider.issue_auth_key())
    assert "access_token" in answered.json()


@pytest.mark.parametrize("app_secret", UNHEARD_OF)
def test_wrong_secret(provider: LookLoox, authorize: Ask, app_secret: str) -> None:
    auth_key = provider.issue_auth_key()

    assert answer(authorize(app_secret=app_secret, auth_key=auth_key)) == error(INVALID_APP_SECRET)


def test_secret_of_another_app_is_wrong(provider: LookLoox, authorize: Ask) -> None:
    second = provider.register_app(app_id="second", app_secret="second-secret")
    auth_key = provider.issue_auth_key()

    response = authorize(app_secret=second.app_secret, auth_key=auth_key)
    assert answer(response) == error(INVALID_APP_SECRET)


def test_values_are_not_trimmed(provider: LookLoox, authorize: Ask) -> None:
    """White space makes a value blank, but around a value it makes another value."""
    app = provider.app
    auth_key = provider.issue_auth_key()

    assert answer(authorize(app_id=f" {app.app_id}", auth_key=auth_key)) == error(UNKNOWN_APP)
    assert answer(authorize(app_secret=f"{app.app_secret} ", auth_key=auth_key)) == error(
        INVALID_APP_SECRET
    )
    assert answer(authorize(auth_key=f"{auth_key}\u00a0")) == error(INVALID_AUTH_KEY)


@pytest.mark.parametrize("auth_key", UNHEARD_OF)
def test_unknown_key(authorize: Ask, auth_key: str) -> None:
    assert answer(authorize(auth_key=auth_key)) == error(INVALID_AUTH_KEY)


def test_key_works_once(provider: LookLoox, authorize: Ask) -> None:
    auth_key = provider.issue_auth_key()

    assert "access_token" in authorize(auth_key=auth_key).json()
    again = [answer(authorize(auth_key=auth_key)) for _ in range(2)]
    assert again == [error(INVALID_AUTH_KEY)] * 2


def test_voided_key(provider: LookLoox, authorize: Ask) -> None:
    earlier = provider.issue_auth_key()
    provider.issue_auth_key()

    assert answer(authorize(auth_key=earlier)) == error(INVALID_AUTH_KEY)


def test_key_of_another_app(provider: LookLoox, authorize: Ask) -> None:
    provider.register_app(app_id="second", app_secret="second-secret")
    auth_key = provider.issue_auth_key()

    response = authorize(app_id="second", app_secret="second-secret", auth_key=auth_key)
    assert answer(response) == error(INVALID_AUTH_KEY)


def test_key_is_spent_by_a_login_that_works_only(provider: LookLoox, authorize: Ask) -> None:
    provider.register_app(app_id="second", app_secret="second-secret")
    auth_key = provider.issue_auth_key()
    authorize(app_secret="wrong", auth_key=auth_key)
    authorize(app_id="second", app_secret="second-secret", auth_key=auth_key)

    assert "access_token" in authorize(auth_key=auth_key).json()


def test_access_token_is_no_auth_key(provider: LookLoox, authorize: Ask) -> None:
    token = provider.issue_access_token()

    assert answer(authorize(auth_key=token)) == error(INVALID_AUTH_KEY)


def test_login_gets_a_token_and_nothing_else(provider: LookLoox, authorize: Ask) -> None:
    response = authorize(auth_key=provider.issue_auth_key())

    token = response.json()["access_token"]
    assert re.fullmatch(r"[0-9a-f]{32}", token)
    assert answer(response) == Answer(200, JSON, f'{{"access_token": "{token}"}}')


@pytest.mark.lookloox(app_id="приложение №1", app_secret="clé & mot=de passe +%é🔑")
def test_values_outside_ascii_are_understood(provider: LookLoox, authorize: Ask) -> None:
    assert "access_token" in authorize(auth_key=provider.issue_auth_key()).json()


def test_second_login_within_the_hour_gets_the_same_token(
    provider: LookLoox, authorize: Ask
) -> None:
    first = authorize(auth_key=provider.issue_auth_key()).json()
    provider.advance(minutes=59)
    second = authorize(auth_key=provider.issue_auth_key()).json()

    assert second == first


def test_second_login_does_not_renew_the_hour(provider: LookLoox, authorize: Ask, ask: Ask) -> None:
    provider.issue_access_token()
    provider.advance(minutes=59)
    token = authorize(auth_key=provider.issue_auth_key()).json()["access_token"]
    provider.advance(minutes=2)

    assert ask("get_user_info", access_token=token).json()["error"] is True


def test_login_at_the_end_of_the_hour(provider: LookLoox, authorize: Ask) -> None:
    """At 3600 seconds the token still holds, at 3601 a login brings another."""
    with freeze_time("2026-11-02 09:14:55"):
        first = provider.issue_access_token()
        provider.advance(3600)
        at_the_end = authorize(auth_key=provider.issue_auth_key()).json()
        provider.advance(1)
        past_it = authorize(auth_key=provider.issue_auth_key()).json()

    assert at_the_end == {"access_token": first}
    assert past_it != {"access_token": first}


def test_new_token_replaces_the_expired_one(provider: LookLoox, authorize: Ask, ask: Ask) -> None:
    old = provider.issue_access_token()
    provider.advance(hours=1, seconds=1)
    new = authorize(auth_key=provider.issue_auth_key()).json()["access_token"]
    # A whole hour of its own, not the rest of the old one's.
    provider.advance(minutes=59)

    assert ask("get_user_info", access_token=new).json() == {"user_info": provider.user}
    assert ask("get_user_info", access_token=old).json()["error"] is True


def test_every_user_of_every_app_has_a_token_of_their_own(
    provider: LookLoox, authorize: Ask, ask: Ask
) -> None:
    second = provider.register_app(app_id="second", app_secret="second-secret")
    of_second_app = ask("oauth", app_id=second.app_id).headers["Location"].rpartition("=")[2]
    logins = [
        authorize(auth_key=provider.issue_auth_key()),
        authorize(auth_key=provider.issue_auth_key(build_user_info(user_id="7"))),
        authorize(app_id="second", app_secret="second-secret", auth_key=of_second_app),
    ]

    tokens = [login.json()["access_token"] for login in logins]
    assert len(set(tokens)) == 3
    users = [ask("get_user_info", access_token=token).json()["user_info"] for token in tokens]
    assert [user["user_id"] for user in users] == ["1042", "7", "1042"]


@pytest.mark.lookloox(error_status=400)
def test_error_status_is_the_status_of_every_error(provider: LookLoox, authorize: Ask) -> None:
    auth_key = provider.issue_auth_key()
    errors = [
        answer(authorize(app_id=None)),
        answer(authorize(app_id="unheard-of", auth_key=auth_key)),
        answer(authorize(app_secret="wrong", auth_key=auth_key)),
        answer(authorize(auth_key="unheard-of")),
    ]

    messages = [INVALID_APP_ID, UNKNOWN_APP, INVALID_APP_SECRET, INVALID_AUTH_KEY]
    assert errors == [error(message, status=400) for message in messages]
    assert authorize(auth_key=auth_key).status_code == 200
