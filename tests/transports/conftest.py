"""The requests that reach a handler, for the servers of the tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pytest_lookloox.provider.http import Request, Response, json_response
from pytest_lookloox.transports.server import Server


@pytest.fixture
def received(server: Server) -> Iterator[list[Request]]:
    """The requests that reached the handler of the module's server, which answers them all."""
    requests: list[Request] = []

    def handle(request: Request) -> Response:
        requests.append(request)
        return json_response({})

    with server.serving(handle):
        yield requests
