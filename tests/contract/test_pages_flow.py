"""The browser's leg through its pages: sign-in, consent and refusal, with a browser's cookies."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests

from pytest_lookloox import App, LookLoox, build_user_info
from tests.contract.conftest import HTML, UNKNOWN_APP, key_in

TIMEOUT = 30
BOB = build_user_info(user_id="7", user_name="bob", user_firstname="Bob", user_lastname="Ray")


class Browser:
    """What a person does, without the person: it keeps cookies, and stops at the app's door."""

    def __init__(self, provider: LookLoox) -> None:
        self._base_url = provider.base_url
        self._session = requests.Session()
        self._app = provider.app
        self._user_id = "1042"

    def log_in(self, app: App | None = None) -> requests.Response:
        """Follow the link "Log in with Look Loox"."""
        return self._get((app or self._app).login_url)

    def sign_in(self, user_id: str, app_id: str | None = None) -> requests.Response:
        """Pick an account on the sign-in page, and go where that leads."""
        self._user_id = user_id
        response = self._post(
            "/sign-in", user_id=user_id, app_id=self._app.app_id if app_id is None else app_id
        )
        return self._get(f"{self._base_url}{response.headers['Location']}")

    def decide(
        self, decision: str, app_id: str | None = None, user_id: str | None = None
    ) -> requests.Response:
        """Press a button of the consent page, which knows whom it was shown to."""
        return self._post(
            "/consent",
            decision=decision,
            app_id=self._app.app_id if app_id is None else app_id,
            user_id=self._user_id if user_id is None else user_id,
        )

    def _get(self, url: str) -> requests.Response:
        return self._session.get(url, allow_redirects=False, timeout=TIMEOUT)

    def _post(self, path: str, **fields: str) -> requests.Response:
        url = f"{self._base_url}{path}"
        return self._session.post(url, data=fields, allow_redirects=False, timeout=TIMEOUT)


@pytest.fixture
def open_browser(provider: LookLoox) -> Callable[[], Browser]:
    return lambda: Browser(provider)


@pytest.fixture
def browser(provider: LookLoox) -> Browser:
    return Browser(provider)


def is_page(response: requests.Response, heading: str) -> bool:
    return (
        (response.status_code, response.headers["Content-Type"]) == (200, HTML)
        and "Location" not in response.headers
        and heading in response.text
    )


def is_sign_in(response: requests.Response) -> bool:
    return is_page(response, "<h1>Sign in</h1>")


def is_consent(response: requests.Response) -> bool:
    return is_page(response, "<h1>Log in With")


def who_comes_back(provider: LookLoox, response: requests.Response) -> str:
    """The `user_id` that the app learns after the redirect to it."""
    assert response.status_code == 302
    assert response.headers["Location"].startswith(f"{provider.app.redirect_url}?auth_key=")
    app = provider.app
    login = {
        "app_id": app.app_id,
        "app_secret": app.app_secret,
        "auth_key": key_in(response.headers["Location"]),
    }
    api = f"{provider.base_url}/api"
    token = requests.get(f"{api}/authorize", login, timeout=TIMEOUT).json()
    profile = requests.get(f"{api}/get_user_info", token, timeout=TIMEOUT).json()
    return str(profile["user_info"]["user_id"])


@pytest.mark.lookloox(signed_in=False, approved=False)
def test_whole_login(provider: LookLoox, browser: Browser) -> None:
    assert is_sign_in(browser.log_in())
    assert is_consent(browser.sign_in("1042"))

    assert who_comes_back(provider, browser.decide("approve")) == "1042"
    assert who_comes_back(provider, browser.log_in()) == "1042"


@pytest.mark.lookloox(signed_in=False)
def test_picked_account_comes_back(provider: LookLoox, browser: Browser) -> None:
    provider.add_user(BOB)
    page = browser.log_in()

    assert 'value="1042"' in page.text
    assert 'value="7"' in page.text
    assert who_comes_back(provider, browser.sign_in("7")) == "7"


