"""The users of a YAML file. Imports yaml, and so is itself imported late."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from pytest_lookloox.user_info import UserInfo, UserInfoBuilder, identity

_FIRST_ID = 1042


def users_in(file: Path) -> list[UserInfo]:
    """The users of a list of fields of `user_info`; what is not given is filled in.

    Raises `ValueError` where the file holds anything else.
    """
    build = UserInfoBuilder(_FIRST_ID)
    try:
        entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{file} is no YAML: {' '.join(str(error).split())}") from None
    if (
        not isinstance(entries, list)
        or not entries
        or not all(isinstance(entry, dict) for entry in entries)
    ):
        raise ValueError(f"{file} must be a list of users, each with fields of user_info")
    try:
        users = [build(**_as_sent(entry)) for entry in entries]
    except TypeError as error:
        raise ValueError(f"{file}: {error}") from None
    for user_id, count in Counter(map(identity, users)).items():
        if count > 1:
            raise ValueError(f"{file}: {count} users have the user_id {user_id!r}")
    return users


def _as_sent(entry: dict[Any, Any]) -> dict[str, Any]:
    return {str(name): _text(value) for name, value in entry.items()}


def _text(value: object) -> object:
    """YAML reads 2026-11-02 as a date, 1042 as a number and yes as true; the API sends strings."""
    if isinstance(value, bool):
        return str(int(value))
    return str(value) if isinstance(value, (int, float, datetime.date)) else value
