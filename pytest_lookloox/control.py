"""`POST /_control`: what a test in another language may ask of a served provider."""

from __future__ import annotations

import json
from collections.abc import Callable

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
        try:
            arguments = json.loads(body)
            name = arguments.pop("do")
            return json_response(None, {"result": actions[name](**arguments)})
        except (KeyError, AttributeError, UnicodeDecodeError, json.JSONDecodeError):
            expected = f'a JSON object with "do", one of: {", ".join(actions)}'
            return json_response(None, {"error": f"expected {expected}"}, 400)
        except (TypeError, ValueError) as error:
            return json_response(None, {"error": str(error)}, 400)

    return control
