"""A user's suite that type checkers must accept."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_lookloox import (
    FAULTS,
    ODD_USERS,
    VARIATIONS,
    App,
    Call,
    Fault,
    LookLoox,
    LookLooxClientWarning,
    Options,
    UserInfo,
    UserInfoBuilder,
    build_user_info,
    build_user_info_payload,
)


@pytest.fixture
def lookloox_config() -> Options:
    return {"app_id": "1", "platform": "current", "token_lifetime": 60, "user": {"user_id": "7"}}


def test_login(
    lookloox: LookLoox,
    lookloox_app: App,
    lookloox_user: UserInfo,
    lookloox_user_info: UserInfoBuilder,
    lookloox_fault: Fault,
) -> None:
    url: str = lookloox.approve(lookloox_user_info(user_email="", extra={"new": None}))
    lookloox.inject_fault(lookloox_fault.name, times=1)
    calls: list[Call] = lookloox.calls
    texts: list[str | None] = [call.reason for call in calls]
    names: list[str] = [*FAULTS, *ODD_USERS, *VARIATIONS, lookloox_app.login_url, url]
    payload: dict[str, UserInfo] = build_user_info_payload(user_id="7")
    print(texts, names, payload, lookloox_user["user_id"], FAULTS["http_500"].advice)


def test_without_pytest() -> None:
    options: Options = {"signed_in": False}
    with LookLoox(**options) as lookloox, lookloox.serve(port=0) as served:
        served.stub.get("https://other.example/")
        with pytest.warns(LookLooxClientWarning):
            served.advance(hours=1)
    user: dict[str, Any] = build_user_info(without=["user_email"])
    print(user)
