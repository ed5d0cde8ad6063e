"""`POST /_control`: what a test in another language may do with a served provider."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pytest_lookloox.lookloox import LookLoox, view
from pytest_lookloox.provider.http import Request, Response, json_response
from pytest_lookloox.provider.redaction import Secret, shorten
from pytest_lookloox.simulation import Simulation

ACTIONS = (
    *("approve(user, app)", "issue_auth_key(user, app)", "issue_access_token(user, app)"),
    *("forge_callback()", "sign_in(user_info)", "add_user(user_info)", "remove_user(user_id)"),
    *("disable_app(app_id)", "disable_api()", "advance(seconds, minutes, hours)"),
    *("inject_fault(name, times)", "vary(name, times)", "calls()", "check()", "reset()"),
)
_NAMES = [action.partition("(")[0] for action in ACTIONS]
_OF_AN_APP = ("approve", "issue_auth_key", "issue_access_token")
_KEPT_CALLS = 10_000
_LONGEST_TEXT = 500


class Control:
    """Carries out actions on a provider, which `reset` makes anew."""

    def __init__(self, new_simulation: Callable[[], Simulation]) -> None:
        self._new_simulation = new_simulation
        self.reset()

    def handle(self, request: Request) -> Response:
        """Carry out `{"do": NAME, …}`, a method of this class or else of the provider.

        Returns `{"result": …}` with status 200, or `{"error": "…"}` with status 400; to `calls` and
        `check` also `"total"`, the number of all calls.
        """
        try:
            value = json.loads(request.body)
        except (ValueError, RecursionError):
            value = None
        arguments: dict[str, Any] = value if isinstance(value, dict) else {}
        name = str(arguments.pop("do", None))
        if name not in _NAMES:
            expected = f'expected a JSON object with "do", one of: {", ".join(_NAMES)}'
            return json_response({"error": expected}, status=400)
        total = {"total": self._forgotten + len(self.simulation.calls)}
        answer = total if name in ("calls", "check") else {}
        try:
            owner: Any = self if hasattr(self, name) else view(self.simulation)
            if name in _OF_AN_APP and (app_id := arguments.pop("app", None)) is not None:
                owner = self._view_of_app(app_id)
            return json_response({"result": getattr(owner, name)(**arguments), **answer})
        except (AssertionError, TypeError, ValueError) as error:
            return json_response({"error": f"{name}: {error}", **answer}, status=400)

    def reset(self) -> None:
        """Begin anew, in the state of the start."""
        self.simulation = self._new_simulation()
        self._forgotten = 0

    def calls(self) -> list[dict[str, Any]]:
        """Return every request to the provider, in order and without secrets."""
        return [_redact(call._asdict()) for call in self.simulation.calls]

    def forget_early_calls(self) -> None:
        """Keep the last 10,000 calls, and the number of all."""
        calls = self.simulation.calls
        self._forgotten += len(calls[:-_KEPT_CALLS])
        del calls[:-_KEPT_CALLS]

    def _view_of_app(self, app_id: str) -> LookLoox:
        apps = self.simulation.provider.apps
        if app_id not in apps:
            raise ValueError(f"no app {app_id!r}; registered: {', '.join(map(repr, apps))}")
        simulation = copy.copy(self.simulation)
        simulation.options = replace(simulation.options, app_id=app_id)
        return view(simulation)


def _redact(value: Any) -> Any:
    if isinstance(value, Secret):
        return "***"
    if isinstance(value, Mapping):
        return {name: _redact(item) for name, item in value.items()}
    return shorten(value, _LONGEST_TEXT) if isinstance(value, str) else value
