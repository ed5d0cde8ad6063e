"""Drift: where a recording and the simulator, asked the same in the same state, disagree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pytest_lookloox.app import App
from pytest_lookloox.cassette import library
from pytest_lookloox.cassette.model import (
    ADVANCE,
    ISSUE_ACCESS_TOKEN,
    Cassette,
    Exchange,
    Step,
    parsed,
)
from pytest_lookloox.cassette.nodes import CassetteError
from pytest_lookloox.cassette.state import Simulator
from pytest_lookloox.contract import USER_INFO_UNKNOWN_TOKEN
from pytest_lookloox.exchange import Response
from pytest_lookloox.user_info import FIELDS, NULLABLE, TYPICAL, UserInfo

SAME = "same"
NOTE = "note"
DIFFERENCE = "difference"

_TYPE_NAMES: dict[type, str] = {
    dict: "object",
    list: "list",
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    type(None): "null",
}
_ADDED = "added field"
_BROKEN = "broken file"
_MISSING = object()


class Finding(NamedTuple):
    """One thing in which an answer is not the simulator's.

    `kind` says what, `field` where in the answer; `recorded` and `simulated` are texts that hold
    no value of a field.
    """

    kind: str
    field: str
    recorded: str
    simulated: str

    @property
    def verdict(self) -> str:
        """Whether clients have to mind: a field that they do not know is only to be noted."""
        return NOTE if self.kind == _ADDED else DIFFERENCE


class Verified(NamedTuple):
    """A recorded request, and what its answer has that the simulator's has not.

    It stands for the whole file, without a request, where that could not be read or played.
    """

    file: Path
    line: int | None
    recorded_from: str | None
    request: str | None
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> str:
        """The gravest of the findings'."""
        verdicts = {finding.verdict for finding in self.findings}
        return next((verdict for verdict in (DIFFERENCE, NOTE) if verdict in verdicts), SAME)


def verify(file: Path) -> Iterator[Verified]:
    """Play every recorded request to a simulator in the same state, and compare the answers."""
    try:
        cassette = library.load(file)
        player = _Player(cassette)
        for exchange in cassette.exchanges:
            findings = tuple(player.play(exchange))
            yield Verified(file, exchange.line, cassette.origin, exchange.request_line, findings)
    except CassetteError as error:
        yield Verified(
            file, error.line, None, None, (Finding(_BROKEN, "", error.reason, "not asked"),)
        )


