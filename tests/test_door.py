"""Where clients come in, without a server."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from pytest_lookloox import door as door_module
from pytest_lookloox.door import Door
from pytest_lookloox.exchange import KEEPING_OUT, Wire

Address = tuple[str, int]


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def address(listening: socket.socket) -> Address:
    name: Address = listening.getsockname()
    return name


@pytest.fixture
def door(listening: socket.socket) -> Iterator[Door]:
    opened = Door(listening)
    yield opened
    opened.close()


def is_let_in(door: Door, address: Address) -> bool:
    """Whether who comes now is let in, after those who may have waited in vain."""
    admitted = []
    with socket.create_connection(address, timeout=5) as client:
        for connection, name in iter(door.admit, None):
            connection.close()
            admitted.append(name)
        return client.getsockname() in admitted


def test_connection_waits_as_long_as_it_takes(door: Door, address: Address) -> None:
    with socket.create_connection(address, timeout=5):
        admitted = door.admit()
    assert admitted is not None
    with admitted[0] as connection:
        assert connection.gettimeout() is None


def test_client_is_let_in(door: Door, address: Address) -> None:
    assert is_let_in(door, address)


def test_nobody_comes(door: Door) -> None:
    assert door.admit() is None


@pytest.mark.parametrize("barrier", KEEPING_OUT)
def test_barrier_keeps_clients_out_until_it_is_gone(
    door: Door, address: Address, barrier: Wire
) -> None:
    door.keep(barrier)
    with pytest.raises(OSError, match=r"refused|timed out"):
        socket.create_connection(address, timeout=0.1)
    assert door.admit() is None

    door.keep(None)
    assert is_let_in(door, address)


@pytest.mark.parametrize("barrier", KEEPING_OUT)
def test_door_opens_by_itself(
    door: Door, address: Address, barrier: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "_LONGEST_REFUSAL", 0)
    door.keep(barrier)

    assert door.admit() is None
    assert is_let_in(door, address)


def test_somebody_is_expected_for_5_seconds(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not door.expects_somebody()

    monkeypatch.setattr("time.monotonic", lambda: 100)
    door.keep(None)
    assert door.expects_somebody()

    monkeypatch.setattr("time.monotonic", lambda: 105)
    assert not door.expects_somebody()


def test_door_stays_shut_for_5_seconds() -> None:
    assert door_module._LONGEST_REFUSAL == 5


@pytest.mark.parametrize("barrier", [None, *KEEPING_OUT])
def test_closed_for_good(door: Door, address: Address, barrier: Wire | None) -> None:
    door.keep(barrier)
    door.close()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=5)
