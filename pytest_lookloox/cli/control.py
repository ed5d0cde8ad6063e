"""`POST /_control`: what a test in another language may do with a served provider."""

from __future__ import annotations

import json
from typing import Any

from pytest_lookloox.lookloox import LookLoox
from pytest_lookloox.provider.http import Request, Response, json_response

_METHODS = (
    *("approve", "issue_auth_key", "issue_access_token", "forge_callback", "add_user"),
    *("remove_user", "disable_app", "disable_api", "advance", "inject_fault", "vary"),
)


def control(lookloox: LookLoox, request: Request) -> Response:
    """Carry out `{"do": NAME, …}`, a method of the provider by name.

    Returns `{"result": …}` with status 200, or `{"error": "…"}` with status 400.
    """
    try:
        value = json.loads(request.body)
    except (RecursionError, ValueError):
        value = None
    arguments: dict[str, Any] = value if isinstance(value, dict) else {}
    name = str(arguments.pop("do", None))
    if name not in _METHODS:
        expected = f'expected a JSON object with "do", one of: {", ".join(_METHODS)}'
        return json_response({"error": expected}, status=400)
    try:
        return json_response({"result": getattr(lookloox, name)(**arguments)})
    except (TypeError, ValueError) as error:
        return json_response({"error": f"{name}: {error}"}, status=400)
