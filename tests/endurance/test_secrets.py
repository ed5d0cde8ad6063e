"""No secret, key or token stands in what a run prints of its own accord, however it fails."""

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
def remembered(lookloox):
    yield
    secrets = [lookloox.app.app_secret, *lookloox._provider.conduct.secrets]
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


def test_call_in_an_assertion(lookloox):
    ask(lookloox, "/api/get_user_info", access_token=lookloox.issue_access_token())
    assert lookloox.calls[0].status == 500


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
    lookloox.approve("nobody")


@pytest.mark.lookloox(strict="yes", app_secret="a-secret-of-my-own")
def test_wrong_option(lookloox):
    pass
"""


@pytest.mark.parametrize("style", ["long", "short", "line", "native", "no"])
def test_reports_show_none(pytester: pytest.Pytester, style: str) -> None:
    pytester.makepyfile(SUITE)

    result = pytester.runpytest_subprocess(
        f"--tb={style}", "-rA", "-vv", "--log-level=DEBUG", "-pno:randomly"
    )

    outcomes = result.parseoutcomes()
    assert (outcomes["failed"], outcomes["passed"]) == (6, 4)
    assert outcomes["warnings"] >= 3
    secrets = set((pytester.path / "secrets.txt").read_text().split())
    assert len(secrets) >= 8
    printed = _without_our_own_source(result.stdout.str() + result.stderr.str())
    assert [secret for secret in secrets if secret in printed] == []


def _without_our_own_source(text: str) -> str:
    """pytest quotes the lines of a test that fails; what those say is the test's own affair."""
    return re.sub(r"(?m)^[ >]   .*a-secret-of-my-own.*$", "", text)
