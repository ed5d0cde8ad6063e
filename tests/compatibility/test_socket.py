"""pytest-socket, which takes sockets away."""

from __future__ import annotations

import pytest

from tests.conftest import Run

STUBS = """
import pytest
from tests.client import log_in

@pytest.mark.lookloox_fault("http_503@authorize", times=1)
def test_socket_disabled_before(socket_disabled, lookloox):
    assert log_in(lookloox, retries=1) == lookloox.user

def test_socket_disabled_inside(lookloox, socket_disabled):
    assert log_in(lookloox) == lookloox.user

@pytest.mark.allow_hosts(["127.0.0.1"])
def test_hosts_allowed(lookloox):
    assert log_in(lookloox) == lookloox.user
"""
SERVER = """
from tests.client import log_in

def test_it(lookloox_server):
    assert log_in(lookloox_server) == lookloox_server.user
"""
ALLOWED = """
import pytest
import requests

@pytest.mark.lookloox(allowed_hosts=["shop.invalid"])
def test_it(lookloox):
    requests.get("https://shop.invalid/", timeout=5)
"""
OTHER_CLIENT = """
import socket
from urllib.request import urlopen

import pytest

FOUND = socket.socket.connect, socket.getaddrinfo, socket.gethostbyname

def is_as_found():
    return FOUND == (socket.socket.connect, socket.getaddrinfo, socket.gethostbyname)

@pytest.mark.allow_hosts(["127.0.0.1"])
def test_hosts_allowed(lookloox):
    with pytest.raises(OSError, match="lookloox_server"):
        urlopen(lookloox.base_url, timeout=5)

def test_after_hosts_allowed():
    assert is_as_found()

LATER, BEFORE = ("lookloox", "socket_disabled"), ("socket_disabled", "lookloox")

@pytest.mark.parametrize("names", [LATER, BEFORE])
def test_socket_disabled(request, names):
    for name in names:
        request.getfixturevalue(name)
    for reach in (urlopen, lambda _: socket.gethostbyname("lookloox.com")):
        with pytest.raises((OSError, UserWarning), match="lookloox_server|A test tried to use"):
            reach("https://lookloox.com")

def test_after_socket_disabled():
    assert is_as_found()
"""


@pytest.mark.parametrize(
    ("suite", "option", "outcomes"),
    [
        (STUBS, "--disable-socket", {"passed": 3}),
        (SERVER, "--allow-hosts=127.0.0.1", {"passed": 1}),
        (SERVER, "--disable-socket", {"errors": 1}),
        (ALLOWED, "--disable-socket", {"failed": 1}),
    ],
    ids=["stubs need no socket", "server needs this machine alone", "server", "allowed host"],
)
def test_what_is_needed(run: Run, suite: str, option: str, outcomes: dict[str, int]) -> None:
    """What it forbids fails loudly."""
    result = run(suite, "-Werror", option, plugins=["socket"])

    result.assert_outcomes(**outcomes)
    assert ("A test tried to use socket" in str(result.stdout)) is ("passed" not in outcomes)


def test_other_clients_are_stopped_and_nothing_is_left(run: Run) -> None:
    suite = run(OTHER_CLIENT, "-pno:randomly", plugins=["socket"])

    suite.assert_outcomes(passed=5)
