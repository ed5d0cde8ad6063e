"""Starting a site, and stopping it with all its children."""

from __future__ import annotations

import shlex
import socket
import sys
from pathlib import Path

import pytest

from pytest_lookloox.conformance import site
from tests.conformance.conftest import free_port

# A server that the first signal does not stop, and a parent that it does.
SERVER = """
import os, signal, socket
signal.signal(signal.SIGTERM, signal.SIG_IGN)
with socket.create_server(("127.0.0.1", int(os.environ["PORT"]))) as listener:
    listener.accept()[0].close()
    connection, _ = listener.accept()
    connection.sendall(b"hello")
    connection.recv(1)
"""
PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"


def command(*arguments: str) -> str:
    return shlex.join([sys.executable, "-c", *arguments])


def test_site_runs_with_its_environment_and_stops_with_its_children(tmp_path: Path) -> None:
    port = free_port()
    url, environment = f"http://127.0.0.1:{port}/login", {"PORT": str(port)}

    with site.running(command(PARENT, SERVER), url, environment, tmp_path / "log"):
        connection = socket.create_connection(("127.0.0.1", port), timeout=10)
        assert connection.recv(5) == b"hello"

    # The end of the connection is the end of the child, which keeps it open.
    with connection:
        assert connection.recv(1) == b""


def test_site_that_does_not_listen_in_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(site, "_SECONDS_TO_START", 0)

    starting = site.running(
        command("import signal; signal.pause()"), "http://127.0.0.1:1/", {}, tmp_path / "log"
    )

    with pytest.raises(OSError, match=r"does not listen at .* after 0 seconds; see log"):
        starting.__enter__()


def test_system_without_process_groups(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delattr("os.killpg")

    with pytest.raises(OSError, match="start it yourself"):
        site.running("php", "http://127.0.0.1:1/", {}, tmp_path / "log").__enter__()
