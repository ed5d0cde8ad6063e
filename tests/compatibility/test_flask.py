"""pytest-flask, whose fixture `client` and request context surround every test."""

from __future__ import annotations

import flask  # noqa: F401 - pytester forgets what is first imported inside it

from tests.conftest import Run

SUITE = """
import pytest
from flask import Flask, request
from pytest_lookloox import LookLoox
from tests.client import log_in


@pytest.fixture
def app():
    app = Flask("website")

    @app.get("/callback")
    def callback():
        try:
            return {"user_info": log_in(LookLoox(), request.url)}
        except KeyError:
            return "refused", 403

    return app


def test_provider_before(lookloox, client):
    assert client.get(lookloox.approve()).json == {"user_info": lookloox.user}


@pytest.mark.lookloox_reused_auth_key
def test_marker(client, lookloox):
    assert client.get(lookloox.approve()).status_code == 403

"""


def test_its_fixtures(run: Run) -> None:
    run(SUITE, "-Werror", plugins=["flask"]).assert_outcomes(passed=2)
