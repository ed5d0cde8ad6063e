"""The Flask app's login from end to end: a real browser, website and provider, on one machine."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from pytest_lookloox import LookLoox, build_user_info
from tests.examples.flask_app.app import create_app

pytest.importorskip("playwright", reason="needs playwright, a driver of browsers")
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    # What a browser would otherwise ask the network for by itself:
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TIMEOUT_MS = 20_000
expect.set_options(timeout=TIMEOUT_MS)
BOB = build_user_info(user_id="7", user_name="bob", user_firstname="Bob", user_lastname="Ray")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs the system's package chromium")

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def app() -> Flask:
    return create_app(SECRET_KEY="signs the session cookie")


@pytest.fixture
def website(app: Flask, caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    """The address of the running website: another host than the provider's, as in real life."""
    # Every address that is visited would be logged, and with it the auth_key.
    caplog.set_level(logging.WARNING, logger="werkzeug")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://localhost:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def lookloox_config(website: str) -> dict[str, Any]:
    return {"redirect_url": f"{website}/callback", "signed_in": False, "approved": False}


@pytest.fixture
def open_page(
    app: Flask, website: str, lookloox_server: LookLoox, chromium: Browser
) -> Iterator[OpenPage]:
    """Open the website in a browser of its own: `open_page(color_scheme="dark")`."""
    registered = lookloox_server.app
    app.config.update(
        LOOKLOOX_BASE_URL=registered.base_url,
        LOOKLOOX_APP_ID=registered.app_id,
        LOOKLOOX_APP_SECRET=registered.app_secret,
    )
    contexts = []

    def open_website(**options: Any) -> Page:
        context = chromium.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(TIMEOUT_MS)
        page = context.new_page()
        page.goto(website)
        return page

    yield open_website
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page()


def click(page: Page, role: Any, name: str) -> None:
    page.get_by_role(role, name=name).click()


def sees_heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def test_login_through_sign_in_and_consent(page: Page, website: str) -> None:
    click(page, "link", "Log in with Look Loox")
    sees_heading(page, "Sign in")
    click(page, "button", "Amina Diallo")
    sees_heading(page, "Log in With Test App")
    click(page, "button", "Approve")
    expect(page.get_by_text("Welcome, Amina")).to_be_visible()

    # The second login shows no page.
    page.goto(f"{website}/login")
    expect(page.get_by_text("Welcome, Amina")).to_be_visible()
    assert page.url.startswith(f"{website}/callback?auth_key=")


def test_login_with_the_keyboard_alone(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    sees_heading(page, "Sign in")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    sees_heading(page, "Log in With Test App")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Approve")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Refuse")).to_be_focused()
    page.keyboard.press("Enter")
    sees_heading(page, "Nothing was shared")

    page.go_back()
    click(page, "button", "Approve")
    expect(page.get_by_text("Welcome, Amina")).to_be_visible()


def test_two_browsers_are_two_people(open_page: OpenPage, lookloox_server: LookLoox) -> None:
    lookloox_server.add_user(BOB)
    pages = {"Amina Diallo": open_page(), "Bob Ray": open_page()}
    for name, page in pages.items():
        click(page, "link", "Log in with Look Loox")
        click(page, "button", name)
        click(page, "button", "Approve")

    for name, page in pages.items():
        expect(page.get_by_text(f"Welcome, {name.split()[0]}")).to_be_visible()


@pytest.mark.parametrize(("color_scheme", "width"), [("light", 320), ("dark", 1280)])
def test_pages_fit_and_load_nothing(
    open_page: OpenPage, lookloox_server: LookLoox, color_scheme: str, width: int
) -> None:
    lookloox_server.add_user({**BOB, "user_firstname": "B" * 100})
    page = open_page(color_scheme=color_scheme, viewport={"width": width, "height": 640})
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.resource_type))

    click(page, "link", "Log in with Look Loox")
    sees_heading(page, "Sign in")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    click(page, "button", "B" * 100)
    sees_heading(page, "Log in With Test App")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert set(loaded) == {"document"}