@pytest.mark.lookloox(signed_in=False)
def test_sign_in_leads_on_with_the_login(provider: LookLoox) -> None:
    response = requests.post(
        f"{provider.base_url}/sign-in",
        data={"user_id": "1042", "app_id": "a b&c=é"},
        allow_redirects=False,
        timeout=TIMEOUT,
    )

    assert response.status_code == 302
    assert response.headers["Location"] == "/api/oauth?app_id=a+b%26c%3D%C3%A9"
    assert len(response.cookies["lookloox_session"]) == 32


@pytest.mark.lookloox(signed_in=False)
def test_browser_that_follows_redirects_is_led_to_the_app(provider: LookLoox) -> None:
    with (
        requests.Session() as session,
        pytest.raises(requests.ConnectionError) as caught,
    ):
        session.post(
            f"{provider.base_url}/sign-in",
            data={"user_id": "1042", "app_id": provider.app.app_id},
            timeout=TIMEOUT,
        )

    assert caught.value.request is not None
    assert str(caught.value.request.url).startswith(f"{provider.app.redirect_url}?auth_key=")


@pytest.mark.lookloox(signed_in=False)
def test_browsers_are_signed_in_as_different_users(
    provider: LookLoox, open_browser: Callable[[], Browser]
) -> None:
    provider.add_user(BOB)
    amina, bob, nobody = open_browser(), open_browser(), open_browser()
    amina.sign_in("1042")
    bob.sign_in("7")

    assert who_comes_back(provider, amina.log_in()) == "1042"
    assert who_comes_back(provider, bob.log_in()) == "7"
    assert is_sign_in(nobody.log_in())


def test_session_of_a_browser_wins_over_the_option_signed_in(
    provider: LookLoox, browser: Browser, open_browser: Callable[[], Browser]
) -> None:
    provider.add_user(BOB)
    browser.sign_in("7")

    assert who_comes_back(provider, browser.log_in()) == "7"
    assert who_comes_back(provider, open_browser().log_in()) == "1042"


def test_last_sign_in_of_a_browser_counts(provider: LookLoox, browser: Browser) -> None:
    provider.add_user(BOB)
    browser.sign_in("7")

    assert who_comes_back(provider, browser.sign_in("1042")) == "1042"


@pytest.mark.lookloox(signed_in=False)
@pytest.mark.parametrize("user_id", ["", "unheard-of", "7 ", "<b>"])
def test_unknown_account_gets_the_sign_in_page_again(provider: LookLoox, user_id: str) -> None:
    response = requests.post(
        f"{provider.base_url}/sign-in", data={"user_id": user_id}, timeout=TIMEOUT
    )

    assert is_sign_in(response)
    assert "Set-Cookie" not in response.headers


@pytest.mark.lookloox(signed_in=False)
@pytest.mark.parametrize(
    "body", ["", "=&&==&%zz", "user_id", '{"user_id": "1042"}', "user_id[]=1042"]
)
def test_form_that_is_none_gets_the_sign_in_page(provider: LookLoox, body: str) -> None:
    response = requests.post(f"{provider.base_url}/sign-in", data=body, timeout=TIMEOUT)

    assert is_sign_in(response)


@pytest.mark.lookloox(signed_in=False)
def test_upload_gets_the_sign_in_page(provider: LookLoox) -> None:
    files = {"user_id": b"1042"}
    response = requests.post(f"{provider.base_url}/sign-in", files=files, timeout=TIMEOUT)

    assert is_sign_in(response)


@pytest.mark.lookloox(signed_in=False)
@pytest.mark.parametrize("session", ["", "unheard-of", "0" * 32])
def test_session_nobody_opened_is_nobody(provider: LookLoox, session: str) -> None:
    response = requests.get(
        provider.app.login_url, cookies={"lookloox_session": session}, timeout=TIMEOUT
    )

    assert is_sign_in(response)


