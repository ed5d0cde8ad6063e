"""A website of a few fixed pages, and a way to run the conformance suite in this process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest

RunSuite = Callable[..., pytest.RunResult]


class Page(NamedTuple):
    """What the website answers at a path; `None` as status breaks the connection."""

    body: str = ""
    status: int | None = 200
    headers: tuple[tuple[str, str], ...] = ()


class Website(ThreadingHTTPServer):
    """Fixed pages at fixed paths; `/silent` gives no answer while the website runs."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.pages: dict[str, Page] = {}
        self.stopped = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    server: Website

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/silent":
            self.server.stopped.wait()
            return
        page = self.server.pages.get(path, Page(status=404))
        if page.status is None:
            return
        self.send_response(page.status)
        for name, value in page.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page.body.encode())

    def log_message(self, *args: Any) -> None:
        """Keep stderr clean."""


@pytest.fixture
def website() -> Iterator[Website]:
    """A website on a free port of this machine, without any page yet."""
    with Website() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.stopped.set()
        running.shutdown()
        thread.join()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def run_suite(pytester: pytest.Pytester) -> RunSuite:
    """Run the conformance suite in this process, with these arguments and a free port."""

    def run(*arguments: str) -> pytest.RunResult:
        port = f"--lookloox-port={free_port()}"
        # The warnings that this suite takes for errors are none for a site's owner.
        return pytester.runpytest_inprocess(
            "--pyargs", "pytest_lookloox.conformance", "-Wdefault", port, *arguments
        )

    return run
