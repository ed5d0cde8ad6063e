from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from pytest_lookloox import build_user_info, build_user_info_payload
from pytest_lookloox.user_info import FIELDS, UserInfoBuilder, identity
from tests.contract.conftest import FIELDS as IN_ORDER


def test_typical_user_has_14_filled_strings_in_the_documented_order() -> None:
    user_info = build_user_info()

    assert list(user_info) == IN_ORDER
    assert all(isinstance(value, str) and value for value in user_info.values())


def test_typical_values_are_realistic() -> None:
    user_info = build_user_info()

    assert user_info["user_id"].isdigit()
    assert user_info["user_email"].endswith("@example.com")
    assert datetime.fromisoformat(user_info["user_birthdate"])
    assert datetime.strptime(user_info["user_registered"], "%Y-%m-%d %H:%M:%S")
    assert user_info["user_picture"].startswith("photos/")
    assert user_info["user_verified"] in {"0", "1"}
    assert user_info["user_website"].startswith("https://")


@pytest.mark.parametrize("field", IN_ORDER)
@pytest.mark.parametrize("value", ["", None, "ዋጋ", 7])
def test_any_field_takes_any_legal_value_and_keeps_its_place(field: str, value: object) -> None:
    fields: dict[str, Any] = {field: value}
    user_info = build_user_info(**fields)

    assert user_info == {**build_user_info(), field: value}
    assert list(user_info) == IN_ORDER


@pytest.mark.parametrize("field", IN_ORDER)
def test_any_field_can_be_left_out(field: str) -> None:
    assert list(build_user_info(without=[field])) == [name for name in IN_ORDER if name != field]


def test_many_fields_can_be_left_out() -> None:
    assert build_user_info(without=IN_ORDER) == {}


def test_fields_of_newer_servers_come_last() -> None:
    user_info = build_user_info(extra={"profile_picture": "https://x.example/a.jpg"})

    assert list(user_info) == [*IN_ORDER, "profile_picture"]
    assert user_info["profile_picture"] == "https://x.example/a.jpg"


def test_empty_is_the_documents_own_sample() -> None:
    assert list(build_user_info.empty().items()) == [(field, "") for field in IN_ORDER]


def test_payload_takes_what_the_builder_takes() -> None:
    arguments: dict[str, Any] = {
        "user_email": "",
        "without": ["user_cover"],
        "extra": {"profile_cover": None},
    }

    assert build_user_info_payload() == {"user_info": build_user_info()}
    assert build_user_info_payload(**arguments) == {"user_info": build_user_info(**arguments)}


def test_every_call_builds_a_dict_of_its_own() -> None:
    build_user_info()["user_name"] = "changed"
    build_user_info.empty()["user_name"] = "changed"

    assert build_user_info()["user_name"] == "amina.diallo"
    assert build_user_info.empty()["user_name"] == ""


@pytest.mark.parametrize(
    ("misspelt", "closest"),
    [
        ("user_emial", "user_email"),
        ("email", "user_email"),
        ("user_first_name", "user_firstname"),
        ("userid", "user_id"),
        ("user_photo", "user_"),
        ("zzz", "user_"),
    ],
)
def test_misspelt_field_names_the_closest(misspelt: str, closest: str) -> None:
    fields: dict[str, Any] = {misspelt: ""}
    says = rf"no field '{misspelt}'; did you mean '{closest}\w*'\?.*extra="

    with pytest.raises(TypeError, match=says):
        build_user_info(**fields)
    with pytest.raises(TypeError, match=says):
        build_user_info(without=[misspelt])
    with pytest.raises(TypeError, match=says):
        build_user_info_payload(**fields)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"without": "user_email"}, r"without takes a list of fields: without=\['user_email'\]"),
        ({"extra": {"user_email": ""}}, "pass it as user_email=…, not in extra"),
        ({"user_id": ["7"]}, "user_id must be a string, a number or None, not list"),
        ({"user_name": b"amina"}, "user_name must be a string, a number or None, not bytes"),
        ({"extra": {"profile_cover": {}}}, "profile_cover must be a string.*, not dict"),
    ],
)
def test_wrong_argument_says_what_is_wanted(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(TypeError, match=says):
        build_user_info(**arguments)


def test_fields_are_given_by_name_only() -> None:
    with pytest.raises(TypeError):
        build_user_info("1042")  # type: ignore[call-arg]


def test_builder_with_a_first_id_never_builds_the_same_user_twice() -> None:
    build = UserInfoBuilder(first_id=2001)
    users = [build() for _ in range(3)]

    assert [user["user_id"] for user in users] == ["2001", "2002", "2003"]
    assert len({user["user_name"] for user in users}) == 3
    assert len({user["user_email"] for user in users}) == 3
    assert all(list(user) == IN_ORDER for user in users)


def test_chosen_id_wins_over_the_numbering() -> None:
    assert UserInfoBuilder(first_id=2001)(user_id="7")["user_id"] == "7"


def test_builder_without_a_first_id_builds_the_same_user() -> None:
    assert build_user_info() == build_user_info() == UserInfoBuilder()()


@pytest.mark.parametrize(
    ("user_info", "expected"),
    [({"user_id": "7"}, "7"), ({"user_id": 7}, "7"), ({"user_id": ""}, ""), ({}, "")],
)
def test_identity_is_the_user_id_as_text(user_info: dict[str, Any], expected: str) -> None:
    assert identity(user_info) == expected


def test_fields_are_listed_in_order() -> None:
    assert list(FIELDS) == IN_ORDER
