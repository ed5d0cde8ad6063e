"""What the server does to a connection: broken, stalled or delayed, as a client sees it."""

from __future__ import annotations

import threading
import time

import pytest
import requests
import urllib3
from requests.exceptions import ChunkedEncodingError, ReadTimeout

from pytest_lookloox.provider.http import Request, Response, TransportFault, json_response
from pytest_lookloox.transports.server import Server
from tests.transports.conftest import connect

ANSWER = json_response({"access_token": "x" * 32})
REQUEST = b"GET / HTTP/1.1\r\n\r\n"

# The exception of requests, and that of the operating system which it was made of.
SEEN = {
    TransportFault.CONNECTION_REFUSED: (requests.ConnectionError, ConnectionResetError),
    # The connection itself is established by the system, before the server knows of it.
    TransportFault.CONNECT_TIMEOUT: (ReadTimeout, TimeoutError),
    TransportFault.TLS_ERROR: (requests.ConnectionError, ConnectionResetError),
    TransportFault.CONNECTION_RESET: (requests.ConnectionError, ConnectionResetError),
    TransportFault.READ_TIMEOUT: (ReadTimeout, TimeoutError),
    TransportFault.TRUNCATED: (ChunkedEncodingError, urllib3.exceptions.IncompleteRead),
}


def innermost(error: BaseException) -> BaseException:
    cause = error.__cause__ or error.__context__
    return error if cause is None else innermost(cause)


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("POST", b"a=b")])
@pytest.mark.parametrize("fault", TransportFault)
def test_fault(server: Server, fault: TransportFault, method: str, body: bytes | None) -> None:
    """It is seen once: a client may repeat a request by itself over a connection that was open."""
    answers = [ANSWER, ANSWER._replace(fault=fault), ANSWER]
    timeout = 0.2 if fault.value.endswith("timeout") else 5

    with server.serving(lambda _: answers.pop(0)), requests.Session() as client:
        client.get(server.base_url, timeout=5)
        with pytest.raises(requests.RequestException) as raised:
            client.request(method, server.base_url, data=body, timeout=timeout)
        assert client.get(server.base_url, timeout=5).json() == ANSWER.data

    type_, origin = SEEN[fault]
    assert type(raised.value) is type_
    # Not a subclass: a connection that is closed in good order raises one of ConnectionResetError.
    assert type(innermost(raised.value)) is origin


def test_truncated_answer_announces_the_whole_body(server: Server) -> None:
    truncated = ANSWER._replace(fault=TransportFault.TRUNCATED)

    with server.serving(lambda _: truncated), connect(server) as client:
        client.sendall(REQUEST)
        head, _, body = b"".join(iter(lambda: client.recv(4096), b"")).partition(b"\r\n\r\n")

    assert f"Content-Length: {len(ANSWER.body)}".encode() in head
    assert body == ANSWER.body[: len(ANSWER.body) // 2]


@pytest.mark.parametrize(
    "stalled",
    [
        ANSWER._replace(fault=TransportFault.READ_TIMEOUT),
        ANSWER._replace(fault=TransportFault.CONNECT_TIMEOUT),
        ANSWER._replace(delay=60),
    ],
    ids=["read_timeout", "connect_timeout", "delay"],
)
def test_stalled_client_is_let_go(server: Server, stalled: Response) -> None:
    """When the test ends; and nothing waits for a client that is gone."""
    handled = threading.Event()

    def handle(_: Request) -> Response:
        handled.set()
        return stalled

    with server.serving(handle):
        with pytest.raises(ReadTimeout):
            requests.get(server.base_url, timeout=0.1)
        deadline = time.monotonic() + 5
        while server._connections:
            assert time.monotonic() < deadline
        handled.clear()
        client = connect(server)
        client.sendall(REQUEST)
        assert handled.wait(5)
    with client:
        assert client.recv(1) == b""


def test_stalled_client_that_sends_more_gets_nothing(server: Server) -> None:
    stalled = ANSWER._replace(fault=TransportFault.READ_TIMEOUT)

    with server.serving(lambda _: stalled), connect(server) as client:
        client.sendall(REQUEST)
        client.settimeout(0.1)
        for _ in range(2):
            with pytest.raises(TimeoutError):
                client.recv(1)
            client.sendall(b"Are you there?")
