"""What the server does to sockets, without a server."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pytest_lookloox import wire
from pytest_lookloox.tls import server_context


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        yield server


@pytest.fixture
def connection(listening: socket.socket) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a connection: the server's and the client's."""
    with socket.create_connection(listening.getsockname(), timeout=5) as client:
        ours, _ = listening.accept()
        with ours:
            yield ours, client


Ends = tuple[socket.socket, socket.socket]


def test_reset(connection: Ends) -> None:
    ours, client = connection

    wire.reset(ours)

    with pytest.raises(ConnectionResetError):
        client.recv(1)


def test_reset_is_not_put_off_by_a_file(connection: Ends) -> None:
    ours, client = connection
    with ours.makefile("rb"):
        wire.reset(ours)

        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_garble_is_no_tls(connection: Ends, tmp_path: Path) -> None:
    ours, client = connection
    keys = server_context(tmp_path / "ca.pem")
    trusting = ssl.create_default_context(cafile=tmp_path / "ca.pem")
    with (
        keys.wrap_socket(ours, server_side=True, do_handshake_on_connect=False) as server,
        ThreadPoolExecutor(1) as other_end,
    ):
        shaken = other_end.submit(server.do_handshake)
        with trusting.wrap_socket(client, server_hostname="127.0.0.1") as encrypted:
            shaken.result()
            wire.garble(server)

            with pytest.raises(ssl.SSLError):
                encrypted.recv(1)


def test_stall_ends_when_the_client_gives_up(connection: Ends) -> None:
    ours, client = connection
    client.sendall(b"Are you there?")
    client.close()

    wire.stall(ours)

    assert ours.recv(1) == b""


def test_stall_ends_when_a_client_is_cut_off(connection: Ends) -> None:
    ours, client = connection
    wire.reset(client)

    wire.stall(ours)


@pytest.mark.parametrize("seconds", [0.01, 0])
def test_pause(connection: Ends, seconds: float) -> None:
    began = time.monotonic()

    wire.pause(connection[0], seconds)

    assert time.monotonic() - began >= seconds


def test_pause_ends_when_the_client_gives_up(connection: Ends) -> None:
    ours, client = connection
    client.close()
    began = time.monotonic()

    wire.pause(ours, 60)

    assert time.monotonic() - began < 30


def test_shut_keeps_the_port(listening: socket.socket) -> None:
    address = listening.getsockname()

    with wire.shut(listening) as keeper:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address, timeout=5)
        assert keeper.getsockname() == address
        assert keeper.gettimeout() == 5
        keeper.listen()
        socket.create_connection(address, timeout=5).close()


def test_jam(listening: socket.socket) -> None:
    address = listening.getsockname()
    with contextlib.ExitStack() as stack:
        for waiting in wire.jam(listening):
            stack.enter_context(waiting)

        with pytest.raises(TimeoutError), socket.create_connection(address, timeout=0.1):
            pass

    listening.listen()
    socket.create_connection(address, timeout=5).close()
