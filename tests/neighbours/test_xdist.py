"""pytest-xdist, whose workers each have a provider of their own for each test."""

from __future__ import annotations

import pytest

from tests.neighbours.conftest import Run

SUITE = """
import pytest
from client import logs_in

@pytest.mark.parametrize("number", range(24))
def test_it(lookloox, number):
    assert lookloox.calls == []
    assert logs_in(lookloox)

@pytest.mark.parametrize("number", range(8))
def test_server(lookloox_server, number):
    assert lookloox_server.calls == []
    assert logs_in(lookloox_server)

@pytest.mark.lookloox_expired_token
def test_proves_nothing():
    pass
"""


@pytest.mark.parametrize("way", ["load", "loadscope", "worksteal"])
def test_every_way_to_hand_out_the_tests(run: Run, way: str) -> None:
    result = run(SUITE, "-n", "3", "--dist", way)

    result.assert_outcomes(passed=24 + 8 + 1, errors=1)
    result.stdout.fnmatch_lines(["*lookloox_expired_token never took*"])
