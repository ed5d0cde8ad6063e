"""The servers of a test session: each is started when first needed, and serves test after test."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from pytest_lookloox.transports.server import Server


class SessionServers:
    """The plain and the https server; `close()` stops them."""

    def __init__(self, directory: Path) -> None:
        self._ca_file = directory / "ca.pem"
        self._servers: dict[bool, Server] = {}
        self._stack = ExitStack()

    def server_for(self, *, tls: bool) -> tuple[Server, str | None]:
        """Return the running server, and the file of the authority that its clients must trust.

        Fails the test where https needs an extra that is not installed.
        """
        if tls not in self._servers:
            server = self._https_server() if tls else Server()
            self._servers[tls] = self._stack.enter_context(server)
        return self._servers[tls], str(self._ca_file) if tls else None

    def close(self) -> None:
        """Stop all servers."""
        self._stack.close()

    def _https_server(self) -> Server:
        try:
            from pytest_lookloox.transports.tls import server_context
        except ModuleNotFoundError as error:
            missing = str(error)
        else:
            return Server(tls=server_context(self._ca_file))
        # Outside the except block: pytest would show the import's traceback, too.
        pytest.fail(
            f"lookloox_server with tls needs an extra: pip install 'pytest-lookloox[tls]' "
            f"({missing})",
            pytrace=False,
        )
