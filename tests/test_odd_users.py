"""Profiles that are strange and legal, as data and as the fixture `lookloox_odd_user`."""

from __future__ import annotations

import json
import re

import pytest
import requests

from pytest_lookloox import ODD_USERS, LookLoox, UserInfo, build_user_info
from pytest_lookloox.user_info import FIELDS
from tests.clients import authorize, get_user_info

NAMES = list(ODD_USERS)
# Where the contract lets a field be `null` or empty.
NULLABLE = {
    "user_birthdate",
    "user_picture",
    "user_cover",
    "user_relationship",
    "user_biography",
    "user_website",
}
EMPTIABLE = NULLABLE | {"user_email", "user_firstname", "user_lastname", "user_gender"}
NEWER = {"profile_picture", "profile_cover"}
ORDINARY = build_user_info()


def oddity(name: str) -> UserInfo:
    """What makes an odd user differ from the ordinary one, identity apart."""
    identity = {"user_id", "user_name", "user_email"}
    user = ODD_USERS[name].items()
    return {
        field: value
        for field, value in user
        if ORDINARY.get(field) != value and field not in identity
    }


class TestData:
    @pytest.mark.parametrize("name", NAMES)
    def test_is_legal(self, name: str) -> None:
        user = ODD_USERS[name]

        assert str(user["user_id"]).strip()
        assert user.keys() <= {*FIELDS, *NEWER}
        assert {field for field, value in user.items() if value is None} <= NULLABLE
        assert {field for field, value in user.items() if value == ""} <= EMPTIABLE

    @pytest.mark.parametrize("name", NAMES)
    def test_is_what_the_builder_can_build(self, name: str) -> None:
        user = ODD_USERS[name]
        extra = {field: user[field] for field in NEWER & user.keys()}
        missing = [field for field in FIELDS if field not in user]

        fields = {field: user[field] for field in FIELDS if field in user}

        assert build_user_info(**fields, without=missing, extra=extra) == user

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("null_birthdate_and_website", {"user_birthdate": None, "user_website": None}),
            ("null_wherever_legal", dict.fromkeys(NULLABLE)),
            ("one_letter_names", {"user_firstname": "A", "user_lastname": "D"}),
            ("long_names", {"user_firstname": "A" * 200, "user_lastname": "D" * 200}),
            ("numeric_gender", {"user_gender": "2"}),
            ("null_pictures", {"user_picture": None, "user_cover": None}),
            ("empty_pictures", {"user_picture": "", "user_cover": ""}),
            ("missing_pictures", {}),
        ],
    )
    def test_oddity(self, name: str, expected: UserInfo) -> None:
        assert oddity(name) == expected

    @pytest.mark.parametrize(
        ("name", "field", "pattern"),
        [
            ("no_email", "user_email", r"^$"),
            ("right_to_left_names", "user_firstname", "^[\u0600-\u06ff]+$"),
            ("combining_names", "user_firstname", "[\u0300-\u036f]"),
            ("emoji_names", "user_firstname", "[\U0001f300-\U0001faff]"),
            ("html_in_biography", "user_biography", r"<script>.*&amp;"),
            ("quotes_in_biography", "user_biography", r"\".*'"),
            ("relative_pictures", "user_picture", r"^photos/"),
            ("absolute_pictures", "user_picture", r"^https://"),
            ("newer_server", "profile_cover", r"^https://"),
        ],
    )
    def test_field(self, name: str, field: str, pattern: str) -> None:
        assert re.search(pattern, ODD_USERS[name][field])

    def test_missing_pictures_are_not_there(self) -> None:
        assert not {"user_picture", "user_cover"} & ODD_USERS["missing_pictures"].keys()

    def test_id_is_a_json_number(self) -> None:
        assert '"user_id": 3000' in json.dumps(ODD_USERS["number_as_id"])

    def test_relatives_of_the_ordinary_user(self) -> None:
        assert ODD_USERS["same_email"]["user_email"] == ORDINARY["user_email"]
        assert ODD_USERS["same_email"]["user_id"] != ORDINARY["user_id"]
        assert ODD_USERS["renamed"]["user_id"] == ORDINARY["user_id"]
        assert ODD_USERS["renamed"]["user_name"] != ORDINARY["user_name"]
        assert ODD_USERS["renamed"]["user_email"] != ORDINARY["user_email"]

    def test_nobody_else_shares_an_id(self) -> None:
        ids = [str(user["user_id"]) for name, user in ODD_USERS.items() if name != "renamed"]

        assert len({*ids, ORDINARY["user_id"]}) == len(NAMES)