class _Player:
    """Plays requests; learns which of the simulator's keys and tokens is which recorded one."""

    def __init__(self, cassette: Cassette) -> None:
        app = cassette.app
        self._file = cassette.file
        self._app = App(app.app_id, app.app_secret, app.redirect_url, app.name, app.base_url)
        self._simulator = Simulator(self._app, _legal(cassette.user))
        self._simulated: dict[str, str] = {}
        self._sent = {exchange.params.get("access_token", "") for exchange in cassette.exchanges}
        self._strays = _stray_tokens(cassette)

    def play(self, exchange: Exchange) -> Iterator[Finding]:
        for step in exchange.before:
            self._take(step, exchange)
        params = {
            name: self._simulated.get(value, value) for name, value in exchange.params.items()
        }
        answer = self._simulator.ask(exchange.method, exchange.path, params)
        self._learn(exchange, answer)
        yield from self._in_head(exchange, answer)
        yield from self._in_body(exchange, answer)

    def _take(self, step: Step, exchange: Exchange) -> None:
        value = step.value
        if step.action != ADVANCE:
            value = self._simulated.get(value, value)
        try:
            handed_out = self._simulator.take(Step(step.action, value))
        except (OverflowError, ValueError) as error:
            reason = f"cannot be played: {error}"
            raise CassetteError(self._file, exchange.line, reason) from None
        if handed_out is not None:
            self._simulated[step.value] = handed_out

    def _learn(self, exchange: Exchange, answer: Response) -> None:
        """Note which recorded key or token the simulator's is, if it has just handed one out."""
        key = (answer.location or "").partition("auth_key=")[2]
        token = answer.data.get("access_token") if isinstance(answer.data, dict) else None
        recorded_token = exchange.access_token
        if token and self._strays and recorded_token not in self._sent:
            # Nobody used what was handed out, and somebody what was not: these are one.
            recorded_token = self._strays.pop(0)
        for recorded, simulated in ((exchange.auth_key, key), (recorded_token, token)):
            if recorded and simulated and simulated not in self._simulated.values():
                self._simulated.setdefault(recorded, simulated)

    def _in_head(self, exchange: Exchange, answer: Response) -> Iterator[Finding]:
        if exchange.status != answer.status:
            yield Finding("status", "", str(exchange.status), str(answer.status))
        recorded, simulated = (
            _media_type(text) for text in (exchange.content_type, answer.content_type)
        )
        if recorded != simulated:
            yield Finding("content type", "", recorded, simulated)
        yield from self._in_location(exchange.location, answer.location)

    def _in_location(self, recorded: str | None, simulated: str | None) -> Iterator[Finding]:
        if recorded is None or simulated is None:
            if recorded != simulated:
                texts = ("none" if text is None else "a redirect" for text in (recorded, simulated))
                yield Finding("location", "", *texts)
            return
        before, _, recorded_key = recorded.partition("auth_key=")
        simulated_before, _, simulated_key = simulated.partition("auth_key=")
        same_key = self._is_same_secret(recorded_key, simulated_key)
        if before != simulated_before or not same_key:
            yield Finding("location", "", "another target", self._app.redirect_url)

    def _in_body(self, exchange: Exchange, answer: Response) -> Iterator[Finding]:
        if _media_type(answer.content_type) != "application/json":
            return
        try:
            recorded = parsed(exchange.body)
        except ValueError:
            yield Finding("changed type", "body", "no JSON", _type_name(answer.data))
            return
        yield from self._in_value("", recorded, answer.data)

    def _in_value(self, field: str, recorded: Any, simulated: Any) -> Iterator[Finding]:
        shown = field or "body"
        if recorded is _MISSING:
            yield Finding("missing field", shown, "missing", _type_name(simulated))
        elif simulated is _MISSING:
            yield Finding(_ADDED, shown, _type_name(recorded), "missing")
        elif _type_name(recorded) != _type_name(simulated):
            yield Finding("changed type", shown, _type_name(recorded), _type_name(simulated))
        elif isinstance(recorded, dict):
            for name in {**recorded, **simulated}:
                values = (side.get(name, _MISSING) for side in (recorded, simulated))
                yield from self._in_value(f"{field}.{name}" if field else name, *values)
        elif field == "message" and recorded != simulated:
            yield Finding("message", shown, recorded, simulated)
        elif not self._is_same(field, recorded, simulated):
            yield Finding("changed value", shown, "another value", "the state's value")

    def _is_same(self, field: str, recorded: Any, simulated: Any) -> bool:
        if field == "access_token":
            return self._is_same_secret(recorded, simulated)
        return bool(recorded == simulated)

    def _is_same_secret(self, recorded: str, simulated: str) -> bool:
        return self._simulated.get(recorded, recorded) == simulated


def _stray_tokens(cassette: Cassette) -> list[str]:
    """The tokens that were answered as known ones, before anybody handed them out."""
    refused = str(USER_INFO_UNKNOWN_TOKEN.message).encode()
    handed_out: set[str | None] = set()
    strays = []
    for exchange in cassette.exchanges:
        handed_out.update(
            step.value for step in exchange.before if step.action == ISSUE_ACCESS_TOKEN
        )
        token = exchange.params.get("access_token")
        if token and token not in handed_out and refused not in exchange.body:
            strays.append(token)
        handed_out.update((token, exchange.access_token))
    return strays


def _legal(user: UserInfo) -> UserInfo:
    """The recorded user as the contract has it: 14 fields, of the types that they may have."""
    return {name: _legal_value(name, user.get(name, TYPICAL[name])) for name in FIELDS}


def _legal_value(name: str, value: Any) -> Any:
    if isinstance(value, str) or (value is None and name in NULLABLE):
        return value
    return TYPICAL[name]


def _media_type(content_type: str | None) -> str:
    return (content_type or "none").partition(";")[0].strip().lower()


def _type_name(value: Any) -> str:
    return _TYPE_NAMES[type(value)]