@pytest.mark.lookloox(signed_in=False)
def test_user_who_is_gone_has_to_sign_in_as_another(provider: LookLoox, browser: Browser) -> None:
    provider.add_user(BOB)
    browser.sign_in("7")
    provider.remove_user("7")
    page = browser.log_in()

    assert is_sign_in(page)
    assert 'value="7"' not in page.text


@pytest.mark.lookloox(approved=False)
@pytest.mark.parametrize("decision", ["refuse", "", "APPROVE"])
def test_refusal_shares_nothing(provider: LookLoox, browser: Browser, decision: str) -> None:
    browser.log_in()
    page = browser.decide(decision)

    assert is_page(page, "<h1>Nothing was shared</h1>")
    assert provider.app.name in page.text


@pytest.mark.lookloox(approved=False)
def test_after_a_refusal_the_user_is_asked_again(provider: LookLoox, browser: Browser) -> None:
    browser.decide("refuse")

    assert is_consent(browser.log_in())
    assert who_comes_back(provider, browser.decide("approve")) == "1042"


@pytest.mark.lookloox(signed_in=False, approved=False)
def test_approval_holds_for_the_user_who_gave_it(
    provider: LookLoox, open_browser: Callable[[], Browser]
) -> None:
    provider.add_user(BOB)
    amina, bob = open_browser(), open_browser()
    amina.sign_in("1042")
    amina.decide("approve")

    assert is_consent(bob.sign_in("7"))


@pytest.mark.lookloox(approved=False)
def test_approval_holds_for_the_app_that_asked(provider: LookLoox, browser: Browser) -> None:
    second = provider.register_app(app_id="second", redirect_url="https://second.example/back")
    response = browser.decide("approve", "second")

    assert response.headers["Location"].startswith("https://second.example/back?auth_key=")
    assert "auth_key" in browser.log_in(second).headers["Location"]
    assert is_consent(browser.log_in())


@pytest.mark.lookloox(approved=False)
@pytest.mark.parametrize("decision", ["approve", "refuse"])
def test_decision_about_an_unknown_app_gets_its_error_page(browser: Browser, decision: str) -> None:
    page = browser.decide(decision, "unheard-of")

    assert is_page(page, UNKNOWN_APP.partition("'")[0])


@pytest.mark.lookloox(signed_in=False, approved=False)
@pytest.mark.parametrize("decision", ["approve", "refuse"])
def test_decision_of_nobody_gets_the_sign_in_page(browser: Browser, decision: str) -> None:
    assert is_sign_in(browser.decide(decision))


@pytest.mark.lookloox(signed_in=False, approved=False)
def test_decision_is_that_of_the_user_who_saw_the_page(
    provider: LookLoox, browser: Browser
) -> None:
    """Two tabs: the page shows Amina, and meanwhile the browser was signed in as Bob."""
    provider.add_user(BOB)
    browser.sign_in("7")
    page = browser.decide("approve", user_id="1042")

    assert is_consent(page)
    assert "Bob Ray" in page.text
    assert is_consent(browser.log_in())


@pytest.mark.parametrize(
    ("accept_language", "language"),
    [(None, "en"), ("fr-CH, en;q=0.5", "fr"), ("de, fr;q=0.3", "fr"), ("de", "en")],
)
@pytest.mark.lookloox(signed_in=False)
def test_pages_speak_the_browsers_language(
    provider: LookLoox, accept_language: str | None, language: str
) -> None:
    page = requests.get(
        provider.app.login_url, headers={"Accept-Language": accept_language}, timeout=TIMEOUT
    )

    assert f'<html lang="{language}">' in page.text


def test_clicks_on_pages_are_no_calls_of_the_api(provider: LookLoox, browser: Browser) -> None:
    browser.sign_in("1042")
    browser.decide("refuse")

    assert [call.endpoint for call in provider.calls] == ["oauth"]
