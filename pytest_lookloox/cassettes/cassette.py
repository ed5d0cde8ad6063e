"""A cassette, which is recorded requests and their answers, and its form in a YAML file.

`responses` reads of each item the part `response`, and of the file the list `responses`; the parts
called `lookloox` are the plugin's own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pytest_lookloox.provider.facts import is_blank
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
_TEXTS = ("recorded_from", "platform", "api_version", "recorded_at", "tool_version")

# The names and types in each part of the file.
_HEAD = {"format": int, **dict.fromkeys(("base_url", *_TEXTS), str), "app": dict, "user": dict}
_RESPONSE = {
    **{"method": str, "url": str, "status": int, "headers": dict, "content_type": str},
    **{"auto_calculate_content_length": bool, "body": str},
}
_STEP = {name: int if name == "advance" else str for name in STEPS}
_OPTIONAL = {
    *("platform", "lookloox", "headers", "auto_calculate_content_length", "form", "before", *STEPS),
}


class CassetteError(ValueError):
    """A file is not a cassette; the text says where and why."""

    def __init__(self, place: str, reason: str, file: Path | str = "") -> None:
        super().__init__(": ".join(filter(None, (str(file), place, reason))))
        self.place = place
        self.reason = reason


class Step(NamedTuple):
    """What happened beside the recorded requests: `advance` by 3601 seconds, for example."""

    action: str
    value: Any


@dataclass(frozen=True, kw_only=True)
class Interaction:
    """One request and its answer, in the file's own words.

    `form` is what was posted; `before` is what happened between the last interaction and this one.
    """

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    content_type: str
    auto_calculate_content_length: bool = False
    body: str
    form: str = ""
    before: tuple[Step, ...] = ()

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
    def auth_key(self) -> str | None:
        """The auth_key that this answer hands out: the one in a redirect to the app."""
        return self.headers.get("Location", "").partition("auth_key=")[2] or None

    @property
    def access_token(self) -> str | None:
        """The access_token that this answer hands out."""
        token = self.field("access_token")
        return token if isinstance(token, str) and not is_blank(token) else None


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


def from_data(name: str, data: Any) -> Cassette:
    """Return the cassette of this name that a file contains.

    Raises `CassetteError` that names the place of what is wrong.
    """
    file = _read("", data, {"lookloox": dict, "responses": list})
    number = file["lookloox"].get("format")
    if number != FORMAT:
        reason = f"must be {FORMAT}, not {number}; a newer pytest-lookloox may read it"
        raise CassetteError("lookloox.format", reason)
    head = _read("lookloox", file["lookloox"], _HEAD)
    app = _read("lookloox.app", head["app"], dict.fromkeys(APP, str))
    user = _read("lookloox.user", head["user"], dict.fromkeys(head["user"], str | int | None))
    # Earlier versions knew one platform only.
    head["platform"] = head["platform"] or DOCUMENTED.name
    if head["platform"] not in PLATFORMS:
        raise CassetteError("lookloox.platform", f"must be {' or '.join(PLATFORMS)}")
    return Cassette(
        name=name,
        head={text: head[text] for text in _TEXTS if head[text]},
        app=App(**app, name="Recorded App", base_url=head["base_url"]),
        user=user,
        interactions=tuple(
            _interaction(f"responses[{index}]", item, head["base_url"])
            for index, item in enumerate(file["responses"])
        ),
    )


def _read(place: str, data: Any, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a mapping, each of its type, and no others."""
    if not isinstance(data, dict):
        raise CassetteError(place, "must be a mapping of names to values")
    values = {}
    for name, kind in fields.items():
        value = data.get(name)
        if value is None and name in _OPTIONAL:
            value = kind()
        if not isinstance(value, kind):
            found = f"is {type(value).__name__}; quote a text" if name in data else "is missing"
            reason = f"must be {getattr(kind, '__name__', kind)}, and {found}"
            raise CassetteError(f"{place}.{name}".lstrip("."), reason)
        values[str(name)] = value
    if not data.keys() <= fields.keys():
        # It may contain anything.
        raise CassetteError(place, f"an unknown name; there are {', '.join(fields)}")
    return values


def _interaction(place: str, item: Any, base_url: str) -> Interaction:
    parts = _read(place, item, {"response": dict, "lookloox": dict})
    response = _read(f"{place}.response", parts["response"], _RESPONSE)
    beside = _read(f"{place}.lookloox", parts["lookloox"], {"form": str, "before": list})
    _read(f"{place}.response.headers", response["headers"], dict.fromkeys(response["headers"], str))
    if not response["url"].startswith(f"{base_url}/"):
        raise CassetteError(f"{place}.response.url", f"must begin with {base_url}/, the base_url")
    before: list[Step] = []
    for step in beside["before"]:
        values = _read(f"{place}.lookloox.before", step, _STEP)
        before += [Step(action, values[action]) for action in step]
    return Interaction(**response, form=beside["form"], before=tuple(before))


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
    before = [{action: value} for action, value in interaction.before]
    beside = {"form": interaction.form, "before": before}
    own = {name: value for name, value in beside.items() if value}
    return {"response": response, "lookloox": own} if own else {"response": response}
