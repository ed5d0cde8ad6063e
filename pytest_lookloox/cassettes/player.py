"""A recording in the provider's place: it answers what was recorded, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from pytest_lookloox.cassettes.cassette import Cassette, Interaction, Step
from pytest_lookloox.provider.facts import is_blank
from pytest_lookloox.provider.http import NotRecorded, Request, Response
from pytest_lookloox.provider.models import App
from pytest_lookloox.provider.redaction import redact_query

_WAY_OUT = (
    "Let the client send what was recorded, in the recorded order and with the values of "
    "lookloox_app; or record anew: python -m pytest_lookloox record --help."
)
_log = logging.getLogger(__name__)


class CassettePlayer:
    """Answers from a cassette, in order for each endpoint.

    `app` is the registered app under the test's own addresses; `credentials` leads from values
    that the test configured to the recorded ones in whose place they are accepted.
    """

    def __init__(self, cassette: Cassette, app: App, credentials: Mapping[str, str]) -> None:
        self._cassette = cassette
        self._redirect_url = app.redirect_url
        self._credentials = credentials
        self._unused = dict(enumerate(cassette.interactions))
        self._problems: list[str] = []
        self._taken: set[tuple[int, Step]] = set()
        self._recorded = {cassette.app.app_id, cassette.app.app_secret}
        for each in cassette.interactions:
            self._recorded.update(filter(None, (each.auth_key, each.access_token)))
            self._recorded.update(step.value for step in each.before)
        self._sent_for: dict[str, str] = {}

    def handle(self, request: Request) -> Response:
        """Return the next recorded answer of the endpoint; raises `NotRecorded` without one."""
        params = request.params()
        for index, interaction in self._unused.items():
            if (interaction.method, interaction.path) == (request.method, request.path):
                if self._differences(interaction, params):
                    break
                del self._unused[index]
                for name, recorded in interaction.params.items():
                    if recorded not in self._recorded:
                        self._sent_for[recorded] = params[name]
                recorded_url = self._cassette.app.redirect_url
                headers = tuple(
                    (name, value.replace(recorded_url, self._redirect_url, 1))
                    if name.lower() == "location"
                    else (name, value)
                    for name, value in interaction.headers
                )
                return Response(interaction.status, headers, interaction.body, interaction.data)
        problem = self._explain(request, params)
        self._problems.append(problem)
        # An app may catch the exception; the log shows why its page is not as expected.
        _log.warning(problem)
        raise NotRecorded(problem)

    def issue_auth_key(self) -> str:
        """Return the next recorded auth_key; the request that handed it out counts as used."""
        return self._hand_out("auth_key")

    def issue_access_token(self) -> str:
        """Return the next recorded token; the requests that led to it count as used."""
        return self._hand_out("access_token")

    def problems(self) -> list[str]:
        """Return what to tell of the requests that were not recorded."""
        return self._problems

    def unused(self) -> list[str]:
        """Return what to tell of recorded requests that were never made, one text or none."""
        if not self._unused:
            return []
        rest = [f"responses[{i}]: {unused.request_line}" for i, unused in self._unused.items()]
        return [
            f"The recording {self._cassette.name!r} ({self._cassette.file}) was not used up: the "
            f"client never sent {'; '.join(rest)}. Exercise the client further, or choose another "
            "recording."
        ]

    def _hand_out(self, name: str) -> str:
        for index, interaction in enumerate(self._cassette.interactions):
            for step in interaction.before:
                if step.action == f"issue_{name}" and (index, step) not in self._taken:
                    self._taken.add((index, step))
                    return str(step.value)
            value: str | None = getattr(interaction, name)
            if value and index in self._unused:
                sent_key = interaction.params.get("auth_key")
                for other, unused in list(self._unused.items()):
                    if other == index or (sent_key and unused.auth_key == sent_key):
                        del self._unused[other]
                return value
        raise ValueError(
            f"the recording {self._cassette.name!r} hands out no further {name}: "
            "ask for as many as were recorded"
        )

    def _differences(self, interaction: Interaction, params: Mapping[str, str]) -> list[str]:
        """Return how each parameter that differs from the recorded one does."""
        recorded = interaction.params
        result = []
        for name in {**recorded, **params}:
            if name not in recorded:
                result.append(f"{name}: sent, but not recorded")
            elif name not in params:
                result.append(f"{name}: recorded, but not sent")
            elif not self._is_same(recorded[name], params[name]):
                result.append(f"{name}: another value than the recorded one")
        return result

    def _is_same(self, recorded: str, sent: str) -> bool:
        sent = self._credentials.get(sent, sent)
        if recorded == sent or is_blank(recorded) or is_blank(sent):
            return is_blank(recorded) == is_blank(sent)
        if recorded in self._recorded or sent in self._recorded:
            return False
        # A wrong secret, for example: any value will do, if it is the same each time.
        return self._sent_for.get(recorded, sent) == sent

    def _explain(self, request: Request, params: Mapping[str, str]) -> str:
        cassette = self._cassette
        shown = f"{request.method} {request.path}{redact_query(params)}"
        text = f"The recording {cassette.name!r} ({cassette.file}) does not hold {shown}."
        if not cassette.interactions:
            return f"{text} It holds no request at all."

        def nearness(index: int) -> tuple[bool, bool, bool, int]:
            other = cassette.interactions[index]
            is_same_path, is_same_method = (
                other.path == request.path,
                other.method == request.method,
            )
            differences = len(self._differences(other, params))
            return is_same_path, is_same_method, index in self._unused, -differences

        index = max(range(len(cassette.interactions)), key=nearness)
        nearest = cassette.interactions[index]
        differences = self._differences(nearest, params)
        line = f"The nearest is responses[{index}]: {nearest.request_line}"
        if index not in self._unused:
            line += ", which was answered already"
        elif nearness(index) == (True, True, True, 0):
            line += ", and another request of this endpoint is recorded before it"
        return "\n".join([text, line, *(f"  {each}" for each in differences), _WAY_OUT])
