"""JSON as it was sent: its values one by one, in place, so that spaces and escapes survive."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s"{}\[\]:,]+|\s+')
_BOM = "\ufeff"

Rewrite = Callable[["Value"], Any]


class Value(NamedTuple):
    """A string, number, `true`, `false` or `null`, or the name of a field.

    `field` is the name of the field that holds it, or of the one around the list that does.
    """

    value: Any
    field: str
    is_name: bool


def is_json(text: str) -> bool:
    """Whether the text is JSON, with or without a byte-order mark."""
    try:
        json.loads(text.removeprefix(_BOM), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return True


def values(text: str) -> list[Value]:
    """Every value and every name of a JSON text, in order."""
    found: list[Value] = []

    def keep(value: Value) -> Any:
        found.append(value)
        return value.value

    rewritten(text, keep)
    return found


def rewritten(text: str, rewrite: Rewrite) -> str:
    """The JSON text with every value and name replaced."""
    json_text = text.removeprefix(_BOM)
    return text[: len(text) - len(json_text)] + "".join(_pieces(json_text, rewrite))


def _pieces(text: str, rewrite: Rewrite) -> Iterator[str]:
    fields = [""]
    in_object: list[bool] = []
    name_next = False
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in "{[":
            in_object.append(token == "{")
            fields.append(fields[-1])
            name_next = token == "{"
        elif token in "}]":
            in_object.pop()
            fields.pop()
        elif token == ",":
            name_next = in_object[-1]
        elif token == ":":
            name_next = False
        elif not token.isspace():
            old = json.loads(token)
            new = rewrite(Value(old, old if name_next else fields[-1], name_next))
            if name_next:
                fields[-1] = old
            yield token if new == old and type(new) is type(old) else _written(new, token)
            continue
        yield token


def _written(value: Any, like: str) -> str:
    """The value as JSON; slashes are escaped where they were (PHP does so)."""
    text = json.dumps(value)
    return text.replace("/", r"\/") if r"\/" in like else text


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")
