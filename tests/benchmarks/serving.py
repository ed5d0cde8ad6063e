"""Logins at a real port: the same client at our server and at that of a peer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from pytest_lookloox import LookLoox
from tests.benchmarks.figure import Bound, Figure
from tests.benchmarks.measure import Effort, Work, costs, is_installed
from tests.benchmarks.website import ANSWERS, OAUTH_PATH, REDIRECT, visit


def serving(effort: Effort) -> list[Figure]:
    # A line for each request would slow down the peers that write one.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with ExitStack() as servers:
        contenders = {
            name: servers.enter_context(serve())
            for name, (module, serve) in SERVERS.items()
            if is_installed(module)
        }
        measured = costs(
            contenders, effort.rounds, effort.repetitions, clock=time.perf_counter, unit=1e-3
        )
    return [
        Figure(
            "A login at a server on a real port: time",
            "ms",
            measured,
            base="lookloox_server",
            bounds=(Bound("lookloox_server", 1, "pytest-httpserver"),),
        )
    ]


@contextmanager
def lookloox_server() -> Iterator[Work]:
    from pytest_lookloox.transports.server import Server

    with Server() as server, server.serving(LookLoox()._simulation.handle):
        yield lambda: visit(server.base_url)


@contextmanager
def pytest_httpserver() -> Iterator[Work]:
    from pytest_httpserver import HTTPServer

    with HTTPServer(port=0) as server:
        server.expect_request(OAUTH_PATH).respond_with_data(status=302, headers=REDIRECT)
        for path, answer in ANSWERS.items():
            server.expect_request(path).respond_with_json(answer)
        yield lambda: visit(server.url_for(""))


SERVERS: dict[str, tuple[str, Callable[[], AbstractContextManager[Work]]]] = {
    "lookloox_server": ("pytest_lookloox", lookloox_server),
    "pytest-httpserver": ("pytest_httpserver", pytest_httpserver),
}
"""The module that has to be installed, and the server."""
