"""Logins at a real port: the same client at our server, and at those of the peers."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from pytest_lookloox import LookLoox
from pytest_lookloox.contract import LOGIN_PATH
from pytest_lookloox.server import Server
from tests.benchmarks import openid_connect
from tests.benchmarks.figure import Bound, Figure
from tests.benchmarks.side_by_side import Effort, Work, costs, installed
from tests.benchmarks.website import ANSWERS, CALLBACK_URL, visit


def figures(effort: Effort) -> list[Figure]:
    # A line for each request would cost the peers that write one.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with ExitStack() as servers:
        contenders = {
            name: servers.enter_context(serving())
            for name, (module, serving) in SERVERS.items()
            if installed(module)
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
            bounds=(
                Bound("lookloox_server", 1, "pytest-httpserver"),
                Bound("lookloox_server", 1, "oidc-provider-mock"),
            ),
        )
    ]


@contextmanager
def lookloox_server() -> Iterator[Work]:
    provider = LookLoox()
    with Server(provider.handle) as server:
        yield lambda: visit(server.base_url)


@contextmanager
def pytest_httpserver() -> Iterator[Work]:
    from pytest_httpserver import HTTPServer

    with HTTPServer(port=0) as server:
        to_the_app = {"Location": CALLBACK_URL}
        server.expect_request(LOGIN_PATH).respond_with_data(status=302, headers=to_the_app)
        for path, answer in ANSWERS.items():
            server.expect_request(path).respond_with_json(answer)
        yield lambda: visit(server.url_for(""))


SERVERS = {
    "lookloox_server": ("pytest_lookloox", lookloox_server),
    "pytest-httpserver": ("pytest_httpserver", pytest_httpserver),
    "oidc-provider-mock": ("oidc_provider_mock", openid_connect.oidc_provider_mock),
    "pytest-iam": ("pytest_iam", openid_connect.pytest_iam),
}
"""The module that has to be there, and what serves while it is open."""
