"""Strange but legal profiles, as data and as the fixture `lookloox_odd_user`."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pytest_lookloox import ODD_USERS, LookLoox, UserInfo, build_user_info
from pytest_lookloox.provider.odd_users import ODD_USER_SOURCES
from tests.client import log_in, visit
from tests.conftest import Run
from tests.provider.conftest import FIELDS, NULLABLE

EMPTIABLE = [*NULLABLE, "user_email", "user_firstname", "user_lastname", "user_gender"]
NEWER = {"profile_picture", "profile_cover"}
NAMES = ["user_firstname", "user_lastname"]
PICTURES = ["user_picture", "user_cover"]
ORDINARY = build_user_info()
# A pattern is for one field; a plain value is the field's.
ODDITIES: dict[str, dict[str, Any]] = {
    "no_email": {"user_email": ""},
    "null_birthdate_and_website": {"user_birthdate": None, "user_website": None},
    "null_wherever_legal": dict.fromkeys(NULLABLE),
    "empty_wherever_legal": dict.fromkeys(EMPTIABLE, ""),
    "one_letter_names": {"user_firstname": "A", "user_lastname": "D"},
    "long_names": {"user_firstname": "A" * 200, "user_lastname": "D" * 200},
    "right_to_left_names": dict.fromkeys(NAMES, re.compile("^[\u0600-\u06ff]+$")),
    "combining_names": dict.fromkeys(NAMES, re.compile("[\u0300-\u036f]")),
    "emoji_names": dict.fromkeys(NAMES, re.compile("[\U0001f300-\U0001faff]")),
    "entity_encoded_names": dict.fromkeys(NAMES, re.compile(r"&\w+;|&#\d+;")),
    "html_in_biography": {"user_biography": re.compile(r"<script>.*&amp;.*&eacute;")},
    "quotes_in_biography": {"user_biography": re.compile(r"\".*'.*\\.*\$\{x\}")},
    "same_email": {},
    "renamed": {"user_lastname": "Diallo-Okafor"},
    "numeric_gender": {"user_gender": "2"},
    "unknown_gender": {"user_gender": "N/A"},
    "gender_in_another_language": {"user_gender": "Weiblich"},
    "relative_pictures": dict.fromkeys(PICTURES, re.compile("^photos/")),
    "absolute_pictures": {"user_picture": re.compile("^https://")},
    "empty_pictures": dict.fromkeys(PICTURES, ""),
    "null_pictures": dict.fromkeys(PICTURES),
    "newer_server": {
        "profile_picture": re.compile("^https://.*jpg$"),
        "profile_cover": "https://lookloox.com/content/uploads/",
    },
}


@pytest.mark.parametrize(("name", "oddity"), ODDITIES.items(), ids=ODDITIES)
def test_differs_from_the_ordinary_user_in_one_oddity(name: str, oddity: dict[str, Any]) -> None:
    user = ODD_USERS[name]
    assert [field for field in user if field not in NEWER] == FIELDS
    for field, value in oddity.items():
        is_pattern = isinstance(value, re.Pattern)
        assert value.search(user[field]) if is_pattern else user[field] == value
    changed = {field for field, value in user.items() if ORDINARY.get(field) != value}
    assert changed - {"user_id", "user_name", "user_email"} <= oddity.keys()


def test_each_is_known_and_tells_its_source() -> None:
    assert list(ODD_USERS) == list(ODDITIES)
    assert ODD_USER_SOURCES.keys() == ODD_USERS.keys()
    letters = "".join(source.value for source in ODD_USER_SOURCES.values())
    assert letters == "DOODAAOOOOOOAAAOOOODOO"


def test_relatives_of_the_ordinary_user() -> None:
    identities = {
        name: [user[field] == ORDINARY[field] for field in ("user_id", "user_name", "user_email")]
        for name, user in ODD_USERS.items()
    }

    assert identities.pop("same_email") == [False, False, True]
    assert identities.pop("renamed") == [True, False, False]
    assert set(map(any, identities.values())) == {False}
    assert len({str(user["user_id"]) for user in ODD_USERS.values()}) == len(ODD_USERS)


class TestFixture:
    def test_is_signed_in(
        self,
        lookloox_odd_user: UserInfo,
        provider: LookLoox,
        lookloox_user: UserInfo,
        request: pytest.FixtureRequest,
    ) -> None:
        name = request.node.callspec.params["lookloox_odd_user"]

        assert lookloox_odd_user == provider.user == lookloox_user == ODD_USERS[name]
        # A client that knows the ordinary user is what `same_email` and `renamed` are for.
        assert log_in(provider, provider.approve(ORDINARY)) == ORDINARY
        provider.add_user(lookloox_odd_user)
        assert lookloox_odd_user == log_in(provider, visit(provider).headers["Location"])

    @pytest.mark.lookloox(
        user={"user_id": "7", "user_email": "b@example.com", "user_verified": "0"}
    )
    def test_is_made_of_the_configured_user(
        self, lookloox_odd_user: UserInfo, request: pytest.FixtureRequest
    ) -> None:
        name = request.node.callspec.params["lookloox_odd_user"]

        assert lookloox_odd_user["user_verified"] == "0"
        assert (lookloox_odd_user["user_email"] == "b@example.com") is (name == "same_email")
        assert (lookloox_odd_user["user_id"] == "7") is (name == "renamed")

    def test_one_test_for_each_with_faults_or_without(self, run: Run) -> None:
        result = run(
            """
            import pytest

            def test_it(lookloox_odd_user): pass

            @pytest.mark.lookloox_fault("missing_auth_key")
            def test_with_a_fault(lookloox_odd_user, lookloox_fault, lookloox):
                assert lookloox.approve() == lookloox.app.redirect_url
            """,
            *("-v", "-pno:randomly"),
        )

        assert re.findall(r"::test_it\[(\w+)\] PASSED", str(result.stdout)) == list(ODDITIES)
        result.assert_outcomes(passed=2 * len(ODDITIES))
