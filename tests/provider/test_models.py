"""What the provider remembers, as a failed test shows it."""

from __future__ import annotations

import re

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

def test_misnamed_secret(lookloox):
    params = {"client_secret": lookloox.app.app_secret, "code": lookloox.issue_auth_key()}
    requests.get(f"{lookloox.base_url}/api/authorize", params, timeout=5)
    assert lookloox.calls[0].params == {"app_id": lookloox.app.app_id}

def test_apps(lookloox_app):
    assert [lookloox_app] == [replace(lookloox_app, app_secret="hush-hush")]
"""


def test_failed_comparison_shows_no_secret(run: Run) -> None:
    result = run(SUITE, "-vv", "--tb=short")

    result.assert_outcomes(failed=4)
    shown = "\n".join(line for line in result.outlines if line.startswith("E "))
    assert "<Call GET /api/authorize" in shown
    assert "hush-hush" not in shown
    assert not re.search("[0-9a-f]{32}", shown)
