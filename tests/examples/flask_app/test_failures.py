"""No one gets in when the provider misbehaves; users whose profiles are merely odd all do."""

from __future__ import annotations

import pytest
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
