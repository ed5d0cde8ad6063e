"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests  # noqa: F401 - a run of pytester's would forget it, and half of what it imports

# These make HTTP clients use a proxy, or trust other certificates than they were told to.
_OF_THE_DEVELOPER = [
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
]

ROOT = Path(__file__).parent.parent
Run = Callable[..., pytest.RunResult]


@pytest.fixture(scope="session", autouse=True)
def neutral_environment() -> Iterator[None]:
    """Let no test depend on how the developer's own machine reaches the network."""
    with pytest.MonkeyPatch.context() as environment:
        for variable in _OF_THE_DEVELOPER:
            environment.delenv(variable, raising=False)
        yield


@pytest.fixture
def pytester(
    pytester: pytest.Pytester,
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
) -> pytest.Pytester:
    """Let its runs leave the same plugins out as the suite does, and Hypothesis's: it is slow."""
    left_out = [option for option in pytestconfig.getini("addopts") if option.startswith("-pno:")]
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join([*left_out, "-pno:hypothesispytest"]))
    return pytester


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the text of a test module in this process; `plugins` are those to switch on for it."""

    def run_module(
        module: str, *arguments: str, plugins: Sequence[str] = (), subprocess: bool = False
    ) -> pytest.RunResult:
        wanted = {f"-pno:{plugin}" for plugin in plugins}
        left_out = set(os.environ["PYTEST_ADDOPTS"].split())
        assert wanted <= left_out
        monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(sorted(left_out - wanted)))
        pytester.makepyfile(test_it=module)
        if subprocess:
            monkeypatch.setenv("PYTHONPATH", str(ROOT))
            return pytester.runpytest_subprocess(*arguments, timeout=120)
        return pytester.runpytest_inprocess(*arguments)

    return run_module


class _Echo(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Keep stderr clean."""

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"real " + body)


@pytest.fixture
def real_server() -> Iterator[str]:
    """The address of a server on a free port of this machine, which answers "real " + the body."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()
