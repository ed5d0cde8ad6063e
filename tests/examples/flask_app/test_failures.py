"""No one gets in when the provider misbehaves; users whose profiles are merely odd all do."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from flask.testing import FlaskClient

from pytest_lookloox import VARIATIONS, LookLoox, UserInfo
from pytest_lookloox.faults.fault import Fault
from tests.examples.flask_app.test_login import app, client, is_logged_in

__all__ = ["app", "client"]


def test_no_one_gets_in(lookloox_fault: Fault, client: FlaskClient, lookloox: LookLoox) -> None:
    assert "Welcome" not in client.get(lookloox.approve()).text
    assert not is_logged_in(client)


def test_everyone_gets_in(
    lookloox_odd_user: UserInfo, client: FlaskClient, lookloox: LookLoox
) -> None:
    assert "Welcome" in client.get(lookloox.approve()).text


@pytest.mark.parametrize("name", VARIATIONS)
def test_unusual_answers_are_good_enough(
    name: str, client: FlaskClient, lookloox: LookLoox
) -> None:
    lookloox.vary(name)
    assert "Welcome" in client.get(lookloox.approve()).text


@pytest.mark.lookloox_fault(times=1)
def test_second_login_works(lookloox_fault: Fault, client: FlaskClient, lookloox: LookLoox) -> None:
    client.get(lookloox.approve())
    client.get("/login")
    assert "Welcome" in client.get(lookloox.approve()).text


@pytest.mark.parametrize("endpoint", ["authorize", "get_user_info"])
@pytest.mark.parametrize("kind", ["exception", "error message"])
def test_log_tells_what_happened_without_the_secrets(
    lookloox: LookLoox,
    client: FlaskClient,
    caplog: pytest.LogCaptureFixture,
    endpoint: str,
    kind: str,
) -> None:
    """`lookloox.stub` answers in the provider's place."""
    callback_url = lookloox.approve()
    secrets = {
        "authorize": [lookloox.app.app_secret, callback_url[-32:]],
        "get_user_info": [lookloox.issue_access_token()],
    }[endpoint]
    text = f"refused: {secrets}"
    answers: dict[str, dict[str, Any]] = {
        "exception": {"body": requests.ConnectionError(text)},
        "error message": {"json": {"error": True, "message": text}},
    }
    lookloox.stub.get(f"{lookloox.base_url}/api/{endpoint}", **answers[kind])
    caplog.set_level("DEBUG")
    client.get(callback_url)
    assert f"Log in with Look Loox failed: {endpoint}: " in caplog.text
    assert [secret for secret in secrets if secret in caplog.text] == []
