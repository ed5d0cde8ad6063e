"""The guard of this folder sees what it is there for."""

from __future__ import annotations

import pytest

from tests.neighbours.conftest import Run

# An address that nobody has (RFC 5737).
NOWHERE = "192.0.2.1"


@pytest.mark.parametrize(
    "attempt",
    [
        f"socket.create_connection(({NOWHERE!r}, 443), timeout=1)",
        f"socket.socket().connect_ex(({NOWHERE!r}, 443))",
        f"socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ({NOWHERE!r}, 53))",
        "socket.getaddrinfo('shop.invalid', 443)",
        "socket.gethostbyname('shop.invalid')",
        "client.get(client.SHOP)",
    ],
)
def test_an_attempt_fails_the_test_even_if_nobody_looks(run: Run, attempt: str) -> None:
    result = run(
        f"""
import contextlib
import socket

import client

def test_it():
    with contextlib.suppress(OSError):
        {attempt}
""",
        "-Wignore::ResourceWarning",
    )

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*socket.*"])


def test_this_machine_may_be_reached(run: Run) -> None:
    run("""
import socket

def test_it():
    with socket.create_server(("localhost", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()
""").assert_outcomes(passed=1)
