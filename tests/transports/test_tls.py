"""Https: a certificate that clients can trust, and one that they cannot."""

from __future__ import annotations

import gc
import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from requests.exceptions import SSLError

from pytest_lookloox.provider.http import (
    Request,
    TransportFault,
    fault_response,
    json_response,
)
from pytest_lookloox.transports.server import Server
from pytest_lookloox.transports.tls import server_context

ANSWER = json_response({})


@pytest.fixture(scope="module")
def ca_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls") / "ca.pem"


@pytest.fixture(scope="module")
def server(ca_file: Path) -> Iterator[Server]:
    with Server(tls=server_context(ca_file)) as running:
        yield running


def get(server: Server, verify: Path | bool, host: str = "127.0.0.1") -> requests.Response:
    trusted = verify if isinstance(verify, bool) else str(verify)
    return requests.get(f"https://{host}:{server.port}/", verify=trusted, timeout=5)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_client_that_trusts_the_authority(
    server: Server, ca_file: Path, received: list[Request], host: str
) -> None:
    assert server.base_url == f"https://127.0.0.1:{server.port}"
    assert get(server, ca_file, host).status_code == 200
    assert [request.verifies for request in received] == [True]


def test_client_that_does_not_trust_it(
    server: Server, ca_file: Path, received: list[Request], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        get(server, verify=True)

    assert received == []
    assert get(server, ca_file).status_code == 200
    assert caplog.messages == []


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n\r\n", b"garbage\r\n\r\n", b""])
def test_plain_http_and_garbage_do_no_harm(
    server: Server, ca_file: Path, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 5) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            client.recv(1)

    assert get(server, ca_file).status_code == 503
    assert caplog.messages == []


class TestUntrustedCertificate:
    def test_client_that_verifies_goes_away(self, server: Server, ca_file: Path) -> None:
        due = [True, False]

        with server.serving(lambda _: ANSWER, lambda: due.pop(0)):
            with pytest.raises(SSLError, match="CERTIFICATE_VERIFY_FAILED"):
                get(server, ca_file)
            assert get(server, ca_file).status_code == 200

    @pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
    def test_request_of_a_client_that_does_not_verify(
        self, server: Server, received: list[Request]
    ) -> None:
        server._is_untrusted_certificate_due = lambda: True

        assert get(server, verify=False).status_code == 200
        assert [request.verifies for request in received] == [False]

    def test_it_is_not_shown_between_tests(self, server: Server, ca_file: Path) -> None:
        with server.serving(lambda _: ANSWER, lambda: True):
            pass

        assert get(server, ca_file).status_code == 503

    def test_no_session_is_resumed(
        self, server: Server, ca_file: Path, received: list[Request]
    ) -> None:
        """A client that resumes a session would not look at the certificate."""
        context = ssl.create_default_context(cafile=ca_file)
        session = None
        for _ in range(2):
            with (
                socket.create_connection(("127.0.0.1", server.port), 5) as plain,
                context.wrap_socket(plain, server_hostname="localhost", session=session) as client,
            ):
                client.sendall(b"GET / HTTP/1.1\r\n\r\n")
                assert client.recv(1)  # by now a ticket would have come
                assert not client.session_reused
                session = client.session


@pytest.mark.parametrize(
    ("fault", "type_"),
    [
        (TransportFault.TLS_ERROR, SSLError),
        (TransportFault.CONNECTION_RESET, requests.ConnectionError),
        (TransportFault.CONNECTION_REFUSED, requests.ConnectionError),
    ],
)
def test_fault(server: Server, ca_file: Path, fault: TransportFault, type_: type) -> None:
    answers = [fault_response(fault), ANSWER]

    with server.serving(lambda _: answers.pop(0)):
        with pytest.raises(requests.RequestException) as raised:
            get(server, ca_file)
        assert get(server, ca_file).status_code == 200

    assert type(raised.value) is type_


def test_end_waits_for_no_handshake(tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    with Server(tls=server_context(ca_file)) as server:
        silent = socket.create_connection(("127.0.0.1", server.port), 5)
        assert get(server, ca_file).status_code == 503  # by now the silent client is accepted
    with silent:
        assert silent.recv(1) == b""


def test_client_that_is_gone_before_it_is_accepted_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A socket left to the garbage collector is a warning, which fails another test."""
    unraisable: list[object] = []
    monkeypatch.setattr("sys.unraisablehook", lambda event: unraisable.append(event.exc_value))

    with Server(tls=server_context(tmp_path / "ca.pem")) as server:
        server.shutdown()  # so that the client is accepted below
        with socket.create_connection(("127.0.0.1", server.port), 5) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with suppress(OSError):
            server.get_request()[0].close()
    gc.collect()

    assert unraisable == []
