"""pytest-randomly, which shuffles the tests and seeds `random` before each."""

from __future__ import annotations

import pytest

from tests.conftest import Run

SUITE = """
import pytest
from tests.client import log_in

SEEN = set()

@pytest.fixture
def secrets(lookloox):
    return {lookloox.issue_auth_key(), lookloox.issue_access_token()}

@pytest.mark.parametrize("number", range(8))
def test_secrets_do_not_repeat(lookloox, secrets, number):
    assert not secrets & SEEN
    SEEN.update(secrets)
    assert log_in(lookloox) == lookloox.user
"""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_order(run: Run, seed: int) -> None:
    result = run(SUITE, "-Werror", f"--randomly-seed={seed}")

    result.assert_outcomes(passed=8)
    result.stdout.fnmatch_lines([f"Using --randomly-seed={seed}"])
