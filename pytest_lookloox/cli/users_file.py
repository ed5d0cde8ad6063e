"""The users of a YAML file, for `serve --users`."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import yaml

from pytest_lookloox.provider.user_info import UserInfo, UserInfoBuilder, identity

_FIRST_ID = 1042


def users_in(file: Path) -> list[UserInfo]:
    """Return the users of a list of `user_info` fields; missing fields are filled in.

    Raises `ValueError` for a file that contains anything else.
    """
    build = UserInfoBuilder(_FIRST_ID)
    try:
        entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{file} is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(entries, list) or not entries:
        raise ValueError(f"{file} must be a list of users, each with fields of user_info")
    users: dict[str, UserInfo] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            raise ValueError(f"{file} must be a list of users, each with fields of user_info")
        try:
            user = build(**{str(name): _as_sent(value) for name, value in entry.items()})
        except TypeError as error:
            raise ValueError(f"{file}: {error}") from None
        if identity(user) in users:
            raise ValueError(f"{file}: two users have the user_id {identity(user)!r}")
        users[identity(user)] = user
    return list(users.values())


def _as_sent(value: Any) -> Any:
    """Return a value as the API sends it, where YAML reads a date, a number or a boolean."""
    if isinstance(value, bool):
        return str(int(value))
    return str(value) if isinstance(value, (int, float, datetime.date)) else value
