"""Profiles that are legal and break naive clients: everybody here has to get in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pytest_lookloox.user_info import NULLABLE, UserInfo, build_user_info

_FIRST_ID: Final = 3001
_MISSING: Final = object()
_ABSOLUTE: Final = "https://cdn.lookloox.com/photos/2026/11/amina.jpg"
_COMBINING: Final = "A\u0301mi\u0308na\u0300\u0323"
"""Accents as characters of their own, for some of which there is no composed letter."""

_MAY_BE_EMPTY: Final = (
    "user_email",
    "user_firstname",
    "user_lastname",
    "user_gender",
    *NULLABLE,
)


def odd_users(ordinary: UserInfo) -> dict[str, UserInfo]:
    """Every odd profile by its name: an ordinary user's, but for its identity and one oddity.

    Two of them are relatives of the ordinary user, and bite where that one logged in before:
    `same_email` is somebody else with the same address, and `renamed` the same person, by their
    id, under another name and address.
    """
    oddities: Mapping[str, Mapping[str, object]] = {
        "no_email": {"user_email": ""},
        "null_birthdate_and_website": {"user_birthdate": None, "user_website": None},
        "null_wherever_legal": dict.fromkeys(NULLABLE),
        "empty_wherever_legal": dict.fromkeys(_MAY_BE_EMPTY, ""),
        "one_letter_names": {"user_firstname": "A", "user_lastname": "D"},
        "long_names": {"user_firstname": "A" * 200, "user_lastname": "D" * 200},
        "right_to_left_names": {"user_firstname": "أمينة", "user_lastname": "ديالو"},
        "combining_names": {"user_firstname": _COMBINING, "user_lastname": "Dia\u0323llo"},
        "emoji_names": {"user_firstname": "Amina 👩🏾‍💻", "user_lastname": "🌍"},
        "html_in_biography": {
            "user_biography": "<script>alert(1)</script></textarea> <b>Tea</b> &amp; caf&eacute;"
        },
        "quotes_in_biography": {
            "user_biography": "\"It's\" ‘mine’ « là » \\ ` ${x} {{ x }} '); --"
        },
        "same_email": {"user_email": ordinary.get("user_email", "")},
        "renamed": {"user_id": ordinary.get("user_id", ""), "user_lastname": "Diallo-Okafor"},
        "numeric_gender": {"user_gender": "2"},
        "relative_pictures": {
            "user_picture": "photos/2026/11/amina.jpg",
            "user_cover": "photos/2026/11/cover.jpg",
        },
        "absolute_pictures": {"user_picture": _ABSOLUTE, "user_cover": _ABSOLUTE},
        "empty_pictures": {"user_picture": "", "user_cover": ""},
        "null_pictures": {"user_picture": None, "user_cover": None},
        "missing_pictures": {"user_picture": _MISSING, "user_cover": _MISSING},
        "number_as_id": {"user_id": _FIRST_ID - 1},
        "newer_server": {"profile_picture": _ABSOLUTE, "profile_cover": _ABSOLUTE},
    }
    return {
        name: _combined(ordinary, _identity(user_id), oddity)
        for user_id, (name, oddity) in enumerate(oddities.items(), _FIRST_ID)
    }


def _identity(user_id: int) -> UserInfo:
    return {
        "user_id": str(user_id),
        "user_name": f"amina.diallo.{user_id}",
        "user_email": f"amina.{user_id}@example.com",
    }


def _combined(*layers: Mapping[str, object]) -> UserInfo:
    fields: dict[str, object] = {}
    for layer in layers:
        fields |= layer
    return {name: value for name, value in fields.items() if value is not _MISSING}


ODD_USERS: Final[Mapping[str, UserInfo]] = odd_users(build_user_info())
"""Every odd profile by its name: what `lookloox_odd_user` makes of the default user."""
