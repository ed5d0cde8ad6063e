"""Legal profiles that break naive clients; a good client logs in every one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pytest_lookloox.provider import user_info
from pytest_lookloox.provider.user_info import NULLABLE, UserInfo

_FIRST_ID: Final = 3001
_PICTURES: Final = ("user_picture", "user_cover")
_MISSING: Final = object()
_ABSOLUTE: Final = "https://cdn.lookloox.com/photos/2026/11/amina.jpg"
_HTML: Final = "<script>alert(1)</script></textarea> <b>Tea</b> &amp; caf&eacute;"
_QUOTES: Final = "\"It's\" ‘mine’ « là » \\ ` ${x} {{ x }} '); --"
# Letters with separate combining accents, for some of which no composed letter exists.
_COMBINING: Final = "A\u0301mi\u0308na\u0300\u0323"
_MAY_BE_EMPTY: Final = (*NULLABLE, "user_email", "user_firstname", "user_lastname", "user_gender")


def odd_users(ordinary: UserInfo) -> dict[str, UserInfo]:
    """Return each odd profile by its name: the ordinary user with one oddity and its own identity.

    To a client that knows the ordinary user, `same_email` is another person with the same address,
    and `renamed` is the same person, by their id, with another name and address.
    """
    oddities: dict[str, dict[str, Any]] = {
        "no_email": {"user_email": ""},
        "null_birthdate_and_website": {"user_birthdate": None, "user_website": None},
        "null_wherever_legal": dict.fromkeys(NULLABLE),
        "empty_wherever_legal": dict.fromkeys(_MAY_BE_EMPTY, ""),
        "one_letter_names": {"user_firstname": "A", "user_lastname": "D"},
        "long_names": {"user_firstname": "A" * 200, "user_lastname": "D" * 200},
        "right_to_left_names": {"user_firstname": "أمينة", "user_lastname": "ديالو"},
        "combining_names": {"user_firstname": _COMBINING, "user_lastname": "Dia\u0323llo"},
        "emoji_names": {"user_firstname": "Amina 👩🏾‍💻", "user_lastname": "🌍"},
        "html_in_biography": {"user_biography": _HTML},
        "quotes_in_biography": {"user_biography": _QUOTES},
        "same_email": {"user_email": ordinary.get("user_email", "")},
        "renamed": {"user_id": ordinary.get("user_id", ""), "user_lastname": "Diallo-Okafor"},
        "numeric_gender": {"user_gender": "2"},
        "relative_pictures": dict.fromkeys(_PICTURES, "photos/2026/11/amina.jpg"),
        "absolute_pictures": dict.fromkeys(_PICTURES, _ABSOLUTE),
        "empty_pictures": dict.fromkeys(_PICTURES, ""),
        "null_pictures": dict.fromkeys(_PICTURES),
        "missing_pictures": dict.fromkeys(_PICTURES, _MISSING),
        "number_as_id": {"user_id": _FIRST_ID - 1},
        "newer_server": {"profile_picture": _ABSOLUTE, "profile_cover": _ABSOLUTE},
    }
    users: dict[str, UserInfo] = {}
    for user_id, (name, oddity) in enumerate(oddities.items(), _FIRST_ID):
        user = {**ordinary, **user_info.identity_fields(user_id), **oddity}
        users[name] = {field: value for field, value in user.items() if value is not _MISSING}
    return users


ODD_USERS: Final[Mapping[str, UserInfo]] = odd_users(user_info.build_user_info())
"""Each odd profile by its name, made of the default user."""
