"""The server of the tests here, and the requests that reach its handler."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from pytest_lookloox.provider.http import Request, Response, json_response
from pytest_lookloox.transports.server import Server
from tests.compatibility.conftest import nothing_is_left, send

__all__ = ["nothing_is_left", "send"]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def received(server: Server) -> Iterator[list[Request]]:
    """The requests that reached the handler of the module's server, which answers them all."""
    requests: list[Request] = []

    def handle(request: Request) -> Response:
        requests.append(request)
        return json_response({})

    with server.serving(handle):
        yield requests


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), 5)
