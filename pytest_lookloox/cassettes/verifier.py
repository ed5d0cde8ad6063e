"""What cassettes are checked for: private values, and differences from the simulator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlsplit

from pytest_lookloox.cassettes.cassette import Cassette, Interaction
from pytest_lookloox.cassettes.scrubber import NEWER_FIELDS, is_api_message, scrub
from pytest_lookloox.provider.api import Provider
from pytest_lookloox.provider.http import FORM_TYPE, Request
from pytest_lookloox.provider.user_info import FIELDS, NULLABLE, TYPICAL, UserInfo, identity

_MISSING = "is missing"
NOT_SIMULATED = "note: not simulated"

Finding = tuple[str, str]
"""The place of something in a cassette that should be otherwise, and what it is."""


def scan(cassette: Cassette) -> Iterator[Finding]:
    """Yield the places of what scrubbing would change, but for the way in which JSON is written."""
    for place, text in _differences("", _contents(cassette), _contents(scrub(cassette))):
        if text != _MISSING:
            yield place, "scrubbing would replace it"


def verify(cassette: Cassette) -> Iterator[Finding]:
    """Yield the differences from the simulator: the same requests in the same state."""
    simulator = _Simulator(cassette)
    answers = tuple(map(simulator.answer, cassette.interactions))
    found, expected = (
        json.loads(simulator.translate(json.dumps(_contents(each))))
        for each in (cassette, replace(cassette, interactions=answers))
    )
    return _differences("", found, expected)


def _contents(cassette: Cassette) -> dict[str, Any]:
    contents = {"head": cassette.head, "app": asdict(cassette.app), "user": cassette.user}
    for index, each in enumerate(cassette.interactions):
        content_type = each.content_type.partition(";")[0].lower()
        parts = {**asdict(each), "content_type": content_type, "body": each.data}
        contents[f"responses[{index}]"] = parts
    return contents


class _Simulator:
    """A provider in the recorded state, with keys and tokens of its own."""

    def __init__(self, cassette: Cassette) -> None:
        self._app_id = cassette.app.app_id
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
        """Repeat the recorded steps, then return the request with the simulator's answer."""
        for step in recorded.before:
            for action, value in step.items():
                self._repeat(action, value)
        query, form = map(self.translate, (urlsplit(recorded.url).query, recorded.form))
        form_type = {"Content-Type": FORM_TYPE}
        request = Request(recorded.method, recorded.path, query, form_type, form.encode())
        response = self._provider.handle(request)
        location = response.header("Location")
        # Pages differ from community to community.
        is_page = isinstance(response.data, str)
        answer = replace(
            recorded,
            status=response.status,
            headers={"Location": location} if location else {},
            content_type=response.header("Content-Type") or "",
            body=recorded.body if is_page else response.body.decode(),
        )
        self._learn(recorded.auth_key, answer.auth_key)
        self._learn(recorded.access_token, answer.access_token)
        return answer

    def translate(self, text: str) -> str:
        """Return a recorded text with the simulator's keys and tokens."""
        for recorded, simulated in self._simulated.items():
            text = text.replace(recorded, simulated)
        return text

    def _repeat(self, action: str, value: Any) -> None:
        app_id, user_id = self._app_id, self._user_id
        if action == "advance":
            self._provider.clock.advance(seconds=value)
        elif action == "issue_auth_key":
            self._learn(value, self._provider.issue_auth_key(app_id, user_id))
        elif action == "issue_access_token":
            self._learn(value, self._provider.issue_access_token(app_id, user_id))
        elif action == "spend_auth_key":
            self._provider.spend_auth_key(self.translate(value), app_id)
        else:
            self._provider.users.pop(value, None)

    def _learn(self, recorded: str, simulated: str) -> None:
        if recorded and simulated and simulated not in self._simulated.values():
            self._simulated.setdefault(recorded, simulated)


def _differences(name: str, found: Any, expected: Any) -> Iterator[Finding]:
    """Yield the place of each difference between two JSON values, and what it is."""
    if type(found) is not type(expected):
        yield name, f"is {type(found).__name__}, simulated {type(expected).__name__}"
    elif isinstance(found, dict):
        for key in {**found, **expected}:
            place = f"{name}.{key}".lstrip(".")
            if key not in found:
                yield place, _MISSING
            elif key not in expected:
                yield place, NOT_SIMULATED
            else:
                yield from _differences(place, found[key], expected[key])
    elif found != expected:
        # Any other text may contain what identifies a person.
        is_fact = name.split(".")[1:] in (["status"], ["content_type"])
        is_public = is_fact or is_api_message(found)
        shown = f"is {found!r}, simulated {expected!r}"
        yield name, shown if is_public else "has another value than simulated"
