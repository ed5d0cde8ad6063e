"""What the provider remembers, as a failed test shows it."""

from __future__ import annotations

import re

import pytest

from pytest_lookloox import Call
from pytest_lookloox.provider.redaction import with_secrets
from tests.conftest import Run

SUITE = """
from dataclasses import replace
import requests
from tests.client import authorize

def test_calls(lookloox):
    app = replace(lookloox.app, app_secret="hush-hush")
    for _ in range(2):
        authorize(lookloox, lookloox.issue_auth_key(), app)
    first, second = lookloox.calls
    assert first == second

def test_params_and_body(lookloox):
    authorize(lookloox, lookloox.issue_auth_key())
    [call] = lookloox.calls
    assert call.body == {} or call.params == {} or [call.body] == [call.params]

def test_secret_and_another_text(lookloox):
    authorize(lookloox, lookloox.issue_auth_key())
    assert lookloox.calls[0].params["app_secret"] == "hush-hush"

def test_token_and_another_text(lookloox):
    authorize(lookloox, lookloox.issue_auth_key())
    assert "hush-hush" == lookloox.calls[0].body["access_token"]

def test_misnamed_secret(lookloox):
    params = {"client_secret": lookloox.app.app_secret, "code": lookloox.issue_auth_key()}
    requests.get(f"{lookloox.base_url}/api/authorize", params, timeout=5)
    assert lookloox.calls[0].params == {"app_id": lookloox.app.app_id}

def test_apps(lookloox_app):
    assert [lookloox_app] == [replace(lookloox_app, app_secret="hush-hush")]
"""


def test_failed_comparison_shows_no_secret(run: Run) -> None:
    result = run(SUITE, "-vv", "--tb=short")

    result.assert_outcomes(failed=6)
    shown = "\n".join(line for line in result.outlines if line.startswith("E "))
    assert "<Call GET /api/authorize" in shown
    assert shown.count("'***' == '***'") == 2
    assert "hush-hush" not in shown
    assert not re.search("[0-9a-f]{32}", shown)


PATH = "/api/authorize"


@pytest.mark.parametrize(
    ("status", "error", "reason", "line", "shown"),
    [
        (200, None, None, "200", "200"),
        (200, "No", "it is blank", '"No": it is blank', "200: No"),
        (0, "read_timeout", "a fault", "read_timeout: a fault", "0: read_timeout"),
        (200, "x" * 101, None, f'"{"x" * 100}…"', f"200: {'x' * 101}"),
    ],
)
def test_call_in_a_line(
    status: int, error: str | None, reason: str | None, line: str, shown: str
) -> None:
    params = with_secrets({"app_id": "1", "app_secret": "hush"})
    call = Call("authorize", params, status, {}, error, "GET", PATH, reason)

    assert str(call) == f"GET {PATH} → {line}"
    assert repr(call) == f"<Call GET {PATH}?app_id=1&app_secret=*** {shown}>"
    assert repr(params) == "{'app_id': '1', 'app_secret': '***'}"
    assert params == {"app_id": "1", "app_secret": "hush"}
    assert call == call._replace()
    assert call != call._replace(path="/")
