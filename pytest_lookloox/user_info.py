"""The `user_info` payload: its fields, and builders for tests."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

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
    "user_birthdate",
    "user_picture",
    "user_cover",
    "user_relationship",
    "user_biography",
    "user_website",
)
"""The fields that may be `null` (O); all others are strings."""


class UserInfoBuilder:
    """Builds `user_info` dicts: 14 realistic strings, any of which a test may change.

    A builder made with `first_id` numbers its users from there, so that no two share an id, a
    name or an e-mail address; without it every call builds the same user.
    """

    def __init__(self, first_id: int | None = None) -> None:
        self._ids: Iterator[int] | None = None if first_id is None else itertools.count(first_id)

    def __call__(
        self,
        *,
        without: Sequence[str] = (),
        extra: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> UserInfo:
        """Build one user_info dict.

        `fields` replace the typical values, `without` names fields to leave out, and `extra`
        adds fields that only newer servers send. Raises `TypeError` for a misspelt field, naming
        the closest one.
        """
        if isinstance(without, str):
            raise TypeError(f"without takes a list of fields: without=[{without!r}]")
        extra = {} if extra is None else extra
        for name in (*fields, *without):
            _require_known(name)
        for name in extra:
            if name in TYPICAL:
                raise TypeError(
                    f"{name} is one of the 14 fields: pass it as {name}=…, not in extra"
                )
        user_info = {**self._typical(), **fields, **extra}
        require_legal_values(user_info)
        return {name: value for name, value in user_info.items() if name not in without}

    def empty(self) -> UserInfo:
        """The API document's own sample: every field is the empty string (D)."""
        return dict.fromkeys(FIELDS, "")

    def _typical(self) -> UserInfo:
        if self._ids is None:
            return dict(TYPICAL)
        user_id = next(self._ids)
        return {
            **TYPICAL,
            "user_id": str(user_id),
            "user_name": f"amina.diallo.{user_id}",
            "user_email": f"amina.{user_id}@example.com",
        }


def require_legal_values(user_info: Mapping[str, Any]) -> None:
    """Raise `TypeError` for a value that is no string, number or `None`."""
    for name, value in user_info.items():
        if not isinstance(value, (str, int, float, type(None))):
            raise TypeError(
                f"{name} must be a string, a number or None, not {type(value).__name__}"
            )


def _require_known(name: str) -> None:
    if name in TYPICAL:
        return
    closest = difflib.get_close_matches(name, FIELDS, n=1, cutoff=0)[0]
    raise TypeError(
        f"user_info has no field {name!r}; did you mean {closest!r}? "
        "A field that only newer servers send goes into extra={…}"
    )


build_user_info = UserInfoBuilder()
"""Builds the same realistic user at every call; see `UserInfoBuilder`."""


def build_user_info_payload(**arguments: Any) -> dict[str, UserInfo]:
    """`build_user_info(...)` inside `{"user_info": …}`, as `/api/get_user_info` answers (D)."""
    return {"user_info": build_user_info(**arguments)}


def identity(user_info: Mapping[str, Any]) -> str:
    """What tells users apart: the `user_id` as text, `""` where the profile has none."""
    user_id = user_info.get("user_id")
    return "" if user_id is None else str(user_id)
