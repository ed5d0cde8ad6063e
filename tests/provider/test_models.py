"""What the provider remembers, as a failed test shows it."""

from __future__ import annotations

from tests.conftest import Run

SUITE = """
from dataclasses import replace
from tests.client import authorize

def test_calls(lookloox):
    app = replace(lookloox.app, app_secret="hush-hush")
    for _ in range(2):
        authorize(lookloox, lookloox.issue_auth_key(), app)
    first, second = lookloox.calls
    assert first == second

def test_apps(lookloox_app):
    assert [lookloox_app] == [replace(lookloox_app, app_secret="hush-hush")]
"""


def test_failed_comparison_shows_no_secret(run: Run) -> None:
    result = run(SUITE, "-vv", "--tb=short")

    result.assert_outcomes(failed=2)
    shown = "\n".join(line for line in result.outlines if line.startswith("E "))
    assert "<Call GET /api/authorize" in shown
    assert "hush-hush" not in shown
    assert "0123456789abcdef" not in shown
