"""A recording in the provider's place: it answers what was recorded, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from pytest_lookloox.cassettes.cassette import Cassette, Interaction
from pytest_lookloox.provider import facts
from pytest_lookloox.provider.facts import is_blank
from pytest_lookloox.provider.http import NotRecorded, Request, Response, json_response
from pytest_lookloox.provider.models import App
from pytest_lookloox.provider.redaction import redact_query, shorten

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
        self._shown = f"The recording {cassette.name!r} ({cassette.file})"
        self._redirect_url = app.redirect_url
        self._credentials = credentials
        self._unused = dict(enumerate(cassette.interactions))
        self._problems: list[str] = []
        steps = [step for each in cassette.interactions for step in each.before]
        self._issued = [item for step in steps for item in step.items()]
        keys = {key for each in cassette.interactions for key in (each.auth_key, each.access_token)}
        keys |= {value for name, value in self._issued if name.endswith(("_key", "_token"))}
        self._secrets = {cassette.app.app_secret, *keys} - {""}

    def handle(self, request: Request) -> Response:
        """Return the next recorded answer of the endpoint; raises `NotRecorded` without one."""
        params = request.params()
        hint = ["No such request is recorded, or each was answered already."]
        for index, recorded in self._unused.items():
            if recorded.path == request.path.removesuffix("/"):
                differences = self._differences(recorded, request.method, params)
                if not differences:
                    return self._answer(self._unused.pop(index))
                if self._cassette.platform.refuses(request.path, request.method):
                    # A client that handles both platforms tries the other way next.
                    message = facts.AUTHORIZE_NO_APP_ID.message
                    return json_response({"error": True, "message": message})
                following = f"responses[{index}]: {recorded.request_line}"
                hint = [f"The next one recorded is {following}", *differences]
                break
        shown = f"{request.method} {shorten(request.path)}{redact_query(params)}"
        problem = "\n".join([f"{self._shown} does not hold {shown}.", *hint, _WAY_OUT])
        self._problems.append(problem)
        # An app may catch the exception; the log shows why its page is not as expected.
        _log.warning(problem)
        raise NotRecorded(problem)

    def _answer(self, interaction: Interaction) -> Response:
        recorded_url = self._cassette.app.redirect_url
        headers = {"Content-Type": interaction.content_type}
        for name, value in interaction.headers.items():
            headers[name] = value.replace(recorded_url, self._redirect_url, 1)
        body = interaction.body.encode()
        return Response(interaction.status, tuple(headers.items()), body, interaction.data)

    def secrets(self) -> set[str]:
        """Return every secret, key and token, recorded or accepted in place of a recorded one."""
        accepted = {sent for sent, own in self._credentials.items() if own in self._secrets}
        return self._secrets | accepted

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
            f"{self._shown} was not used up: the client never sent {'; '.join(rest)}. "
            "Exercise the client further, or choose another recording."
        ]

    def _hand_out(self, name: str) -> str:
        """Return what was issued beside the requests, or what an unused one hands out."""
        for action, value in self._issued:
            if action == f"issue_{name}":
                self._issued.remove((action, value))
                return str(value)
        for index, interaction in self._unused.items():
            value = getattr(interaction, name)
            if value:
                sent_key = interaction.params.get("auth_key")
                led_to_it = [i for i, each in self._unused.items() if each.auth_key == sent_key]
                for used in {index, *(led_to_it if sent_key else ())}:
                    del self._unused[used]
                return str(value)
        raise ValueError(
            f"{self._shown} hands out no further {name}: ask for as many as were recorded"
        )

    def _differences(
        self, interaction: Interaction, method: str, sent: Mapping[str, str]
    ) -> list[str]:
        """Return how the method and each parameter differ from the recorded ones."""
        if method != interaction.method:
            return [f"  recorded as {interaction.method}, sent as {method}"]
        recorded = interaction.params
        result = []
        for name in {**recorded, **sent}:
            if name not in recorded:
                result.append(f"  {name}: sent, but not recorded")
            elif name not in sent:
                result.append(f"  {name}: recorded, but not sent")
            elif not self._is_same(recorded[name], sent[name]):
                result.append(f"  {name}: another value than the recorded one")
        return result

    def _is_same(self, recorded: str, sent: str) -> bool:
        sent = self._credentials.get(sent, sent)
        if recorded == sent or is_blank(recorded) or is_blank(sent):
            return is_blank(recorded) == is_blank(sent)
        # A wrong secret, for example: any other wrong one will do.
        return {recorded, sent}.isdisjoint({*self._secrets, self._cassette.app.app_id})
