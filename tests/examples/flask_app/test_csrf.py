"""A protocol without `state`: what a website can do against callbacks that are not its own.

The app accepts what a login of its own session brought, once.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pytest_lookloox import LookLoox
from tests.examples.flask_app.test_login import app, client, is_logged_in, visitor

__all__ = ["app", "client", "visitor"]


def test_forged_callback_logs_no_one_in(lookloox: LookLoox, visitor: FlaskClient) -> None:
    """An attacker's link, with a valid auth_key of the attacker's own account."""
    assert visitor.get(lookloox.forge_callback()).status_code == 403
    assert not is_logged_in(visitor)


def test_nothing_counts_after_the_login(lookloox: LookLoox, client: FlaskClient) -> None:
    callback_url = lookloox.approve()
    client.get(callback_url)
    calls = len(lookloox.calls)
    assert client.get(callback_url).status_code == 403
    assert client.get(lookloox.forge_callback()).status_code == 403
    assert is_logged_in(client)
    assert len(lookloox.calls) == calls


# The second of the two uses the key again, which is what this test is about.
@pytest.mark.filterwarnings("ignore::pytest_lookloox.AuthKeyReuseWarning")
def test_same_callback_twice_at_once_logs_in_once(lookloox: LookLoox, app: Flask) -> None:
    """The visitor clicks twice, or a browser repeats the request: one session, two requests."""
    browsers = [app.test_client(), app.test_client()]
    browsers[0].get("/login")
    session = browsers[0].get_cookie("session")
    assert session is not None
    browsers[1].set_cookie("session", session.value)
    callback_url = lookloox.approve()

    with ThreadPoolExecutor() as pool:
        pages = list(pool.map(lambda browser: browser.get(callback_url), browsers))

    assert sorted(page.status_code for page in pages) == [200, 401]
    assert sorted(map(is_logged_in, browsers)) == [False, True]