def profile(lookloox: LookLoox, callback_url: str) -> UserInfo:
    """Who logs in with this callback."""
    token = authorize(lookloox, callback_url[-32:]).json()["access_token"]
    user: UserInfo = get_user_info(lookloox, token).json()["user_info"]
    return user


class TestFixture:
    def test_is_signed_in_already(
        self, lookloox_odd_user: UserInfo, lookloox: LookLoox, lookloox_user: UserInfo
    ) -> None:
        assert lookloox_odd_user == lookloox.user == lookloox_user
        assert lookloox_odd_user == profile(lookloox, lookloox.approve())

    def test_is_signed_in_in_the_browser(
        self, lookloox_odd_user: UserInfo, lookloox: LookLoox
    ) -> None:
        page = requests.get(lookloox.app.login_url, allow_redirects=False, timeout=5)

        assert lookloox_odd_user == profile(lookloox, page.headers["Location"])

    def test_through_the_server(
        self, lookloox_odd_user: UserInfo, lookloox_server: LookLoox
    ) -> None:
        assert lookloox_odd_user == profile(lookloox_server, lookloox_server.approve())

    def test_is_the_same_as_the_data(
        self, lookloox_odd_user: UserInfo, request: pytest.FixtureRequest
    ) -> None:
        name = request.node.name.partition("[")[2].rstrip("]")

        assert lookloox_odd_user == ODD_USERS[name]

    @pytest.mark.lookloox(
        user={"user_id": "7", "user_email": "b@example.com", "user_verified": "0"}
    )
    def test_is_made_of_the_configured_user(self, lookloox_odd_user: UserInfo) -> None:
        assert lookloox_odd_user["user_verified"] == "0"
        assert lookloox_odd_user["user_email"] != "amina@example.com"

    def test_ordinary_user_may_log_in_before(
        self, lookloox_odd_user: UserInfo, lookloox: LookLoox
    ) -> None:
        """What makes `same_email` and `renamed` bite: a client that has met the relative."""
        first = profile(lookloox, lookloox.approve(ORDINARY))
        second = profile(lookloox, lookloox.approve(lookloox_odd_user))

        assert (first, second) == (ORDINARY, lookloox_odd_user)

    def test_one_test_for_each(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile("def test_it(lookloox_odd_user): pass")

        result = pytester.runpytest_inprocess("-v", "-p", "no:randomly")

        ids = re.findall(r"::test_it\[(\w+)\] PASSED", str(result.stdout))
        assert ids == NAMES

    def test_with_faults(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            import pytest

            @pytest.mark.lookloox_fault("missing_auth_key")
            def test_it(lookloox_odd_user, lookloox_fault, lookloox):
                assert lookloox.approve() == lookloox.app.redirect_url
            """
        )

        pytester.runpytest_inprocess().assert_outcomes(passed=len(NAMES))


class TestSignIn:
    def test_the_one_before_stays_a_user(self, lookloox: LookLoox) -> None:
        before = lookloox.user

        lookloox.sign_in(build_user_info(user_id="7"))

        assert profile(lookloox, lookloox.approve())["user_id"] == "7"
        assert profile(lookloox, lookloox.approve(before["user_id"])) == before
