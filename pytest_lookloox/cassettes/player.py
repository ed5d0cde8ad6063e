"""A recording in the provider's place: it answers what was recorded, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping

from pytest_lookloox.cassettes.cassette import Cassette, Interaction
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
        self._issued = {name: self._values(name) for name in ("auth_key", "access_token")}
        self._recorded = {cassette.app.app_id, cassette.app.app_secret}
        for each in cassette.interactions:
            self._recorded.update(filter(None, (each.auth_key, each.access_token)))
            self._recorded.update(step.value for step in each.before)
        self._sent_for: dict[str, str] = {}

    def handle(self, request: Request) -> Response:
        """Return the next recorded answer of the endpoint; raises `NotRecorded` without one."""
        params = request.params()
        for index, recorded in self._unused.items():
            if (recorded.method, recorded.path) == (request.method, request.path):
                differences = self._differences(recorded, params)
                if not differences:
                    del self._unused[index]
                    return self._answer(recorded, params)
                hint = f"The next one recorded is responses[{index}]: {recorded.request_line}"
                break
        else:
            differences = []
            hint = "No such request is recorded, or each was answered already."
        shown = f"{request.method} {request.path}{redact_query(params)}"
        text = (
            f"The recording {self._cassette.name!r} ({self._cassette.file}) does not hold {shown}."
        )
        problem = "\n".join([text, hint, *(f"  {each}" for each in differences), _WAY_OUT])
        self._problems.append(problem)
        # An app may catch the exception; the log shows why its page is not as expected.
        _log.warning(problem)
        raise NotRecorded(problem)

    def _answer(self, interaction: Interaction, params: Mapping[str, str]) -> Response:
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

    def issue_auth_key(self) -> str:
        """Return the next recorded auth_key; the request that handed it out counts as used."""
        return self._hand_out("auth_key")

    def issue_access_token(self) -> str:
        """Return the next recorded token; the requests that led to it count as used."""
        return self._hand_out("access_token")

    def problems(self) -> list[str]:
        """Return a message for each request that is not in the recording."""
        return self._problems

    def unused(self) -> list[str]:
        """Return a message about recorded requests that were never made, if there are any."""
        if not self._unused:
            return []
        rest = [f"responses[{i}]: {unused.request_line}" for i, unused in self._unused.items()]
        return [
            f"The recording {self._cassette.name!r} ({self._cassette.file}) was not used up: the "
            f"client never sent {'; '.join(rest)}. Exercise the client further, or choose another "
            "recording."
        ]

    def _hand_out(self, name: str) -> str:
        for value in self._issued[name]:
            return value
        raise ValueError(
            f"the recording {self._cassette.name!r} hands out no further {name}: "
            "ask for as many as were recorded"
        )

    def _values(self, name: str) -> Iterator[str]:
        """Yield what was issued beside the requests or is handed out by an unused one."""
        for index, interaction in enumerate(self._cassette.interactions):
            yield from (step.value for step in interaction.before if step.action == f"issue_{name}")
            value: str | None = getattr(interaction, name)
            if value and index in self._unused:
                sent_key = interaction.params.get("auth_key")
                for other, unused in list(self._unused.items()):
                    if other == index or (sent_key and unused.auth_key == sent_key):
                        del self._unused[other]
                yield value

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
