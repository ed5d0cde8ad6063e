"""The file format: what `responses` loads, with a block of our own on top.

`responses` reads of each item the part `response`, and of the file the list `responses`; all the
rest is ours. The documentation of `responses` shows the layout; its recorder is not used: it turns
bodies into text, folds repeated headers, and is private.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import yaml

from pytest_lookloox import urls
from pytest_lookloox.app import App
from pytest_lookloox.cassette.model import ADVANCE, ORIGINS, STEPS, Cassette, Exchange, Step
from pytest_lookloox.cassette.nodes import Reader, line_of

FORMAT = 1
API_VERSION = "1.1"
APP_NAME = "Recorded App"

_HEADER = (
    "format",
    "recorded_from",
    "base_url",
    "api_version",
    "recorded_at",
    "tool_version",
    "app",
    "user",
)
_APP = ("app_id", "app_secret", "redirect_url")
_RESPONSE = ("method", "url", "status", "content_type", "auto_calculate_content_length", "body")
_CONTENT_TYPE = "Content-Type"
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_METHOD = re.compile(r"[A-Z]{3,10}")


def load(file: Path) -> Cassette:
    """Read a cassette; raises `CassetteError` for anything that is not as it should be."""
    reader = Reader(file)
    top = reader.mapping(reader.root(), "a cassette", ("lookloox", "responses"))
    block = dict(reader.pairs(top["lookloox"], "lookloox"))
    if "format" in block and reader.scalar(block["format"], "format", int) > FORMAT:
        found = reader.scalar(block["format"], "format", int)
        reader.fail(
            block["format"],
            f"format {found} is newer than this pytest-lookloox, which reads {FORMAT}: update it",
        )
    block = reader.mapping(top["lookloox"], "lookloox", _HEADER, ("note",))
    app = reader.mapping(block["app"], "app", _APP)
    user = dict(reader.pairs(block["user"], "user"))
    texts = {name: reader.scalar(block[name], name, str) for name in _HEADER[1:6]}
    if reader.scalar(block["format"], "format", int) != FORMAT:
        reader.fail(block["format"], f"format must be {FORMAT}")
    if texts["recorded_from"] not in ORIGINS:
        reader.fail(block["recorded_from"], f"recorded_from must be one of {', '.join(ORIGINS)}")
    if texts["api_version"] != API_VERSION:
        reader.fail(block["api_version"], f'api_version must be "{API_VERSION}"')
    try:
        datetime.datetime.strptime(texts["recorded_at"], _TIME)
    except ValueError:
        reader.fail(
            block["recorded_at"], 'recorded_at must be UTC, written as "2026-11-02T09:14:55Z"'
        )
    _check_base_url(reader, block["base_url"], texts["base_url"])
    return Cassette(
        name=file.stem,
        origin=texts["recorded_from"],
        base_url=texts["base_url"],
        api_version=texts["api_version"],
        recorded_at=texts["recorded_at"],
        tool_version=texts["tool_version"],
        note=reader.scalar(block["note"], "note", str) if "note" in block else "",
        app=_app(reader, app, texts["base_url"]),
        user={
            name: reader.scalar(value, name, str, int, bool, type(None))
            for name, value in user.items()
        },
        exchanges=tuple(
            _exchange(reader, item, texts["base_url"])
            for item in reader.sequence(top["responses"], "responses")
        ),
        file=str(file),
        lines={
            **{name: line_of(value) for name, value in {**block, **app}.items()},
            **{f"user.{name}": line_of(value) for name, value in user.items()},
        },
    )


def dump(cassette: Cassette) -> str:
    """The cassette as text, in ASCII: it reads the same whatever the encoding."""
    app = cassette.app
    data = {
        "lookloox": {
            "format": FORMAT,
            "recorded_from": cassette.origin,
            "base_url": cassette.base_url,
            "api_version": cassette.api_version,
            "recorded_at": cassette.recorded_at,
            "tool_version": cassette.tool_version,
            **({"note": cassette.note} if cassette.note else {}),
            "app": {name: getattr(app, name) for name in _APP},
            "user": dict(cassette.user),
        },
        "responses": [_item(exchange) for exchange in cassette.exchanges],
    }
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, width=100, explicit_end=True)
    return text


def timestamp(time: datetime.datetime) -> str:
    """A time as `recorded_at` holds it."""
    return time.astimezone(datetime.timezone.utc).strftime(_TIME)


def _app(reader: Reader, fields: dict[str, yaml.Node], base_url: str) -> App:
    app_id, app_secret, redirect_url = (reader.scalar(fields[name], name, str) for name in _APP)
    try:
        urls.redirect_url(redirect_url)
    except ValueError as error:
        reader.fail(fields["redirect_url"], str(error))
    return App(app_id, app_secret, redirect_url, APP_NAME, base_url)


def _check_base_url(reader: Reader, node: yaml.Node, value: str) -> None:
    try:
        normalised = urls.base_url(value)
    except ValueError as error:
        reader.fail(node, str(error))
    if value != normalised:
        reader.fail(node, f"base_url must be written {normalised!r}, not {value!r}")


def _exchange(reader: Reader, node: yaml.Node, base_url: str) -> Exchange:
    item = reader.mapping(node, "an item of responses", ("response",), ("lookloox",))
    fields = reader.mapping(item["response"], "response", _RESPONSE, ("headers",))
    method = reader.scalar(fields["method"], "method", str)
    url = reader.scalar(fields["url"], "url", str)
    status = reader.scalar(fields["status"], "status", int)
    calculated = fields["auto_calculate_content_length"]
    if not _METHOD.fullmatch(method):
        reader.fail(fields["method"], f"method must be such as GET, not {method!r}")
    if not url.startswith(f"{base_url}/") or not url.isascii() or not url.isprintable():
        reader.fail(fields["url"], f"url must begin with {base_url}/, the base_url, and be encoded")
    if not 100 <= status <= 599:
        reader.fail(fields["status"], f"status must be 100 to 599, not {status}")
    if reader.scalar(calculated, "auto_calculate_content_length", bool):
        reader.fail(calculated, "auto_calculate_content_length must be false")
    headers = _headers(reader, fields)
    before: tuple[Step, ...] = ()
    if "lookloox" in item:
        ours = reader.mapping(item["lookloox"], "lookloox", (), ("before", "headers"))
        if "before" in ours:
            before = tuple(
                _step(reader, step) for step in reader.sequence(ours["before"], "before")
            )
        if "headers" in ours:
            all_headers = _header_pairs(reader, ours["headers"])
            if _sent_by_responses(all_headers) != _sent_by_responses(headers):
                reader.fail(ours["headers"], "these headers and those of response disagree")
            headers = all_headers
    return Exchange(
        method=method,
        url=url,
        status=status,
        headers=headers,
        body=reader.scalar(fields["body"], "body", bytes),
        before=before,
        line=line_of(node),
    )


def _headers(reader: Reader, fields: dict[str, yaml.Node]) -> tuple[tuple[str, str], ...]:
    """The headers that `responses` sends: the content type, then the mapping."""
    headers = []
    content_type = reader.scalar(fields["content_type"], "content_type", str, type(None))
    if content_type is not None:
        headers.append((_CONTENT_TYPE, _value(reader, fields["content_type"], content_type)))
    if "headers" in fields:
        for name, node in reader.pairs(fields["headers"], "headers"):
            if name.lower() == _CONTENT_TYPE.lower():
                reader.fail(node, "Content-Type stands in content_type, not in headers")
            value = _value(reader, node, reader.scalar(node, name, str))
            headers.append((_name(reader, node, name), value))
    return tuple(headers)


def _header_pairs(reader: Reader, node: yaml.Node) -> tuple[tuple[str, str], ...]:
    pairs = []
    for item in reader.sequence(node, "headers"):
        pair = reader.sequence(item, "a header")
        if len(pair) != 2:
            reader.fail(item, "a header must be a list of its name and its value")
        name, value = (reader.scalar(part, "a header's part", str) for part in pair)
        pairs.append((_name(reader, item, name), _value(reader, item, value)))
    return tuple(pairs)


def _name(reader: Reader, node: yaml.Node, name: str) -> str:
    if not _HEADER_NAME.fullmatch(name):
        reader.fail(node, f"{name!r} is no name of a header")
    return name


def _value(reader: Reader, node: yaml.Node, value: str) -> str:
    if not _HEADER_VALUE.fullmatch(value):
        reader.fail(node, "a header's value must be one line of Latin-1")
    return value


def _step(reader: Reader, node: yaml.Node) -> Step:
    pairs = reader.pairs(node, "a step")
    if len(pairs) != 1 or pairs[0][0] not in STEPS:
        reader.fail(node, f"a step must be one of {', '.join(STEPS)}, with its value")
    [(action, value)] = pairs
    step = Step(action, reader.scalar(value, action, int if action == ADVANCE else str))
    if action == ADVANCE and step.value < 0:
        reader.fail(value, "advance must be 0 seconds or more")
    return step


def _item(exchange: Exchange) -> dict[str, Any]:
    sent = dict(_sent_by_responses(exchange.headers))
    content_type = sent.pop(_CONTENT_TYPE, None)
    response: dict[str, Any] = {
        "method": exchange.method,
        "url": exchange.url,
        "status": exchange.status,
        **({"headers": sent} if sent else {}),
        "content_type": content_type,
        "auto_calculate_content_length": False,
        "body": _text_or_bytes(exchange.body),
    }
    ours: dict[str, Any] = {}
    if exchange.before:
        ours["before"] = [{step.action: step.value} for step in exchange.before]
    if exchange.headers != _sent_by_responses(exchange.headers):
        ours["headers"] = [list(pair) for pair in exchange.headers]
    return {"response": response, **({"lookloox": ours} if ours else {})}


def _sent_by_responses(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """What `responses` can send of these headers: each name once, the content type in front."""
    first: dict[str, tuple[str, str]] = {}
    for name, value in headers:
        first.setdefault(name.lower(), (name, value))
    content_type = first.pop(_CONTENT_TYPE.lower(), None)
    front = [] if content_type is None else [(_CONTENT_TYPE, content_type[1])]
    return (*front, *first.values())


def _text_or_bytes(body: bytes) -> str | bytes:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        """Write a value out each time: aliases are refused on load."""
        return True
