"""The comparison of recordings with the simulator: the same requests in the same state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from pytest_lookloox.cassettes.cassette import Cassette, CassetteError, Interaction, Step
from pytest_lookloox.cassettes.library import load
from pytest_lookloox.cassettes.scrubber import is_api_message
from pytest_lookloox.provider.api import Provider
from pytest_lookloox.provider.http import Request
from pytest_lookloox.provider.user_info import NULLABLE, TYPICAL, UserInfo, identity


class Finding(NamedTuple):
    """A difference between a recording and the simulator, in words without a field's value.

    A field that only the recording has is a note: clients must not break on unknown fields.
    """

    place: str
    text: str
    is_note: bool = False


def verify(file: Path) -> Iterator[Finding]:
    """Yield every difference; a file that cannot be read or played counts as one."""
    place = ""
    try:
        cassette = load(file)
        simulator = _Simulator(cassette)
        for index, recorded in enumerate(cassette.interactions):
            place = f"responses[{index}] {recorded.request_line}"
            for text, is_note in _differences(recorded, simulator.answer(recorded)):
                yield Finding(place, text, is_note)
    except CassetteError as error:
        yield Finding(error.place, error.reason)
    except ValueError as error:
        yield Finding(place, str(error))


class _Simulator:
    """A provider in the recorded state, whose keys and tokens are shown as the recorded ones."""

    def __init__(self, cassette: Cassette) -> None:
        self._app = cassette.app
        user: UserInfo = dict(TYPICAL)
        for name, value in cassette.user.items():
            # A value of a type that the API does not have here is to be found, not simulated.
            if name in user and (isinstance(value, str) or (value is None and name in NULLABLE)):
                user[name] = value
        self._user_id = identity(user)
        self._provider = Provider()
        self._provider.register_app(cassette.app)
        self._provider.users[self._user_id] = user
        self._provider.visitor_id = self._user_id
        self._simulated: dict[str, str] = {}

    def answer(self, recorded: Interaction) -> Interaction:
        """Repeat the recorded steps, then return the simulator's answer to the request."""
        for step in recorded.before:
            self._take(step)
        params = {
            name: self._simulated.get(value, value) for name, value in recorded.params.items()
        }
        request = Request(recorded.method, recorded.path, urlencode(params))
        response = self._provider.handle(request)
        answer = replace(
            recorded, status=response.status, headers=response.headers, body=response.body
        )
        self._learn(recorded.auth_key, answer.auth_key)
        self._learn(recorded.access_token, answer.access_token)
        location, body = answer.header("location"), answer.body.decode()
        for value, simulated in self._simulated.items():
            location, body = location.replace(simulated, value), body.replace(simulated, value)
        headers = (("content-type", answer.header("content-type")), ("location", location))
        return replace(answer, headers=headers, body=body.encode())

    def _take(self, step: Step) -> None:
        app_id, user_id = self._app.app_id, self._user_id
        if step.action == "advance":
            self._provider.clock.advance(seconds=step.value)
        elif step.action == "issue_auth_key":
            self._learn(step.value, self._provider.issue_auth_key(app_id, user_id))
        elif step.action == "issue_access_token":
            self._learn(step.value, self._provider.issue_access_token(app_id, user_id))
        elif step.action == "spend_auth_key":
            self._provider.spend_auth_key(self._simulated.get(step.value, ""), app_id)
        else:
            self._provider.users.pop(step.value, None)

    def _learn(self, recorded: str | None, simulated: str | None) -> None:
        if recorded and simulated:
            self._simulated.setdefault(recorded, simulated)


def _differences(recorded: Interaction, simulated: Interaction) -> Iterator[tuple[str, bool]]:
    if recorded.status != simulated.status:
        yield f"status {recorded.status}, simulated {simulated.status}", False
    types = [
        each.header("content-type").partition(";")[0].strip().lower() or "none"
        for each in (recorded, simulated)
    ]
    if types[0] != types[1]:
        yield f"content type {types[0]}, simulated {types[1]}", False
    if recorded.header("location") != simulated.header("location"):
        yield "the redirect leads to another address than the simulated one", False
    if types[1] == "application/json":
        yield from _in_value("the body", recorded.data, simulated.data)


def _in_value(name: str, recorded: Any, simulated: Any) -> Iterator[tuple[str, bool]]:
    found, expected = type(recorded), type(simulated)
    if found is not expected:
        yield f"{name} is {found.__name__}, simulated {expected.__name__}", False
    elif isinstance(recorded, dict):
        prefix = "" if name == "the body" else f"{name}."
        for key in {**recorded, **simulated}:
            if key not in recorded:
                yield f"{prefix}{key} is missing", False
            elif key not in simulated:
                yield f"{prefix}{key} is not simulated", True
            else:
                yield from _in_value(f"{prefix}{key}", recorded[key], simulated[key])
    elif recorded != simulated:
        texts = ""
        if name == "message":
            # Any other text may contain what identifies a person.
            shown = repr(recorded) if is_api_message(recorded) else "another message"
            texts = f": {shown}, simulated {simulated!r}"
        yield f"{name} has another value than the recorded state{texts}", False
