"""A cassette, which is recorded requests and their answers, and its YAML file.

`responses` reads of each item the part `response`, and of the file the list `responses`; the parts
called `lookloox` are the plugin's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import yaml

from pytest_lookloox.provider import urls
from pytest_lookloox.provider.http import Headers, parse_fields
from pytest_lookloox.provider.models import App
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
HEAD = ("recorded_from", "base_url", "api_version", "recorded_at", "tool_version")
APP = ("app_id", "app_secret", "redirect_url")
_RESPONSE = ("method", "url", "status", "content_type", "auto_calculate_content_length", "body")
_ALLOWED = {"recorded_from": ("documented", "simulator", "live"), "api_version": ("1.1",)}
_LARGEST_FILE = 5_000_000


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
    """One request and its answer; `before` is what happened between the last one and it."""

    method: str
    url: str
    status: int
    headers: Headers
    body: bytes
    before: tuple[Step, ...] = ()

    @property
    def path(self) -> str:
        """The path of the request."""
        return urlsplit(self.url).path

    @property
    def params(self) -> Mapping[str, str]:
        """The query's parameters; of one given twice the last counts."""
        return parse_fields(urlsplit(self.url).query)

    @property
    def request_line(self) -> str:
        """Method, path and the names of the parameters: the request without its values."""
        names = "&".join(self.params)
        return f"{self.method} {self.path}{f'?{names}' if names else ''}"

    def header(self, name: str) -> str:
        """Return the first header of this lower-case name, or `""`."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def data(self) -> Any:
        """The body as a JSON value, or as text where it is not JSON."""
        text = self.body.decode("utf-8-sig", errors="replace")
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text

    @property
    def auth_key(self) -> str | None:
        """The auth_key that this answer hands out: the one in a redirect to the app."""
        return self.header("location").partition("auth_key=")[2] or None

    @property
    def access_token(self) -> str | None:
        """The access_token that this answer hands out."""
        data = self.data
        token = data.get("access_token") if isinstance(data, dict) else None
        return token if isinstance(token, str) and token.strip() else None


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


def parse(file: Path) -> Cassette:
    """Read a cassette; raises `CassetteError` that names the place of what is wrong."""
    try:
        if file.stat().st_size > _LARGEST_FILE:
            raise CassetteError("", f"larger than {_LARGEST_FILE} bytes")
        return _cassette(file, yaml.safe_load(file.read_text(encoding="utf-8")))
    except CassetteError as error:
        raise CassetteError(error.place, error.reason, file) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CassetteError("", f"not YAML: {' '.join(str(error).split())}", file) from None


def _take(place: str, data: Any, name: str, *types: type) -> Any:
    """Return a field of a mapping, which must be of one of these types, by default a string."""
    at = f"{place}.{name}".lstrip(".")
    value = data.get(name) if isinstance(data, dict) else None
    types = types or (str,)
    if type(value) not in types:
        found = "is missing" if value is None else f"is {type(value).__name__}; quote a text"
        raise CassetteError(at, f"must be {' or '.join(t.__name__ for t in types)}, and {found}")
    return value


def _only(place: str, data: Any, *allowed: str) -> None:
    """Refuse unknown names: they may hold anything."""
    for name in data:
        if name not in allowed:
            raise CassetteError(place, f"an unknown name; there are {', '.join(allowed)}")


def _cassette(file: Path, content: Any) -> Cassette:
    head = _take("", content, "lookloox", dict)
    app = _take("lookloox", head, "app", dict)
    user = _take("lookloox", head, "user", dict)
    items = _take("", content, "responses", list)
    number = _take("lookloox", head, "format", int)
    if number != FORMAT:
        reason = f"this pytest-lookloox reads format {FORMAT}, not {number}; update it"
        raise CassetteError("lookloox.format", reason)
    texts = {name: _take("lookloox", head, name) for name in (*HEAD, *({"note"} & head.keys()))}
    _only("", content, "lookloox", "responses")
    _only("lookloox", head, "format", *HEAD, "note", "app", "user")
    _only("lookloox.app", app, *APP)
    for name, allowed in _ALLOWED.items():
        if texts[name] not in allowed:
            raise CassetteError(f"lookloox.{name}", f"must be {' or '.join(allowed)}")
    credentials = {name: _take("lookloox.app", app, name) for name in APP}
    try:
        base_url = urls.base_url(texts["base_url"])
        urls.redirect_url(credentials["redirect_url"])
    except ValueError as error:
        raise CassetteError("lookloox", str(error)) from None
    return Cassette(
        name=file.stem,
        head=texts,
        app=App(**credentials, name="Recorded App", base_url=base_url),
        user={str(name): _take("lookloox.user", user, name, str, int, type(None)) for name in user},
        interactions=tuple(
            _interaction(f"responses[{index}]", item, base_url) for index, item in enumerate(items)
        ),
        file=str(file),
    )


def _interaction(place: str, item: Any, base_url: str) -> Interaction:
    response = _take(place, item, "response", dict)
    own = _take(place, {"lookloox": {}, **item}, "lookloox", dict)
    _only(place, item, "response", "lookloox")
    _only(f"{place}.response", response, *_RESPONSE, "headers")
    # Earlier versions wrote `headers` here, a second time.
    _only(f"{place}.lookloox", own, "before", "headers")
    url = _take(place, response, "url")
    if not url.startswith(f"{base_url}/"):
        raise CassetteError(f"{place}.url", f"must begin with {base_url}/, the base_url")
    method, status = _take(place, response, "method"), _take(place, response, "status", int)
    if not re.fullmatch("[A-Z]{3,10}", method) or not 100 <= status <= 599:
        raise CassetteError(place, "method must be such as GET, and status 100 to 599")
    body = _take(place, response, "body", str, bytes)
    content_type = _take(place, response, "content_type", str, type(None))
    first = () if content_type is None else (("Content-Type", content_type),)
    others = _take(place, {"headers": {}, **response}, "headers", dict)
    steps = _take(place, {"before": [], **own}, "before", list)
    before: list[Step] = []
    for step in steps:
        if not isinstance(step, dict) or not STEPS.keys() >= step.keys():
            raise CassetteError(f"{place}.before", f"a step is one of {', '.join(STEPS)}: value")
        for name in step:
            kind = int if name == "advance" else str
            before.append(Step(name, _take(f"{place}.before", step, name, kind)))
    return Interaction(
        method=method,
        url=url,
        status=status,
        headers=(
            *first,
            *((str(name), _take(f"{place}.headers", others, name)) for name in others),
        ),
        body=body.encode() if isinstance(body, str) else body,
        before=tuple(before),
    )


def dump(cassette: Cassette) -> str:
    """Return the cassette as YAML, in ASCII: it reads the same whatever the encoding."""
    app = {name: getattr(cassette.app, name) for name in APP}
    head = {"format": FORMAT, **cassette.head, "app": app, "user": cassette.user}
    data = {"lookloox": head, "responses": [_item(each) for each in cassette.interactions]}
    return str(yaml.safe_dump(data, sort_keys=False, width=100, explicit_end=True))


def _item(interaction: Interaction) -> dict[str, Any]:
    try:
        body: str | bytes = interaction.body.decode()
    except UnicodeDecodeError:
        body = interaction.body
    # `responses` sends each header once, the content type first.
    sent: dict[str, tuple[str, str]] = {}
    for name, value in interaction.headers:
        sent.setdefault(name.lower(), (name, value))
    content_type = sent.pop("content-type", ("", None))[1]
    item: dict[str, Any] = {
        "response": {
            "method": interaction.method,
            "url": interaction.url,
            "status": interaction.status,
            **({"headers": dict(sent.values())} if sent else {}),
            "content_type": content_type,
            "auto_calculate_content_length": False,
            "body": body,
        }
    }
    if interaction.before:
        item["lookloox"] = {"before": [{name: value} for name, value in interaction.before]}
    return item
