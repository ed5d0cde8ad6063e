"""A protocol without `state`: what a website can do against callbacks that are not its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pytest_lookloox import LookLoox
from tests.examples.flask_app.test_login import app, is_logged_in, visitor  # noqa: F401


def test_forged_callback_logs_no_one_in(lookloox: LookLoox, visitor: FlaskClient) -> None:  # noqa: F811
    """An attacker's link, with a valid auth_key of the attacker's own account."""
    assert visitor.get(lookloox.forge_callback()).status_code == 403
    assert not is_logged_in(visitor)


# The second of the two uses the key again, which is what this test is about.
@pytest.mark.filterwarnings("ignore::pytest_lookloox.AuthKeyReuseWarning")
def test_same_callback_twice_at_once_logs_in_once(lookloox: LookLoox, app: Flask) -> None:  # noqa: F811
    """The visitor clicks twice, or a browser repeats the request: one session, two requests."""
    browsers = [app.test_client(), app.test_client()]
    browsers[0].get("/login")
    session = browsers[0].get_cookie("session")
    assert session is not None
    browsers[1].set_cookie("session", session.value)
    callback_url = lookloox.approve()

    with ThreadPoolExecutor() as pool:
        pages = list(pool.map(lambda browser: browser.get(callback_url), browsers))

    assert sorted(page.status_code for page in pages) == [200, 502]
    assert sorted(map(is_logged_in, browsers)) == [False, True]
