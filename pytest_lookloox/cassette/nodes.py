"""YAML read with suspicion: safe tags only, no aliases, and a line for whatever is wrong."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

import yaml

_LARGEST = 1_000_000
_DEEPEST = 12
_TAG = "tag:yaml.org,2002:"
_NAMES = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    bytes: "a text or !!binary",
    float: "a number",
    type(None): "null",
}
_TAGS = {
    str: {"str"},
    int: {"int"},
    bool: {"bool"},
    bytes: {"str", "binary"},
    float: {"float"},
    type(None): {"null"},
}
_ACCEPTED = {f"{_TAG}{tag}" for tag in ("map", "seq", "timestamp", *set().union(*_TAGS.values()))}
_END = "..."
_LONGEST_NUMBER = 20
_SURROGATE = re.compile("[\ud800-\udfff]")


class CassetteError(ValueError):
    """A cassette that cannot be used; the text gives file, line and reason.

    `line` is `None` where there is not even a text to count the lines of.
    """

    def __init__(self, file: object, line: int | None, reason: str) -> None:
        super().__init__(f"{file}: {reason}" if line is None else f"{file}, line {line}: {reason}")
        self.file = str(file)
        self.line = line
        self.reason = reason


class Reader:
    """Takes one file's nodes apart; whatever is unexpected raises `CassetteError`."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def fail(self, at: yaml.Node | int, reason: str) -> NoReturn:
        """Raise the error for this place."""
        raise CassetteError(self.file, at if isinstance(at, int) else line_of(at), reason)

    def root(self) -> yaml.Node:
        """The one document in the file."""
        text = self._text()
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self.fail(mark.line + 1 if mark else 1, f"no YAML that is accepted: {error.problem}")
        finally:
            loader.dispose()
        if node is None:
            self.fail(1, "the file is empty")
        if text.rstrip().rpartition("\n")[2] != _END:
            last = text.rstrip().count("\n") + 1
            self.fail(last, f"the file ends early: its last line has to be {_END!r}")
        return node

    def mapping(
        self, node: yaml.Node, what: str, required: Iterable[str], optional: Iterable[str] = ()
    ) -> dict[str, yaml.Node]:
        """The fields of a mapping: all of the required ones, and none that are not named here."""
        fields = dict(self.pairs(node, what))
        known = [*required, *optional]
        for key, value in fields.items():
            if key not in known:
                self.fail(value, f"{what} has no field {key!r}; allowed: {', '.join(known)}")
        for key in required:
            if key not in fields:
                self.fail(node, f"{what} lacks the field {key!r}")
        return fields

    def pairs(self, node: yaml.Node, what: str) -> list[tuple[str, yaml.Node]]:
        """The fields of a mapping with any names, each once."""
        if not isinstance(node, yaml.MappingNode):
            self.fail(node, f"{what} must be a mapping")
        pairs = [(self.scalar(key, f"a name in {what}", str), value) for key, value in node.value]
        seen: set[str] = set()
        for key, value in pairs:
            if key in seen:
                self.fail(value, f"{what} has the field {key!r} twice")
            seen.add(key)
        return pairs

    def sequence(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        """The items of a list."""
        if not isinstance(node, yaml.SequenceNode):
            self.fail(node, f"{what} must be a list")
        return list(node.value)

    def scalar(self, node: yaml.Node, what: str, *types: type) -> Any:
        """The value of a scalar of one of these types; `bytes` takes a text, too."""
        tag = node.tag.removeprefix(_TAG)
        if not isinstance(node, yaml.ScalarNode) or not any(tag in _TAGS[type_] for type_ in types):
            wanted = " or ".join(_NAMES[type_] for type_ in types)
            self.fail(node, f"{what} must be {wanted}")
        try:
            value = _value(tag, node)
        except (yaml.YAMLError, ValueError):
            self.fail(node, f"{what} cannot be read as {tag}")
        if isinstance(value, str) and _SURROGATE.search(value):
            self.fail(node, f"{what} holds half a character, a lone surrogate")
        return value.encode() if bytes in types and isinstance(value, str) else value

    def _text(self) -> str:
        try:
            data = self.file.read_bytes()
        except OSError as error:
            raise CassetteError(self.file, None, error.strerror or str(error)) from None
        if len(data) > _LARGEST:
            self.fail(1, f"the file is larger than {_LARGEST // 1_000_000} MB")
        try:
            text = data.decode("utf-8")
            yaml.reader.Reader(text)
        except UnicodeDecodeError as error:
            self.fail(data.count(b"\n", 0, error.start) + 1, f"no UTF-8: {error.reason}")
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            self.fail(line, f"holds U+{error.character:04X}, which YAML forbids")
        return text


def line_of(node: yaml.Node) -> int:
    """The line in which a node begins, counted from 1."""
    line: int = node.start_mark.line
    return line + 1


def _value(tag: str, node: yaml.ScalarNode) -> Any:
    if tag == "binary":
        # The constructor would leave out whatever stands behind the padding.
        return base64.b64decode("".join(node.value.split()), validate=True)
    if tag == "int" and len(node.value) > _LONGEST_NUMBER:
        raise ValueError("too long")
    return yaml.constructor.SafeConstructor().construct_object(node)


class _Loader(yaml.SafeLoader):
    """Composes nodes only, so no tag is ever acted on; refuses what could make a file explode."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self._refuse("anchors and aliases are refused", event)
        if self._depth == _DEEPEST:
            self._refuse("nested too deeply", event)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        if node is not None and node.tag not in _ACCEPTED:
            self._refuse(f"the tag {node.tag!r} is refused", event)
        return node

    def process_directives(self) -> Any:
        if self.check_token(yaml.DirectiveToken):
            self._refuse("directives are refused", self.peek_token())  # type: ignore[no-untyped-call]
        return super().process_directives()  # type: ignore[no-untyped-call]

    def _refuse(self, reason: str, event: Any) -> NoReturn:
        raise yaml.composer.ComposerError(None, None, reason, event.start_mark)
