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
        with server.serving(lookloox):
            yield lookloox.served_at(server.base_url, str(self._ca_file) if lookloox.tls else None)

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
            missing = extras.missing("lookloox_server", error)
        # Here, and not above: pytest would show the error that it was made of, too.
        pytest.fail(missing, pytrace=False)
