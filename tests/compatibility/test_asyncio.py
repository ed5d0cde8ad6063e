"""pytest-asyncio, whose tests and fixtures run in an event loop."""

from __future__ import annotations

import pytest

from tests.conftest import Run

SUITE = """
import asyncio

import pytest
import pytest_asyncio
from tests.client import ask, log_in

def logs_in(provider):
    return log_in(provider) == provider.user

@pytest_asyncio.fixture
async def answer(lookloox):
    return await asyncio.to_thread(ask, lookloox, "authorize", {})

@pytest.mark.asyncio
async def test_client_in_the_loop(lookloox):
    assert logs_in(lookloox)

@pytest.mark.asyncio
async def test_clients_in_threads(lookloox):
    assert await asyncio.to_thread(logs_in, lookloox)

@pytest.mark.asyncio
async def test_async_fixture(lookloox, answer):
    assert answer.json()["message"] == "Bad Request, invalid app_id"
    assert len(lookloox.calls) == 1

@pytest.mark.asyncio
async def test_other_client(lookloox):
    with pytest.raises(OSError, match="lookloox_server"):
        await asyncio.open_connection("lookloox.com", 443)

@pytest.mark.asyncio
@pytest.mark.lookloox_expired_token
async def test_proves_nothing():
    pass
"""


@pytest.mark.parametrize("mode", ["strict", "auto"])
def test_both_modes(run: Run, mode: str) -> None:
    loops = ["-o", "asyncio_default_fixture_loop_scope=function"]
    result = run(SUITE, "-Werror", *loops, f"--asyncio-mode={mode}", plugins=["asyncio"])

    result.assert_outcomes(passed=5, errors=1)
    result.stdout.fnmatch_lines(["*lookloox_expired_token never took*"])
