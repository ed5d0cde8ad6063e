"""Https: a certificate that clients can trust, and one that they cannot."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from requests.exceptions import SSLError

from pytest_lookloox.provider.http import Request, TransportFault, fault_response, json_response
from pytest_lookloox.transports.server import Server
from pytest_lookloox.transports.tls import server_context
from tests.transports.conftest import connect

ANSWER = json_response({})


@pytest.fixture(scope="module")
def ca_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls") / "ca.pem"


@pytest.fixture(scope="module")
def server(ca_file: Path) -> Iterator[Server]:
    with Server(ca_file=ca_file) as running:
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


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6 here")
def test_certificate_fits_ipv6(tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    with Server(host="::1", ca_file=ca_file) as server:
        answer = requests.get(server.base_url, verify=str(ca_file), timeout=5)
    assert answer.status_code == 503


def test_certificate_fits_another_host_and_the_key_is_private(tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    context = server_context(ca_file, "box.example")
    trusting = ssl.create_default_context(cafile=ca_file)
    client, server = socket.socketpair()

    with client, server, ThreadPoolExecutor(1) as pool:
        accepted = pool.submit(context.wrap_socket, server, server_side=True)
        trusting.wrap_socket(client, server_hostname="box.example").close()
        accepted.result().close()
    assert os.name != "posix" or (tmp_path / "ca.pem.key").stat().st_mode & 0o077 == 0


def test_client_that_does_not_trust_it(
    server: Server, ca_file: Path, received: list[Request], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        get(server, verify=True)

    assert received == []
    assert get(server, ca_file).status_code == 200
    assert caplog.messages == []


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n\r\n", b""])
def test_plain_http_and_silence_do_no_harm(
    server: Server, ca_file: Path, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with connect(server) as client:
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
        # Between tests it is not even asked whether it is due.
        assert get(server, ca_file).status_code == 503

    @pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
    def test_request_of_a_client_that_does_not_verify(
        self, server: Server, received: list[Request]
    ) -> None:
        server._is_untrusted_certificate_due = lambda: True

        assert get(server, verify=False).status_code == 200
        assert [request.verifies for request in received] == [False]

    def test_no_session_is_resumed(
        self, server: Server, ca_file: Path, received: list[Request]
    ) -> None:
        """A client that resumes a session would not look at the certificate."""
        context = ssl.create_default_context(cafile=ca_file)
        session = None
        for _ in range(2):
            with (
                connect(server) as plain,
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
    with Server(ca_file=ca_file) as server:
        silent = connect(server)
        assert get(server, ca_file).status_code == 503  # by now the silent client is accepted
    with silent:
        assert silent.recv(1) == b""
