"""No secret, key or token is in what a run prints by itself, however it fails."""

from __future__ import annotations

import re

import pytest

SUITE = """
import logging
import warnings
from pathlib import Path

import pytest
import requests

@pytest.fixture(autouse=True)
def secrets(lookloox):
    yield
    secrets = [lookloox.app.app_secret, *lookloox._simulation.provider.secrets()]
    with Path("secrets.txt").open("a") as file:
        file.writelines(f"{secret}\\n" for secret in secrets)


def ask(lookloox, path, **params):
    url = f"{lookloox.base_url}{path}"
    return requests.get(url, params=params, timeout=5, allow_redirects=False)


def log_in(lookloox, path="/api/authorize"):
    app = lookloox.app
    login = {"app_id": app.app_id, "app_secret": app.app_secret}
    return ask(lookloox, path, auth_key=lookloox.issue_auth_key(), **login)


def test_provider_in_an_assertion(lookloox):
    log_in(lookloox)
    lookloox.issue_access_token()
    assert lookloox is None


def test_app_in_an_assertion(lookloox):
    assert lookloox.app == 1


def test_calls_in_an_assertion(lookloox):
    log_in(lookloox)
    assert lookloox.calls == []


def test_teardown_check(lookloox):
    log_in(lookloox, "/api/authorise")


@pytest.mark.lookloox_expired_token
def test_marker_that_proves_nothing(lookloox):
    log_in(lookloox)


def test_logged(lookloox, caplog):
    logging.getLogger("app").warning("provider %s, app %r", lookloox, lookloox.app)
    logging.getLogger("app").warning("calls %s", lookloox.calls)
    assert False


def test_warned(lookloox):
    log_in(lookloox, "/api/get_user_info")
    log_in(lookloox, "/api/oauth")


def test_key_twice(lookloox):
    params = {"app_id": lookloox.app.app_id, "app_secret": lookloox.app.app_secret}
    params["auth_key"] = lookloox.issue_auth_key()
    ask(lookloox, "/api/authorize", **params)
    ask(lookloox, "/api/authorize", **params)


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
    printed = _without_test_source(result.stdout.str() + result.stderr.str())
    assert [secret for secret in secrets if secret in printed] == []


def _without_test_source(text: str) -> str:
    """Return the text without the lines of a failed test, which pytest quotes."""
    return re.sub(r"(?m)^[ >]   .*a-secret-of-my-own.*$", "", text)
