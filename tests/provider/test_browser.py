"""The browser's leg through its pages: sign-in, consent and refusal, with a browser's cookies."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests

from pytest_lookloox import App, LookLoox, build_user_info
from pytest_lookloox.provider.http import FORM_TYPE
from pytest_lookloox.provider.models import DEFAULT_APP
from tests.client import log_in, visit
from tests.provider.conftest import UNKNOWN_APP, answer, page

BOB = build_user_info(user_id="7", user_name="bob", user_firstname="Bob", user_lastname="Ray")
SIGN_IN = page("Sign in")
CONSENT = page("Log in With Test App")
SIGNED_OUT = pytest.mark.lookloox(signed_in=False)
FIRST_TIME = pytest.mark.lookloox(approved=False)


class Browser:
    """Keeps cookies, and does not follow redirects."""

    def __init__(self, provider: LookLoox) -> None:
        self.provider = provider
        self.session = requests.Session()

    def visit(self, app: App | None = None) -> requests.Response:
        """Follow the link "Log in with Look Loox"."""
        return visit(self.provider, app, session=self.session)

    def sign_in(self, user_id: str) -> requests.Response:
        """Choose an account on the sign-in page, and go where that leads."""
        response = self.post("/sign-in", user_id=user_id, app_id=self.provider.app.app_id)
        return self.request("GET", response.headers["Location"])

    def decide(
        self, decision: str = "approve", app_id: str = DEFAULT_APP.app_id, user_id: str = "1042"
    ) -> requests.Response:
        """Press a button on the consent page, which knows the user that it was shown to."""
        return self.post("/consent", decision=decision, app_id=app_id, user_id=user_id)

    def post(self, path: str, **fields: str) -> requests.Response:
        return self.request("POST", path, data=fields)

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        url = f"{self.provider.base_url}{path}"
        return self.session.request(method, url, allow_redirects=False, timeout=5, **options)


def user_of(provider: LookLoox, response: requests.Response) -> str:
    """Return the `user_id` that the app learns after the redirect to it."""
    assert response.status_code == 302
    assert response.headers["Location"].startswith("http://localhost/callback?auth_key=")
    user_id: str = log_in(provider, response.headers["Location"])["user_id"]
    return user_id


@pytest.fixture
def browser(provider: LookLoox) -> Browser:
    provider.add_user(BOB)
    return Browser(provider)


@pytest.mark.lookloox(signed_in=False, approved=False)
def test_whole_login(provider: LookLoox, browser: Browser) -> None:
    response = browser.visit()
    assert answer(response) == SIGN_IN
    assert re.findall('name="user_id" value="(.*?)"', response.text) == ["1042", "7"]
    assert answer(browser.sign_in("7")) == CONSENT

    assert user_of(provider, browser.decide(user_id="7")) == "7"
    assert user_of(provider, browser.visit()) == "7"


@SIGNED_OUT
def test_sign_in_goes_on_with_the_login(browser: Browser) -> None:
    response = browser.post("/sign-in", user_id="1042", app_id="a b&c=é")

    assert response.status_code == 302
    assert response.headers["Location"] == "/api/oauth?app_id=a+b%26c%3D%C3%A9"
    assert len(response.cookies["lookloox_session"]) == 32
    assert response.headers["Set-Cookie"].endswith("; Path=/; HttpOnly; SameSite=Lax")


def test_forms_with_missing_fields(provider: LookLoox, browser: Browser) -> None:
    response = browser.post("/consent", app_id=DEFAULT_APP.app_id, decision="approve")

    assert user_of(provider, response) == "1042"
    assert browser.post("/sign-in", user_id="7").headers["Location"] == "/api/oauth?app_id="
    assert answer(browser.post("/consent", user_id="7")) == page("Page not found", 404)


@SIGNED_OUT
def test_browsers_are_signed_in_separately(provider: LookLoox, browser: Browser) -> None:
    other = Browser(provider)

    assert user_of(provider, browser.sign_in("7")) == "7"
    assert answer(other.visit()) == SIGN_IN
    assert user_of(provider, other.sign_in("1042")) == "1042"
    assert user_of(provider, browser.visit()) == "7"


def test_session_wins_over_the_signed_in_user(provider: LookLoox, browser: Browser) -> None:
    browser.sign_in("7")

    assert user_of(provider, browser.visit()) == "7"
    assert user_of(provider, Browser(provider).visit()) == "1042"


@SIGNED_OUT
@pytest.mark.parametrize(
    "form",
    [
        {"data": {"user_id": "unknown", "app_id": "an-app"}},
        {"data": {"user_id": "7 "}},
        {"data": "=&&==&%zz", "headers": {"Content-Type": FORM_TYPE}},
        {"data": b"user_id=\xff", "headers": {"Content-Type": FORM_TYPE}},
        {"json": {"user_id": "1042"}},
    ],
    ids=["unknown", "not trimmed", "malformed", "not UTF-8", "json"],
)
def test_form_without_a_known_user_gets_the_page_again(
    browser: Browser, form: dict[str, Any]
) -> None:
    response = browser.request("POST", "/sign-in", **form)

    assert answer(response) == SIGN_IN
    assert ('value="an-app"' in response.text) is ("an-app" in str(form))
    assert "Set-Cookie" not in response.headers


@SIGNED_OUT
def test_browser_without_a_valid_session_has_to_sign_in(
    provider: LookLoox, browser: Browser
) -> None:
    browser.sign_in("7")
    provider.remove_user("7")

    answers = [visit(provider, cookies={"lookloox_session": session}) for session in ("", "0" * 32)]
    for response in (browser.visit(), *answers):
        assert answer(response) == SIGN_IN
        assert 'value="7"' not in response.text


@FIRST_TIME
@pytest.mark.parametrize("decision", ["refuse", "", "APPROVE"])
def test_refusal_shares_nothing(browser: Browser, decision: str) -> None:
    response = browser.decide(decision)

    assert answer(response) == page("Nothing was shared")
    assert "Test App" in response.text
    assert answer(browser.visit()) == CONSENT


@pytest.mark.lookloox(signed_in=False, approved=False)
def test_approval_is_for_one_user_and_one_app(provider: LookLoox, browser: Browser) -> None:
    second = provider.register_app(app_id="second", redirect_url="https://second.example/back")
    other = Browser(provider)
    browser.sign_in("1042")
    response = browser.decide(app_id="second")

    assert response.headers["Location"].startswith("https://second.example/back?auth_key=")
    assert "auth_key" in browser.visit(second).headers["Location"]
    assert answer(browser.visit()) == CONSENT
    assert answer(other.sign_in("7")) == CONSENT
    assert answer(other.visit(second)) == CONSENT


@pytest.mark.parametrize("decision", ["approve", "refuse"])
@pytest.mark.lookloox(signed_in=False, approved=False)
def test_decision_that_changes_nothing(provider: LookLoox, browser: Browser, decision: str) -> None:
    provider.register_app(app_id="disabled")
    provider.disable_app("disabled")

    assert answer(browser.decide(decision)) == SIGN_IN
    browser.sign_in("1042")
    for app_id in ("unknown", "disabled"):
        assert answer(browser.decide(decision, app_id)) == page(UNKNOWN_APP)


@FIRST_TIME
def test_decision_counts_for_the_user_who_saw_the_page(browser: Browser) -> None:
    """In another tab, the browser was signed in as Bob after the page was shown to Amina."""
    browser.sign_in("7")
    response = browser.decide(user_id="1042")

    assert answer(response) == CONSENT
    assert "Bob Ray" in response.text
    assert answer(browser.visit()) == CONSENT


def test_steps_on_pages_are_not_calls_of_the_api(provider: LookLoox, browser: Browser) -> None:
    browser.sign_in("1042")
    browser.decide("refuse")
    browser.request("GET", "/sign-in")

    assert [call.endpoint for call in provider.calls] == ["oauth"]
