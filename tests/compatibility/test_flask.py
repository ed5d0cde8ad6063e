"""pytest-flask, whose fixture `client` and request context surround every test."""

from __future__ import annotations

import flask  # noqa: F401 - pytester forgets what is first imported inside it

from tests.conftest import Run

SUITE = """
import pytest
import requests
from flask import Flask, request

API = "https://lookloox.com/api"


@pytest.fixture
def app():
    app = Flask("website")

    @app.get("/callback")
    def callback():
        login = {
            "app_id": "test-app-id",
            "app_secret": "test-app-secret",
            "auth_key": request.args.get("auth_key", ""),
        }
        token = requests.get(f"{API}/authorize", params=login, timeout=5).json()
        if "access_token" not in token:
            return token, 403
        return requests.get(f"{API}/get_user_info", params=token, timeout=5).json()

    return app


def test_provider_before(lookloox, client):
    assert client.get(lookloox.approve()).json == {"user_info": lookloox.user}


def test_provider_inside(client, lookloox):
    assert client.get(lookloox.approve()).json == {"user_info": lookloox.user}


@pytest.mark.lookloox_reused_auth_key
def test_marker(client, lookloox):
    assert client.get(lookloox.approve()).status_code == 403


@pytest.mark.usefixtures("client_class")
class TestClass:
    def test_it(self, lookloox):
        assert self.client.get(lookloox.approve()).status_code == 200
"""


def test_its_fixtures(run: Run) -> None:
    run(SUITE, "-Werror", plugins=["flask"]).assert_outcomes(passed=4)
