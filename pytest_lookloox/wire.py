"""What the server does to a client on the wire: plain sockets, no HTTP."""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct

_BAD_CERTIFICATE = b"\x15\x03\x03\x00\x02\x02\x2a"
"""A fatal alert of TLS 1.2, as its RFC 5246 writes it."""
_MORE_THAN_THE_QUEUE_HOLDS = 4


def reset(connection: socket.socket) -> None:
    """End the connection with a reset instead of a good-bye."""
    # With no time to linger, what closes is not said in order but thrown away: an RST.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # Files made of the connection would keep it open: its number is taken away from them.
    socket.close(connection.detach())


def garble(connection: socket.socket) -> None:
    """Say in plain what has no place on an encrypted connection: that a certificate is bad."""
    # Past the encryption, which is in the methods of an `SSLSocket`.
    socket.socket.sendall(connection, _BAD_CERTIFICATE)


def stall(connection: socket.socket) -> None:
    """Say nothing until the client gives up, or this end is shut down."""
    with contextlib.suppress(OSError):
        while connection.recv(1024):
            pass


def pause(connection: socket.socket, seconds: float) -> None:
    """Let time pass, or less if the client gives up or this end is shut down."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        selector.select(seconds)


def shut(listening: socket.socket) -> socket.socket:
    """Refuse connections: a socket that keeps the port and does not listen, instead of this one.

    Its `listen` takes connections again.
    """
    address = listening.getsockname()
    family, timeout = listening.family, listening.gettimeout()
    listening.close()
    keeper = socket.socket(family)
    keeper.settimeout(timeout)
    keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    keeper.bind(address)
    return keeper


def jam(listening: socket.socket) -> list[socket.socket]:
    """Keep connections from coming about, by a queue that is full and that nobody serves.

    Close the sockets that are returned, and `listen` again, to end it.
    """
    listening.listen(0)
    crowd = [socket.socket(listening.family) for _ in range(_MORE_THAN_THE_QUEUE_HOLDS)]
    for waiting in crowd:
        waiting.setblocking(False)
        waiting.connect_ex(listening.getsockname())
    return crowd
