"""Where clients come in: a listening socket, which a fault may shut for a while."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

from pytest_lookloox import wire
from pytest_lookloox.exchange import Wire

BACKLOG = 1024
_LONGEST_REFUSAL = 5.0
_MOMENT = 0.02


class Door:
    """Lets clients in one by one, for many threads at once, unless a barrier keeps them out."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self._listening.settimeout(_MOMENT)
        self._crowd: list[socket.socket] = []
        self._barrier: Wire | None = None
        self._barrier_ends = 0.0
        self._is_open = threading.Event()
        self._is_open.set()
        self._lock = threading.Lock()

    def admit(self) -> tuple[socket.socket, Any] | None:
        """The next client and its address, or `None` if for a moment nobody came in."""
        self._is_open.wait(_MOMENT)
        with self._lock, contextlib.suppress(OSError):
            if self._is_open.is_set():
                return self._listening.accept()
            if self._barrier is not None and time.monotonic() > self._barrier_ends:
                self._change(None)
        return None

    def keep(self, barrier: Wire | None) -> None:
        """Let this keep everybody out, or `None` for nothing; for at most 5 seconds."""
        self._barrier_ends = time.monotonic() + _LONGEST_REFUSAL
        if barrier is not self._barrier:
            with self._nobody_there():
                self._change(barrier)

    def expects_somebody(self) -> bool:
        """Whether it was told of a call that is due, or of none, less than 5 seconds ago."""
        return time.monotonic() < self._barrier_ends

    def close(self) -> None:
        """Let nobody in any more."""
        with self._nobody_there():
            self._disperse()
            self._listening.close()

    @contextlib.contextmanager
    def _nobody_there(self) -> Iterator[None]:
        # Waits for the thread that is at the door, and keeps the others from going there.
        self._is_open.clear()
        with self._lock:
            yield

    def _change(self, barrier: Wire | None) -> None:
        self._is_open.clear()
        if self._barrier is not None:
            self._disperse()
            self._listening.listen(BACKLOG)
        self._barrier = barrier
        if barrier is Wire.CONNECTION_REFUSED:
            self._listening = wire.shut(self._listening)
        elif barrier is Wire.CONNECT_TIMEOUT:
            self._crowd = wire.jam(self._listening)
        else:
            self._is_open.set()

    def _disperse(self) -> None:
        for waiting in self._crowd:
            waiting.close()
        self._crowd = []
