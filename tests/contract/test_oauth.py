"""`GET /api/oauth`, the browser's leg."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
import requests

from pytest_lookloox import LookLoox, build_user_info
from tests.contract.conftest import (
    API_DISABLED,
    BLANKS,
    HTML,
    INVALID_AUTH_KEY,
    UNHEARD_OF,
    UNKNOWN_APP,
    Ask,
    answer,
    error,
    key_in,
)

# These ask in every wrong way, on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")

CONSENT_HEADING = "<h1>Log in With"
SIGN_IN_HEADING = "<h1>Sign in</h1>"


def is_page(response: requests.Response, status: int, text: str) -> bool:
    """Whether it is an HTML page with this text that leads nowhere."""
    return (
        (response.status_code, response.headers["Content-Type"]) == (status, HTML)
        and "Location" not in response.headers
        and text in html.unescape(response.text)
    )


def new_key(response: requests.Response) -> str:
    """The auth_key that a redirect carries."""
    assert response.status_code == 302
    return key_in(response.headers["Location"])


def test_approved_app_is_redirected_to_at_once_with_a_fresh_key(
    provider: LookLoox, visit: Ask
) -> None:
    response = visit()

    assert (response.status_code, response.text) == (302, "")
    assert re.fullmatch(
        re.escape(provider.app.redirect_url) + r"\?auth_key=[0-9a-f]{32}",
        response.headers["Location"],
    )


def test_nothing_else_that_the_app_sends_comes_back(provider: LookLoox, ask: Ask) -> None:
    response = ask(
        "oauth",
        app_id=provider.app.app_id,
        state="mine",
        scope="email",
        redirect_uri="http://evil.example/",
    )

    base, _, key = response.headers["Location"].partition("?auth_key=")
    assert base == provider.app.redirect_url
    assert re.fullmatch("[0-9a-f]{32}", key)


def test_key_of_the_redirect_logs_the_visitor_in(
    provider: LookLoox, visit: Ask, authorize: Ask, ask: Ask
) -> None:
    token = authorize(auth_key=new_key(visit())).json()["access_token"]

    assert ask("get_user_info", access_token=token).json()["user_info"] == provider.user


@pytest.mark.lookloox(redirect_url="http://localhost/callback?next=/home&lang=fr")
def test_redirect_url_with_a_query_gets_a_second_question_mark(visit: Ask) -> None:
    assert re.fullmatch(
        r"http://localhost/callback\?next=/home&lang=fr\?auth_key=[0-9a-f]{32}",
        visit().headers["Location"],
    )


def test_each_app_has_its_own_redirect_url(provider: LookLoox, visit: Ask) -> None:
    provider.register_app(app_id="second", redirect_url="https://second.example/back")

    assert visit("second").headers["Location"].startswith("https://second.example/back?auth_key=")


@pytest.mark.lookloox(signed_in=False)
def test_visitor_who_is_not_signed_in_sees_the_sign_in_page(visit: Ask) -> None:
    assert is_page(visit(), 200, SIGN_IN_HEADING)


@pytest.mark.lookloox(signed_in=False)
@pytest.mark.parametrize("app_id", [None, "unheard-of"])
def test_sign_in_comes_before_every_other_check(
    provider: LookLoox, visit: Ask, app_id: str | None
) -> None:
    provider.disable_api()

    assert is_page(visit(app_id), 200, SIGN_IN_HEADING)


def test_visitor_who_is_gone_sees_the_sign_in_page(provider: LookLoox, visit: Ask) -> None:
    provider.remove_user(provider.user["user_id"])

    assert is_page(visit(), 200, SIGN_IN_HEADING)


@pytest.mark.parametrize("app_id", BLANKS)
def test_blank_app_id_is_not_found(visit: Ask, app_id: str | None) -> None:
    assert is_page(visit(app_id), 404, "Page not found")


@pytest.mark.parametrize("app_id", UNHEARD_OF)
def test_unknown_app_gets_an_error_page(visit: Ask, app_id: str) -> None:
    assert is_page(visit(app_id), 200, UNKNOWN_APP)


def test_disabled_app_gets_the_page_of_an_unknown_one(provider: LookLoox, visit: Ask) -> None:
    provider.disable_app(provider.app.app_id)

    assert is_page(visit(), 200, UNKNOWN_APP)


def test_api_switched_off_gets_an_error_page(provider: LookLoox, visit: Ask) -> None:
    provider.disable_api()

    assert is_page(visit(), 200, API_DISABLED)


def test_blank_app_id_comes_before_the_api_switched_off(provider: LookLoox, visit: Ask) -> None:
    provider.disable_api()

    assert is_page(visit(None), 404, "Page not found")


def test_api_switched_off_comes_before_the_unknown_app(provider: LookLoox, visit: Ask) -> None:
    provider.disable_api()

    assert is_page(visit("unheard-of"), 200, API_DISABLED)


@pytest.mark.lookloox(approved=False)
def test_unknown_app_comes_before_the_consent_page(visit: Ask) -> None:
    assert is_page(visit("unheard-of"), 200, UNKNOWN_APP)


@pytest.mark.lookloox(approved=False)
def test_first_meeting_shows_the_consent_page(provider: LookLoox, visit: Ask) -> None:
    assert is_page(visit(), 200, CONSENT_HEADING)
    assert provider.app.name in visit().text


@pytest.mark.lookloox(approved=False)
def test_app_name_is_escaped_on_the_consent_page(provider: LookLoox, visit: Ask) -> None:
    provider.register_app(app_id="second", name="<script>alert('&')</script>")

    assert "&lt;script&gt;alert(&#x27;&amp;&#x27;)&lt;/script&gt;" in visit("second").text


@pytest.mark.lookloox(approved=False)
def test_turning_the_request_down_leads_to_no_redirect(visit: Ask) -> None:
    # The user looks at the page and leaves: nothing is remembered.
    pages = [visit(), visit()]

    assert all(is_page(page, 200, CONSENT_HEADING) for page in pages)


@pytest.mark.lookloox(approved=False)
def test_approving_redirects_with_a_key_that_works(provider: LookLoox, authorize: Ask) -> None:
    callback = provider.approve()

    assert callback.startswith(f"{provider.app.redirect_url}?auth_key=")
    assert "access_token" in authorize(auth_key=key_in(callback)).json()


@pytest.mark.lookloox(approved=False)
def test_after_approval_there_is_no_page_any_more(provider: LookLoox, visit: Ask) -> None:
    provider.approve()

    assert new_key(visit())


@pytest.mark.lookloox(approved=False)
def test_approval_holds_for_that_user_and_that_app_only(provider: LookLoox, visit: Ask) -> None:
    provider.register_app(app_id="second")
    provider.approve(build_user_info(user_id="7"))
    assert is_page(visit(), 200, CONSENT_HEADING)

    provider.approve()
    assert is_page(visit("second"), 200, CONSENT_HEADING)


@pytest.mark.lookloox(error_status=401)
@pytest.mark.parametrize(("app_id", "status"), [(None, 404), ("unheard-of", 200)])
def test_error_status_is_for_json_errors_only(visit: Ask, app_id: str | None, status: int) -> None:
    assert visit(app_id).status_code == status


def approve(provider: LookLoox) -> str:
    return key_in(provider.approve())


def issue(provider: LookLoox) -> str:
    return provider.issue_auth_key()


@pytest.mark.parametrize("ask_again", [approve, issue])
def test_each_new_key_voids_the_earlier_unspent_one(
    provider: LookLoox, visit: Ask, authorize: Ask, ask_again: Callable[[LookLoox], str]
) -> None:
    keys = [new_key(visit()), new_key(visit()), ask_again(provider), new_key(visit())]

    assert len(set(keys)) == 4
    void = [answer(authorize(auth_key=key)) for key in keys[:-1]]
    assert void == [error(INVALID_AUTH_KEY)] * 3
    assert "access_token" in authorize(auth_key=keys[-1]).json()


def test_key_of_another_user_or_app_stays_valid(
    provider: LookLoox, visit: Ask, authorize: Ask
) -> None:
    second = provider.register_app(app_id="second", app_secret="second-secret")
    of_second_app = new_key(visit(second.app_id))
    of_second_user = provider.issue_auth_key(build_user_info(user_id="7"))
    visit()

    assert "access_token" in authorize(auth_key=of_second_user).json()
    assert (
        "access_token"
        in authorize(app_id="second", app_secret="second-secret", auth_key=of_second_app).json()
    )
