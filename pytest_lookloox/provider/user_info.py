"""The fields of `user_info`, and builders for tests."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Final

__tracebackhide__ = True

UserInfo = dict[str, Any]
"""A user's profile as the API sends it: a field's name to a string, `None` or a number."""

TYPICAL: Final[Mapping[str, str]] = {
    "user_id": "1042",
    "user_name": "amina.diallo",
    "user_email": "amina@example.com",
    "user_firstname": "Amina",
    "user_lastname": "Diallo",
    "user_gender": "Female",
    "user_birthdate": "1994-03-21",
    "user_picture": "photos/2026/11/lookloox_1f3870be274f6c49b3e31a0c6728957f.jpg",
    "user_cover": "photos/2026/11/lookloox_72b302bf297a228a75730123efef7c41.jpg",
    "user_registered": "2026-11-02 09:14:55",
    "user_verified": "1",
    "user_relationship": "single",
    "user_biography": "Photographer, tea drinker, slow traveller.",
    "user_website": "https://example.com",
}
"""The 14 fields in the API's order (D), each with a typical value (forms O)."""

FIELDS: Final = tuple(TYPICAL)

NULLABLE: Final = (
    *("user_birthdate", "user_picture", "user_cover"),
    *("user_relationship", "user_biography", "user_website"),
)
"""The fields that may be `null` (O); all others are strings."""


class UserInfoBuilder:
    """A builder of `user_info` dicts: 14 realistic strings, any of which a test may change.

    With `first_id` it numbers its users from there, so that no two share an id, a name or an
    e-mail address; without it every call builds the same user.
    """

    def __init__(self, first_id: int | None = None) -> None:
        self._ids = itertools.count(first_id) if first_id is not None else None

    def __call__(
        self, *, without: Sequence[str] = (), extra: Mapping[str, Any] | None = None, **fields: Any
    ) -> UserInfo:
        """Return one `user_info` dict.

        `fields` replace the typical values, `without` names fields to leave out, and `extra`
        adds fields that only newer servers send. Raises `TypeError` for a misspelt field.
        """
        if isinstance(without, str):
            raise TypeError(f"without takes a list of fields: without=[{without!r}]")
        extra = extra or {}
        for name in (*fields, *without):
            if name not in TYPICAL:
                closest = difflib.get_close_matches(name, FIELDS, n=1, cutoff=0)[0]
                raise TypeError(
                    f"user_info has no field {name!r}; did you mean {closest!r}? "
                    "A field that only newer servers send goes into extra={…}"
                )
        for name in extra:
            if name in TYPICAL:
                raise TypeError(f"{name} is one of the 14 fields: pass it as {name}=…, not extra")
        numbered = identity_fields(next(self._ids)) if self._ids else {}
        user_info = {**TYPICAL, **numbered, **fields, **extra}
        require_legal_values(user_info)
        return {name: value for name, value in user_info.items() if name not in without}

    def empty(self) -> UserInfo:
        """Return the API document's own sample: every field is the empty string (D)."""
        return dict.fromkeys(FIELDS, "")


def require_legal_values(user_info: Mapping[str, Any]) -> None:
    """Raise `TypeError` or `ValueError` unless its values are strings, numbers and `None`."""
    if not isinstance(user_info, Mapping):
        raise TypeError(
            "a user is a user_info dict, such as build_user_info(…) makes, "
            f"not {type(user_info).__name__}"
        )
    for name, value in user_info.items():
        if not isinstance(name, str):
            raise TypeError(f"user_info has fields by name, not {name!r}")
        if not isinstance(value, (str, int, float, type(None))):
            kind = type(value).__name__
            raise TypeError(f"{name} must be a string, a number or None, not {kind}")
        if not isinstance(value, str) and not abs(value or 0) < 2**63:
            raise ValueError(f"{name} must be a number that fits into 64 bits")


build_user_info = UserInfoBuilder()
"""The builder that returns the same realistic user at every call; see `UserInfoBuilder`."""


def build_user_info_payload(**arguments: Any) -> dict[str, UserInfo]:
    """Return `{"user_info": build_user_info(...)}`, the answer of `/api/get_user_info` (D)."""
    return {"user_info": build_user_info(**arguments)}


def identity_fields(user_id: int) -> UserInfo:
    """Return the three fields that no two users share."""
    return {
        "user_id": str(user_id),
        "user_name": f"amina.diallo.{user_id}",
        "user_email": f"amina.{user_id}@example.com",
    }


def identity(user_info: Mapping[str, Any]) -> str:
    """Return the `user_id` as text, or `""` if the profile has none."""
    user_id = user_info.get("user_id")
    return str(user_id) if user_id is not None else ""
