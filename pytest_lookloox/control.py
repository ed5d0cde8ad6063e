"""`POST /_control`: what a test in another language may ask of a served provider."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pytest_lookloox.exchange import Response, json_response
from pytest_lookloox.lookloox import LookLoox


def controller(lookloox: LookLoox) -> Callable[[bytes], Response]:
    """A function that carries out `{"do": NAME, ...}`, a method of the provider by name.

    It answers `{"result": …}` with status 200, or `{"error": "…"}` with status 400.
    """
    actions: dict[str, Callable[..., object]] = {
        "approve": lookloox.approve,
        "issue_auth_key": lookloox.issue_auth_key,
        "issue_access_token": lookloox.issue_access_token,
        "forge_callback": lookloox.forge_callback,
        "add_user": lookloox.add_user,
        "remove_user": lookloox.remove_user,
        "disable_app": lookloox.disable_app,
        "disable_api": lookloox.disable_api,
        "advance": lookloox.advance,
        "inject_fault": lookloox.inject_fault,
        "vary": lookloox.vary,
    }

    def control(body: bytes) -> Response:
        arguments = _json_object(body)
        name = str(arguments.pop("do", None))
        action = actions.get(name)
        if action is None:
            expected = f'expected a JSON object with "do", one of: {", ".join(actions)}'
            return json_response(None, {"error": expected}, 400)
        try:
            return json_response(None, {"result": action(**arguments)})
        except (AttributeError, OverflowError, TypeError, ValueError) as error:
            return json_response(None, {"error": f"{name}: {error}"}, 400)

    return control


def _json_object(body: bytes) -> dict[str, Any]:
    """The body's object, or an empty one where it is anything else."""
    try:
        value = json.loads(body)
    except (RecursionError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
