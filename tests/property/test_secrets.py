"""No secret, key or token is in what a run prints by itself, however it fails."""

from __future__ import annotations

import re

import pytest

SUITE = """
import logging
from pathlib import Path

import pytest
from tests.client import ask, authorize, log_in

@pytest.fixture(autouse=True)
def secrets(lookloox):
    yield
    secrets = [lookloox.app.app_secret, *lookloox._simulation.provider.secrets()]
    with Path("secrets.txt").open("a") as file:
        file.writelines(f"{secret}\\n" for secret in secrets)

def credentials(lookloox):
    app, auth_key = lookloox.app, lookloox.issue_auth_key()
    return {"app_id": app.app_id, "app_secret": app.app_secret, "auth_key": auth_key}

def test_provider_in_an_assertion(lookloox):
    log_in(lookloox)
    assert lookloox is None

def test_app_in_an_assertion(lookloox):
    assert lookloox.app == 1

def test_calls_in_an_assertion(lookloox):
    log_in(lookloox)
    assert lookloox.calls == []

def test_teardown_check(lookloox):
    ask(lookloox, "authorise", credentials(lookloox), "GET")

@pytest.mark.lookloox_expired_token
def test_marker_that_proves_nothing(lookloox):
    authorize(lookloox, lookloox.issue_auth_key())

def test_logged(lookloox, caplog):
    logging.getLogger("app").warning("provider %s, app %r", lookloox, lookloox.app)
    logging.getLogger("app").warning("calls %s", lookloox.calls)
    assert False

def test_warned(lookloox):
    for endpoint in ("get_user_info", "oauth"):
        ask(lookloox, endpoint, credentials(lookloox), allow_redirects=False)

def test_key_twice(lookloox):
    key = lookloox.issue_auth_key()
    for _ in range(2):
        authorize(lookloox, key)

def test_wrong_user(lookloox):
    lookloox.issue_auth_key()
    lookloox.approve("unknown")

@pytest.mark.lookloox(strict="yes", app_secret="a-secret-of-my-own")
def test_wrong_option(lookloox):
    pass
"""


@pytest.mark.parametrize("style", ["long", "native"])
def test_report(pytester: pytest.Pytester, style: str) -> None:
    pytester.makepyfile(SUITE)

    result = pytester.runpytest_inprocess(
        f"--tb={style}", "-rA", "-vv", "--log-level=DEBUG", "-Wdefault", "-pno:randomly"
    )

    outcomes = result.parseoutcomes()
    assert (outcomes["failed"], outcomes["passed"]) == (5, 4)
    assert outcomes["warnings"] >= 3
    secrets = set((pytester.path / "secrets.txt").read_text().split())
    assert len(secrets) >= 7
    printed = result.stdout.str() + result.stderr.str()
    # pytest quotes the lines of a failed test.
    printed = re.sub(r"(?m)^[ >]   .*a-secret-of-my-own.*$", "", printed)
    assert [secret for secret in secrets if secret in printed] == []
