"""The servers of a test session: each listens once, and serves one test after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_lookloox import extras
from pytest_lookloox.lookloox import LookLoox

if TYPE_CHECKING:
    from pytest_lookloox.server import Server


class Listeners:
    """The plain and the https server, each started when a test first needs it.

    `close()` stops them. Fails the test where the extra is not installed.
    """

    def __init__(self, directory: Path) -> None:
        self._ca_file = directory / "ca.pem"
        self._servers: dict[bool, Server] = {}
        self._stack = ExitStack()

    @contextmanager
    def serving(self, lookloox: LookLoox) -> Iterator[LookLoox]:
        """The provider on a real port, for one test; afterwards every connection is cut."""
        server = self._server(lookloox.tls)
        server.answer = lookloox.handle
        server.has_faults = lookloox.has_faults
        server.shows_a_bad_certificate = lookloox.shows_a_bad_certificate
        lookloox.keep_the_door(server.keep_the_door)
        try:
            yield lookloox.served_at(server.base_url, str(self._ca_file) if lookloox.tls else None)
        finally:
            lookloox.keep_the_door(None)
            server.keep_the_door(None)
            server.answer = None
            server.has_faults = server.shows_a_bad_certificate = None
            server.close_connections()

    def close(self) -> None:
        """Stop all servers."""
        self._stack.close()

    def _server(self, tls: bool) -> Server:
        if tls not in self._servers:
            self._servers[tls] = self._stack.enter_context(self._new_server(tls))
        return self._servers[tls]

    def _new_server(self, tls: bool) -> Server:
        try:
            from pytest_lookloox.server import Server

            if not tls:
                return Server()
            from pytest_lookloox.tls import server_context

            return Server(tls=server_context(self._ca_file))
        except ModuleNotFoundError as error:
            pytest.fail(extras.missing("lookloox_server", error), pytrace=False)
