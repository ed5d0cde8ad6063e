"""A cassette, which is recorded requests and their answers, and its form in a YAML file.

`responses` reads of each item the part `response`, and of the file the list `responses`; the parts
called `lookloox` are the plugin's own.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pytest_lookloox.provider.http import parse_fields
from pytest_lookloox.provider.models import App
from pytest_lookloox.provider.platforms import DOCUMENTED, PLATFORMS, Platform
from pytest_lookloox.provider.user_info import UserInfo

STEPS: Mapping[str, str] = {
    "advance": "seconds",
    "issue_auth_key": "auth_key",
    "spend_auth_key": "auth_key",
    "issue_access_token": "access_token",
    "remove_user": "user_id",
}
"""What may have happened between two requests, and which field its value belongs to."""

FORMAT = 1
APP = ("app_id", "app_secret", "redirect_url")
_HEAD = ("recorded_from", "platform", "api_version", "recorded_at", "tool_version")
_RESPONSE = {
    **{"method": str, "url": str, "status": int, "headers": {"*": str}, "content_type": str},
    **{"auto_calculate_content_length": bool, "body": str},
}
_STEP = {name: int if name == "advance" else str for name in STEPS}
_WORDS: Mapping[Any, str] = {
    **{dict: "a mapping", list: "a list", str: "text", int: "a number", bool: "true or false"},
    **{float: "a number with a point", datetime.date: "a date", datetime.datetime: "a time"},
}
# What a file contains: names and types. "*" stands for any name.
_FILE = {
    "lookloox": {
        "format": int,
        **dict.fromkeys(("base_url", *_HEAD), str),
        "app": dict.fromkeys(APP, str),
        "user": {"*": str | int | None},
    },
    "responses": [{"response": _RESPONSE, "lookloox": {"form": str, "before": [_STEP]}}],
}
# Earlier versions knew one platform, and did not name it.
_OPTIONAL = {"platform", "lookloox", "headers", "form", "before", *STEPS}


@dataclass(frozen=True, kw_only=True)
class Interaction:
    """One request and its answer, in the file's own words.

    `form` is what was posted; `before` is what happened between the last interaction and this one,
    `{"advance": 3601}` for example.
    """

    method: str
    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str
    auto_calculate_content_length: bool = False
    body: str
    form: str = ""
    before: tuple[Mapping[str, Any], ...] = ()

    @property
    def path(self) -> str:
        """The path of the request."""
        return urlsplit(self.url).path

    @property
    def params(self) -> Mapping[str, str]:
        """The parameters, in the query or in a posted form; of one given twice the last counts."""
        return {**parse_fields(urlsplit(self.url).query), **parse_fields(self.form)}

    @property
    def request_line(self) -> str:
        """Method, path and the names of the parameters: the request without its values."""
        names = "&".join(self.params)
        return f"{self.method} {self.path}{f'?{names}' if names else ''}"

    @property
    def data(self) -> Any:
        """The body as a JSON value, or as text where it is not JSON."""
        text = self.body.removeprefix("\ufeff")
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text

    def field(self, name: str) -> Any:
        """Return a field of the JSON object in the body, or `None`."""
        data = self.data
        return data.get(name) if isinstance(data, dict) else None

    @property
    def auth_key(self) -> str:
        """The auth_key that this answer hands out, in a redirect to the app, or `""`."""
        return self.headers.get("Location", "").partition("auth_key=")[2]

    @property
    def access_token(self) -> str:
        """The access_token that this answer hands out, or `""`."""
        return str(self.field("access_token") or "").strip()


@dataclass(frozen=True, kw_only=True)
class Cassette:
    """A recording, and the state of the provider in which it was made.

    `head` is what the file says of it, as text, `user` the `user_info` of the user who was signed
    in, and `app` the app under the recorded address.
    """

    name: str
    head: Mapping[str, str]
    app: App
    user: UserInfo
    interactions: tuple[Interaction, ...]
    file: str = field(default="", compare=False)

    @property
    def platform(self) -> Platform:
        """How the recorded provider behaves."""
        return PLATFORMS[self.head["platform"]]


def from_data(file: Path, data: Any) -> Cassette:
    """Return the cassette that a file contains; raise `ValueError` that names a wrong place."""
    _require("", data, {"lookloox": {"*": object}, "responses": [object]})
    head = {"platform": DOCUMENTED.name, **data["lookloox"]}
    if head.get("format", FORMAT) != FORMAT:
        raise ValueError(f"lookloox.format must be {FORMAT}; a newer pytest-lookloox may read it")
    _require("", data, _FILE)
    if head["platform"] not in PLATFORMS:
        raise ValueError(f"lookloox.platform must be {' or '.join(PLATFORMS)}")
    return Cassette(
        name=file.stem,
        head={name: head[name] for name in _HEAD},
        app=App(**head["app"], name="Recorded App", base_url=head["base_url"]),
        user=head["user"],
        interactions=tuple(map(_interaction, data["responses"])),
        file=str(file),
    )


def _require(place: str, data: Any, form: Any) -> None:
    """Raise `ValueError` unless the data at this place of a file has this form."""
    kind: Any = type(form) if isinstance(form, (dict, list)) else form
    if not isinstance(data, kind):
        wanted = _WORDS.get(kind, "text or a number")
        found = f"{_WORDS.get(type(data), 'empty')}{'; quote it' if kind is str else ''}"
        raise ValueError(f"{place or 'the file'} must be {wanted}, not {found}")
    if isinstance(form, list):
        for index, item in enumerate(data):
            _require(f"{place}[{index}]", item, form[0])
    elif isinstance(form, dict):
        parts: dict[str, Any] = dict.fromkeys(data, form["*"]) if "*" in form else form
        if not data.keys() <= parts.keys():
            # It may contain anything.
            raise ValueError(f"unknown name in {place or 'the file'}; known: {', '.join(parts)}")
        for name, part in parts.items():
            if name in data:
                _require(f"{place}.{name}".lstrip("."), data[name], part)
            elif name not in _OPTIONAL:
                raise ValueError(f"{place}.{name} is missing".lstrip("."))


def _interaction(item: Mapping[str, Any]) -> Interaction:
    beside = item.get("lookloox", {})
    before = tuple(beside.get("before", ()))
    return Interaction(**item["response"], form=beside.get("form", ""), before=before)


def to_data(cassette: Cassette) -> dict[str, Any]:
    """Return what the file of a cassette contains."""
    head = {
        "format": FORMAT,
        "base_url": cassette.app.base_url,
        **cassette.head,
        "app": {name: getattr(cassette.app, name) for name in APP},
        "user": cassette.user,
    }
    return {"lookloox": head, "responses": [_item(each) for each in cassette.interactions]}


def _item(interaction: Interaction) -> dict[str, Any]:
    response = {name: getattr(interaction, name) for name in _RESPONSE}
    beside = {"form": interaction.form, "before": [*interaction.before]}
    own = {name: value for name, value in beside.items() if value}
    return {"response": response, "lookloox": own} if own else {"response": response}
