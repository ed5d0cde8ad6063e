"""Legal profiles that break naive clients; a good client logs in every one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pytest_lookloox.provider import facts
from pytest_lookloox.provider.facts import Source
from pytest_lookloox.provider.user_info import (
    NULLABLE,
    UserInfo,
    build_user_info,
    identity_fields,
)

_D, _O, _A = Source
_PICTURES: Final = ("user_picture", "user_cover")
_UPLOADS: Final = f"{facts.DEFAULT_BASE_URL}{facts.UPLOADS_PATH}"
_PICTURE: Final = "photos/2026/11/amina.jpg"
_HTML: Final = "<script>alert(1)</script></textarea> <b>Tea</b> &amp; caf&eacute;"
_QUOTES: Final = "\"It's\" ‘mine’ « là » \\ ` ${x} {{ x }} '); --"
# Letters with separate combining accents, for some of which no composed letter exists.
_COMBINING: Final = "A\u0301mi\u0308na\u0300\u0323"
_MAY_BE_EMPTY: Final = (*NULLABLE, "user_email", "user_firstname", "user_lastname", "user_gender")


def _names(first: str, last: str) -> UserInfo:
    return {"user_firstname": first, "user_lastname": last}


_ODDITIES: Final[Mapping[str, tuple[Source, UserInfo]]] = {
    "no_email": (_D, {"user_email": ""}),
    "null_birthdate_and_website": (_O, {"user_birthdate": None, "user_website": None}),
    "null_wherever_legal": (_O, dict.fromkeys(NULLABLE)),
    "empty_wherever_legal": (_D, dict.fromkeys(_MAY_BE_EMPTY, "")),
    "one_letter_names": (_A, _names("A", "D")),
    "long_names": (_A, _names("A" * 200, "D" * 200)),
    "right_to_left_names": (_O, _names("أمينة", "ديالو")),
    "combining_names": (_O, _names(_COMBINING, "Dia\u0323llo")),
    "emoji_names": (_O, _names("Amina 👩🏾‍💻", "🌍")),
    "entity_encoded_names": (_O, _names("H&eacute;l&egrave;ne", "N&#039;Diaye")),
    "html_in_biography": (_O, {"user_biography": _HTML}),
    "quotes_in_biography": (_O, {"user_biography": _QUOTES}),
    "same_email": (_A, {}),
    "renamed": (_A, {"user_lastname": "Diallo-Okafor"}),
    "numeric_gender": (_A, {"user_gender": "2"}),
    "unknown_gender": (_O, {"user_gender": "N/A"}),
    "gender_in_another_language": (_O, {"user_gender": "Weiblich"}),
    "relative_pictures": (_O, dict.fromkeys(_PICTURES, _PICTURE)),
    "absolute_pictures": (_O, {"user_picture": f"{_UPLOADS}{_PICTURE}"}),
    "empty_pictures": (_D, dict.fromkeys(_PICTURES, "")),
    "null_pictures": (_O, dict.fromkeys(_PICTURES)),
    "newer_server": (
        _O,
        {"profile_picture": f"{_UPLOADS}{_PICTURE}", "profile_cover": _UPLOADS},
    ),
}

ODD_USER_SOURCES: Final = {name: source for name, (source, _) in _ODDITIES.items()}
"""Where each odd profile is known from, by its name."""


def odd_users(ordinary: UserInfo) -> dict[str, UserInfo]:
    """Return each odd profile by its name: the ordinary user with one oddity and its own identity.

    To a client that knows the ordinary user, `same_email` is another person with the same address,
    and `renamed` is the same person, by their id, with another name and address.
    """
    users = {
        name: {**ordinary, **identity_fields(user_id), **oddity}
        for user_id, (name, (_, oddity)) in enumerate(_ODDITIES.items(), start=3001)
    }
    users["same_email"]["user_email"] = ordinary.get("user_email", "")
    users["renamed"]["user_id"] = ordinary.get("user_id", "")
    return users


ODD_USERS: Final[Mapping[str, UserInfo]] = odd_users(build_user_info())
"""Each odd profile by its name, made of the default user."""
