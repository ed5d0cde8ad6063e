"""The provider behind requests-mock, which answers in place of every adapter.

Where it is in use, its adapter asks the provider for what it has no stub for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from requests import PreparedRequest
from requests.adapters import HTTPAdapter


def install(is_simulated: Callable[[str], bool]) -> Callable[[], None]:
    """Let URLs that are simulated fall back to the provider; return what undoes it."""
    module: Any = sys.modules.get("requests_mock.adapter")
    if not module:
        return lambda: None
    send = module.Adapter.send

    def send_or_simulate(adapter: Any, request: PreparedRequest, **options: Any) -> Any:
        try:
            return send(adapter, request, **options)
        except module.exceptions.NoMockAddress:
            if not is_simulated(str(request.url)):
                raise
        return HTTPAdapter().send(request, **options)

    module.Adapter.send = send_or_simulate
    return lambda: setattr(module.Adapter, "send", send)
