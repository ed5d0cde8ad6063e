"""The check that a cassette holds placeholders and public texts, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import yaml

from pytest_lookloox.cassette import json_text, library
from pytest_lookloox.cassette.model import ADVANCE, Cassette, Exchange
from pytest_lookloox.cassette.placeholders import (
    is_placeholder,
    is_placeholder_page,
    is_public,
    is_public_header,
    is_redirect_placeholder,
    is_safe_name,
)
from pytest_lookloox.contract import API_PREFIX, is_blank

_API_PATH = re.compile(rf"{API_PREFIX}[a-z_]{{1,30}}/?")
_SUSPICIOUS = re.compile(
    r"""
      (?<!\w)(?=[0-9a-z]*\d)(?=[0-9a-z]*[a-z])[0-9a-z]{10,}  # letters and digits mixed, and long
    | \d{5,}                                                 # a long number
    | [^\s@]+@[^\s@]+                                        # an e-mail address
    | \w=\S                                                  # a parameter with its value
    """,
    re.VERBOSE | re.IGNORECASE,
)
_VERSION = re.compile(r"[0-9]{1,4}(\.[0-9a-z+]{1,12}){0,5}|by hand")


def scan(file: Path) -> list[str]:
    """One line for each thing in the file that may not get out; none of them shows it.

    Raises `CassetteError` if the file is no cassette.
    """
    cassette = library.load(file)
    found = [*_in_comments(file.read_text(encoding="utf-8")), *_in_cassette(cassette)]
    return [f"{file}, line {line}: {reason}" for line, reason in found]


def problems(cassette: Cassette) -> list[str]:
    """The same for a cassette that is not written yet."""
    return [reason for _, reason in _in_cassette(cassette)]


def _in_cassette(cassette: Cassette) -> Iterator[tuple[int, str]]:
    def line_of(field: str) -> int:
        return cassette.lines.get(field, 0)  # a cassette that is not written yet has none

    if _SUSPICIOUS.search(cassette.note):
        yield line_of("note"), "the note may hold a secret or an address"
    if not _VERSION.fullmatch(cassette.tool_version):
        yield line_of("tool_version"), "tool_version is no version"
    app = cassette.app
    for name in ("app_id", "app_secret"):
        if not is_placeholder(getattr(app, name)):
            yield line_of(name), f"the app's {name} is no placeholder"
    if not is_redirect_placeholder(app.redirect_url):
        yield line_of("redirect_url"), "the app's redirect_url is no placeholder"
    for name, value in cassette.user.items():
        for reason in _in_field(name, value):
            yield line_of(f"user.{name}"), f"the user's {reason}"
    for exchange in cassette.exchanges:
        for reason in _in_exchange(exchange, cassette.base_url):
            yield exchange.line, f"{reason} ({exchange.method} {_shown_path(exchange.path)})"


def _in_exchange(exchange: Exchange, base_url: str) -> Iterator[str]:
    path, _, query = exchange.url.removeprefix(base_url).partition("?")
    if not _API_PATH.fullmatch(path):
        yield "the path is none of the API's"
    yield from (f"the request's {reason}" for reason in _in_query(query))
    for step in exchange.before:
        if step.action != ADVANCE and not is_placeholder(step.value):
            yield f"the {step.subject} of the step {step.action} is no placeholder"
    for name, value in exchange.headers:
        yield from _in_header(name, value)
    yield from _in_body(exchange.body)


def _in_header(name: str, value: str) -> Iterator[str]:
    shown = name if is_safe_name(name) else "…"
    if not is_safe_name(name) and not is_placeholder(name):
        yield "the name of a header is not made of words"
    if name.lower() == "location":
        target, _, query = value.partition("?")
        if not is_placeholder(target):
            yield "the header Location leads to no placeholder"
        yield from (f"the header Location's {reason}" for reason in _in_query(query))
    elif not is_public_header(name, value) and not is_placeholder(value):
        yield f"the value of the header {shown} is no placeholder"


def _in_query(query: str) -> Iterator[str]:
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    for name, value in pairs:
        yield from _in_field(name, value)
    if len(pairs) != (query.count("&") + 1 if query else 0):
        yield "query is written so that a part of it is not read"


def _in_body(body: bytes) -> Iterator[str]:
    text = body.decode("utf-8", errors="replace")
    if is_blank(text) or is_placeholder_page(text):
        return
    if not json_text.is_json(text):
        yield "the body is neither JSON nor a placeholder"
        return
    for value in json_text.values(text):
        if value.is_name:
            yield from (f"body's {reason}" for reason in _in_name(value.value))
        else:
            yield from (f"body's {reason}" for reason in _in_value(value.field, value.value))


def _in_field(name: str, value: Any) -> Iterator[str]:
    yield from _in_name(name)
    yield from _in_value(name, value)


def _in_name(name: str) -> Iterator[str]:
    if not is_safe_name(name) and not is_placeholder(name):
        yield "field has a name that is not made of words"


def _in_value(name: str, value: Any) -> Iterator[str]:
    if not is_public(name, value) and not is_placeholder(value):
        yield f"{name if is_safe_name(name) else 'value'} is no placeholder"


def _shown_path(path: str) -> str:
    return path if _API_PATH.fullmatch(path) else "…"


def _in_comments(text: str) -> Iterator[tuple[int, str]]:
    """Comments are nobody's field: they are what the YAML scanner leaves over."""
    characters = list(text)
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken):
            start = token.start_mark.index
            if token.style in ("|", ">"):  # a comment may stand behind the mark of a block
                start = text.index("\n", start)
            for index in range(start, token.end_mark.index):
                if characters[index] != "\n":
                    characters[index] = " "
    for number, line in enumerate("".join(characters).split("\n"), start=1):
        if _SUSPICIOUS.search(line.partition("#")[2]):
            yield number, "the comment may hold a secret or an address"
