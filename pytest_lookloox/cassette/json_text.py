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


def values(text: str) -> list[Value]:
    """Every value and every name, in order; raises `ValueError` if the text is no JSON."""
    found: list[Value] = []

    def keep(value: Value) -> Any:
        found.append(value)
        return value.value

    rewritten(text, keep)
    return found


def rewritten(text: str, rewrite: Rewrite) -> str:
    """The text with every value and name replaced; raises `ValueError` if it is no JSON."""
    json_text = text.removeprefix(_BOM)
    try:
        json.loads(json_text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None
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
