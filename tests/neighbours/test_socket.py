"""pytest-socket, which takes sockets away."""

from __future__ import annotations

from tests.neighbours.conftest import Run

STUBS = """
import pytest
from client import logs_in

def test_it(lookloox):
    assert logs_in(lookloox)

def test_socket_disabled_before(socket_disabled, lookloox):
    assert logs_in(lookloox)

def test_socket_disabled_inside(lookloox, socket_disabled):
    assert logs_in(lookloox)

@pytest.mark.allow_hosts(["127.0.0.1"])
def test_hosts_allowed(lookloox):
    assert logs_in(lookloox)
"""
SERVER = """
from client import logs_in

def test_it(lookloox_server):
    assert logs_in(lookloox_server)
"""
ALLOWED = """
import pytest
from client import SHOP, get

@pytest.mark.lookloox(allowed_hosts=["shop.invalid"])
def test_it(lookloox):
    get(SHOP)
"""


def test_stubs_need_no_socket(run: Run) -> None:
    run(STUBS, "--disable-socket", plugins=("socket",)).assert_outcomes(passed=4)


def test_server_needs_this_machine_alone(run: Run) -> None:
    result = run(SERVER, "--allow-hosts=127.0.0.1", plugins=("socket",))

    result.assert_outcomes(passed=1)


def test_server_without_sockets_fails_loudly(run: Run) -> None:
    result = run(SERVER, "--disable-socket", plugins=("socket",))

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*A test tried to use socket*"])


def test_a_host_that_we_allow_and_it_does_not_fails_loudly(run: Run) -> None:
    result = run(ALLOWED, "--disable-socket", plugins=("socket",))

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*A test tried to use socket*"])
