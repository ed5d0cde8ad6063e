"""The two-line test does what it is for: a client that makes every mistake fails it."""

from __future__ import annotations

import re

import pytest

# What gets past somebody who trusts status 200 and looks no further.
LET_THROUGH = {
    "missing_auth_key",
    "reused_auth_key",
    "wrong_app_secret",
    "unknown_app",
    "empty_access_token",
    "missing_access_token",
    "unknown_token",
    "expired_token",
    "deleted_user",
    "empty_user_info",
    "missing_user_info",
    "api_disabled@authorize",
    "api_disabled@get_user_info",
    "maintenance_page@get_user_info",
    "redirect_to_sign_in@get_user_info",
    "empty_body@get_user_info",
    "malformed_json@get_user_info",
    "php_warning@get_user_info",
}


def test_it_is_told_by_how_many_faults_it_lets_through(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import pytest
        from tests.naive_client import NaiveWebsite

        @pytest.fixture
        def client(lookloox_app):
            return NaiveWebsite(lookloox_app)
        """
    )
    pytester.makepyfile(
        """
        def test_nobody_gets_in(lookloox_fault, client, lookloox):
            assert "Welcome" not in client.get(lookloox.approve())
        """
    )

    # In a process of its own, where warnings are no errors: this client earns many.
    result = pytester.runpytest_subprocess("-rf")

    result.assert_outcomes(failed=len(LET_THROUGH), passed=49 - len(LET_THROUGH))
    failed = re.findall(r"^FAILED \S+::test_nobody_gets_in\[(\S+)\]", str(result.stdout), re.M)
    assert set(failed) == LET_THROUGH
