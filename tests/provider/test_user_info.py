from __future__ import annotations

import re
from typing import Any

import pytest

from pytest_lookloox import build_user_info, build_user_info_payload
from pytest_lookloox.provider.user_info import FIELDS as LISTED
from pytest_lookloox.provider.user_info import UserInfoBuilder, identity
from tests.provider.conftest import FIELDS


def test_typical_user_has_14_realistic_strings_in_order() -> None:
    user_info = build_user_info()

    assert list(user_info) == list(LISTED) == FIELDS
    pictures = user_info.pop("user_picture"), user_info.pop("user_cover")
    assert all(re.fullmatch(r"photos/2026/11/\w+\.jpg", picture) for picture in pictures)
    assert list(user_info.values()) == [
        *("1042", "amina.diallo", "amina@example.com", "Amina", "Diallo", "Female", "1994-03-21"),
        *("2026-11-02 09:14:55", "1", "single", "Photographer, tea drinker, slow traveller."),
        "https://example.com",
    ]


@pytest.mark.parametrize("field", FIELDS)
def test_any_field_can_be_changed_or_left_out(field: str) -> None:
    for value in ("", None, 1.5):
        changed = build_user_info(**{field: value})  # type: ignore[arg-type]

        assert changed == {**build_user_info(), field: value}
        assert list(changed) == FIELDS
    without = build_user_info(without=[field])
    assert without == {name: build_user_info()[name] for name in FIELDS if name != field}
    assert build_user_info(without=FIELDS) == {}


def test_other_builders() -> None:
    """The document's own sample, the answer of the API, and fields of newer servers at the end."""
    arguments: dict[str, Any] = {"user_email": "", "without": ["user_cover"], "extra": {"new": 1}}

    assert list(build_user_info.empty().items()) == [(field, "") for field in FIELDS]
    assert build_user_info_payload(**arguments) == {"user_info": build_user_info(**arguments)}
    assert list(build_user_info(**arguments).items())[13:] == [("new", 1)]


def test_every_call_builds_a_new_dict() -> None:
    build_user_info()["user_name"] = "changed"

    assert build_user_info()["user_name"] == UserInfoBuilder()()["user_name"] == "amina.diallo"


@pytest.mark.parametrize(
    ("misspelt", "closest"),
    [("email", "user_email"), ("zzz", "user_"), ("user_first_name", "user_firstname")],
)
def test_misspelt_field_names_the_closest(misspelt: str, closest: str) -> None:
    says = rf"no field '{misspelt}'; did you mean '{closest}\w*'. A field that only newer .*extra="
    with pytest.raises(TypeError, match=says):
        build_user_info(**{misspelt: ""})  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=says):
        build_user_info_payload(without=[misspelt])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"without": "user_email"}, r"without takes a list of fields: without=\['user_email'\]"),
        ({"extra": {"user_email": ""}}, "user_email is one of .* pass it as user_email=…, not"),
        ({"user_id": ["7"]}, "user_id must be a string, a number or None, not list"),
        ({"user_name": b"amina"}, "user_name must be a string, a number or None, not bytes"),
        ({"extra": {"profile_cover": {}}}, "profile_cover must be a string.*, not dict"),
    ],
)
def test_wrong_argument_says_what_is_expected(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(TypeError, match=says):
        build_user_info(**arguments)


def test_builder_with_a_first_id_numbers_its_users() -> None:
    build = UserInfoBuilder(first_id=2001)
    users = [build() for _ in range(2)]

    assert [list(user) for user in users] == [FIELDS] * 2
    assert [(user["user_id"], user["user_name"], user["user_email"]) for user in users] == [
        ("2001", "amina.diallo.2001", "amina.2001@example.com"),
        ("2002", "amina.diallo.2002", "amina.2002@example.com"),
    ]
    assert build(user_id="7")["user_id"] == "7"


def test_identity_is_the_user_id_as_text() -> None:
    ids = ["7", 7, 0, "", None]

    assert [identity({"user_id": user_id}) for user_id in ids] == ["7", "7", "0", "", ""]
    assert identity({}) == ""


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 2**63, -(2**63)])
def test_number_that_json_or_php_cannot_hold(number: float) -> None:
    with pytest.raises(ValueError, match="user_verified must be a number that fits into 64 bits"):
        build_user_info(user_verified=number)
