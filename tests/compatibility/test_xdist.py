"""pytest-xdist, whose workers each have a provider of their own for each test."""

from __future__ import annotations

from tests.conftest import Run

SUITE = """
import pytest
from tests.client import gets_in, log_in

@pytest.mark.parametrize("number", range(24))
def test_it(lookloox, number):
    assert lookloox.calls == []
    assert log_in(lookloox) == lookloox.user

@pytest.mark.parametrize("number", range(8))
def test_server(lookloox_server, number):
    assert lookloox_server.calls == []
    assert log_in(lookloox_server) == lookloox_server.user

@pytest.mark.lookloox_fault("http_503", "unknown_app", "read_timeout")
def test_fault(lookloox, lookloox_fault):
    assert not gets_in(lookloox)

@pytest.mark.lookloox_expired_token
def test_proves_nothing():
    pass
"""


def test_workers(run: Run) -> None:
    result = run(SUITE, "-Werror", "-n2", subprocess=True)

    result.assert_outcomes(passed=24 + 8 + 5 + 1, errors=1)
    result.stdout.fnmatch_lines(["*lookloox_expired_token never took*"])
