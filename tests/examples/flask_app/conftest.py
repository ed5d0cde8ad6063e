"""The website and two browsers; every test runs against both behaviours of the API."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pytest_lookloox import App, Options
from tests.examples.flask_app.app import create_app


@pytest.fixture(params=["documented", "current"])
def lookloox_config(request: pytest.FixtureRequest) -> Options:
    return {"platform": request.param}


@pytest.fixture
def app(lookloox_app: App) -> Flask:
    """The website, configured as the registered app of Look Loox."""
    return create_app(
        SECRET_KEY="signs the session cookie",
        LOOKLOOX_BASE_URL=lookloox_app.base_url,
        LOOKLOOX_APP_ID=lookloox_app.app_id,
        LOOKLOOX_APP_SECRET=lookloox_app.app_secret,
    )


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """A browser that has just opened the website."""
    return app.test_client()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that has followed the link "Log in with Look Loox".

    Only such a one may come back with an auth_key: the app refuses all others.
    """
    browser = app.test_client()
    browser.get("/login")
    return browser
