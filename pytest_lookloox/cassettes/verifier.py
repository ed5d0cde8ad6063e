"""What cassettes are checked for: private values, and differences from the simulator."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pytest_lookloox.cassettes.cassette import Cassette, CassetteError, Interaction, Step
from pytest_lookloox.cassettes.library import load
from pytest_lookloox.cassettes.scrubber import NEWER_FIELDS, is_api_message, scrub
from pytest_lookloox.provider.api import Provider
from pytest_lookloox.provider.http import FORM_TYPE, Request
from pytest_lookloox.provider.user_info import FIELDS, NULLABLE, TYPICAL, UserInfo, identity

_MISSING = "is missing"
_UNKNOWN = "is not simulated"


class Finding(NamedTuple):
    """Something in a cassette that should be otherwise; as a note, if good clients do not mind."""

    place: str
    text: str
    is_note: bool = False


def check(file: Path, rule: Callable[[Cassette], Iterator[Finding]]) -> Iterator[Finding]:
    """Yield what `scan` or `verify` finds; a file that cannot be read counts as one finding."""
    try:
        yield from rule(load(file))
    except CassetteError as error:
        yield Finding(error.place, error.reason)


def scan(cassette: Cassette) -> Iterator[Finding]:
    """Yield the places of what scrubbing would change, but for the way in which JSON is written."""
    for place, text in _differences("", _contents(cassette), _contents(scrub(cassette))):
        if text != _MISSING:
            yield Finding(place, "scrubbing would replace it")


def _contents(cassette: Cassette) -> dict[str, Any]:
    contents = {"head": cassette.head, "app": asdict(cassette.app), "user": cassette.user}
    for index, each in enumerate(cassette.interactions):
        contents[f"responses[{index}]"] = {**asdict(each), "body": each.data}
    return contents


def verify(cassette: Cassette) -> Iterator[Finding]:
    """Yield the differences from the simulator: the same requests in the same state."""
    simulator = _Simulator(cassette)
    for index, recorded in enumerate(cassette.interactions):
        simulated = simulator.answer(recorded)
        found, expected = (
            {
                "status": answer.status,
                "content_type": answer.content_type.partition(";")[0].lower(),
                "location": answer.headers.get("Location"),
                # Pages differ from community to community.
                "body": None if isinstance(simulated.data, str) else answer.data,
            }
            for answer in (recorded, simulated)
        )
        found = json.loads(simulator.translate(json.dumps(found)))
        for name, text in _differences("", found, expected):
            place = f"responses[{index}] {recorded.request_line}"
            yield Finding(place, f"{name} {text}", text == _UNKNOWN)


class _Simulator:
    """A provider in the recorded state, with keys and tokens of its own."""

    def __init__(self, cassette: Cassette) -> None:
        self._app = cassette.app
        self._provider = Provider(platform=cassette.platform)
        newer = NEWER_FIELDS if cassette.platform.has_newer_fields else ()
        user: UserInfo = dict(TYPICAL)
        for name, value in cassette.user.items():
            # A value of a type that the API does not have here is to be found, not simulated.
            is_legal = isinstance(value, str) or (value is None and name in NULLABLE)
            if is_legal and name in (*FIELDS, *newer):
                user[name] = value
        self._user_id = identity(user)
        self._provider.register_app(cassette.app)
        self._provider.users[self._user_id] = user
        self._provider.visitor_id = self._user_id
        self._simulated: dict[str, str] = {}

    def answer(self, recorded: Interaction) -> Interaction:
        """Repeat the recorded steps, then return the simulator's answer to the request."""
        for step in recorded.before:
            self._repeat(step)
        query, form = map(self.translate, (urlsplit(recorded.url).query, recorded.form))
        headers = {"Content-Type": FORM_TYPE}
        request = Request(recorded.method, recorded.path, query, headers, form.encode())
        response = self._provider.handle(request)
        headers = dict(response.headers)
        answer = replace(
            recorded,
            status=response.status,
            headers=headers,
            content_type=headers["Content-Type"],
            body=response.body.decode(),
        )
        self._learn(recorded.auth_key, answer.auth_key)
        self._learn(recorded.access_token, answer.access_token)
        return answer

    def translate(self, text: str) -> str:
        """Return a recorded text with the simulator's keys and tokens."""
        for recorded, simulated in self._simulated.items():
            text = text.replace(recorded, simulated)
        return text

    def _repeat(self, step: Step) -> None:
        app_id, user_id = self._app.app_id, self._user_id
        if step.action == "advance":
            self._provider.clock.advance(seconds=step.value)
        elif step.action == "issue_auth_key":
            self._learn(step.value, self._provider.issue_auth_key(app_id, user_id))
        elif step.action == "issue_access_token":
            self._learn(step.value, self._provider.issue_access_token(app_id, user_id))
        elif step.action == "spend_auth_key":
            self._provider.spend_auth_key(self.translate(step.value), app_id)
        else:
            self._provider.users.pop(step.value, None)

    def _learn(self, recorded: str | None, simulated: str | None) -> None:
        if recorded and simulated and simulated not in self._simulated.values():
            self._simulated.setdefault(recorded, simulated)


def _differences(name: str, found: Any, expected: Any) -> Iterator[tuple[str, str]]:
    """Yield the place of each difference between two JSON values, and what it is."""
    if type(found) is not type(expected):
        yield name, f"is {type(found).__name__}, simulated {type(expected).__name__}"
    elif isinstance(found, dict):
        for key in {**found, **expected}:
            place = f"{name}.{key}".lstrip(".")
            if key not in found:
                yield place, _MISSING
            elif key not in expected:
                yield place, _UNKNOWN
            else:
                yield from _differences(place, found[key], expected[key])
    elif found != expected:
        # Any other text may contain what identifies a person.
        is_public = name in ("status", "content_type") or is_api_message(found)
        shown = f"is {found!r}, simulated {expected!r}"
        yield name, shown if is_public else "has another value than simulated"
