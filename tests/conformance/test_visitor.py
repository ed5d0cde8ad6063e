"""The visitor: what it makes of a site's answers."""

from __future__ import annotations

import base64
import json
from zlib import compress

import pytest
from responses import RequestsMock

from pytest_lookloox import LookLoox
from pytest_lookloox.conformance.site import Site
from pytest_lookloox.conformance.visitor import Visitor
from tests import client
from tests.conformance.conftest import Page, Website


@pytest.fixture
def lookloox_config(website: Website) -> dict[str, str]:
    return {"redirect_url": f"{website.url}/callback"}


@pytest.fixture
def visitor(website: Website, lookloox_server: LookLoox) -> Visitor:
    site = Site(f"{website.url}/login", "Welcome", f"{website.url}/account", patience=0.2)
    return Visitor(site, lookloox_server)


@pytest.mark.parametrize(
    ("page", "failure"),
    [
        (Page(status=500), "The site answered with status 500 at {}/page."),
        (Page(status=None), r"The site gave no answer \(ConnectionError\) at {}/page."),
        (Page("", 302, (("Location", "/page"),)), "The site redirected without end at {}/page."),
        (
            Page("", 302, (("Location", "https://lookloox.com/api/oauth"),)),
            "The site led the visitor to https://lookloox.com/api/oauth; here its base URL",
        ),
        (
            Page("", 302, (("Location", "/silent"),)),
            "The site gave no answer within 0.2 seconds at {}/silent.",
        ),
    ],
)
def test_site_failure(page: Page, failure: str, visitor: Visitor, website: Website) -> None:
    website.pages["/page"] = page

    with pytest.raises(pytest.fail.Exception, match=failure.format(website.url)):
        visitor.open(f"{website.url}/page")


def test_account_page_is_not_followed_into_a_login(visitor: Visitor, website: Website) -> None:
    website.pages["/account"] = Page("", 302, (("Location", "/open"),))
    website.pages["/open"] = Page("Welcome")

    assert visitor.signed_in_because() == ""


def test_account_page_that_opens_is_enough(visitor: Visitor, website: Website) -> None:
    website.pages["/account"] = Page("Your orders")

    assert visitor.signed_in_because() == f"{website.url}/account opens"


def test_mock_does_not_answer_the_visitor(visitor: Visitor, website: Website) -> None:
    website.pages["/page"] = Page("Welcome")

    with RequestsMock():  # pytest-responses opens one around every test
        assert visitor.open(f"{website.url}/page").text == "Welcome"


def test_visitor_who_is_signed_in_needs_no_login_link(visitor: Visitor, website: Website) -> None:
    website.pages["/login"] = Page("Welcome back")

    visitor.log_in()

    assert visitor.page == "Welcome back"


def test_page_is_read_as_a_browser_shows_it(visitor: Visitor, website: Website) -> None:
    website.pages["/"] = Page("H&eacute;l&egrave;ne é")

    visitor.open(f"{website.url}/")

    assert visitor.page == "Hélène é"


def test_callback_is_no_page_that_can_be_opened_again(
    website: Website, lookloox_server: LookLoox
) -> None:
    visitor = Visitor(Site(website.url, "Welcome", "", patience=1), lookloox_server)
    website.pages["/callback"] = Page("Welcome")
    visitor.open(lookloox_server.approve())

    with pytest.raises(pytest.skip.Exception, match="give --lookloox-account"):
        visitor.own_page()


@pytest.mark.parametrize(
    ("header", "text", "place"),
    [
        ("", "{token}", "an access token in the page"),
        ("", "{secret}", "the app's secret in the page"),
        ("Location", "/?token={token}", "an access token in the redirect"),
        ("Set-Cookie", "a=b; Path=/, session={token}", "an access token in a cookie"),
        ("Set-Cookie", "session={base64}.x; Path=/", "an access token in a cookie"),
        ("Set-Cookie", "session=.{zlib}.x; Path=/", "an access token in a cookie"),
        ("", "{key}", ""),
    ],
)
def test_leaks(
    header: str,
    text: str,
    place: str,
    visitor: Visitor,
    website: Website,
    lookloox_server: LookLoox,
) -> None:
    key = lookloox_server.issue_auth_key()
    token = client.authorize(lookloox_server, key).json()["access_token"]
    session = json.dumps({"token": token}).encode()
    in_base64, compressed = (
        base64.urlsafe_b64encode(data).decode().rstrip("=") for data in (session, compress(session))
    )
    secret = lookloox_server.app.app_secret
    shown = text.format(token=token, secret=secret, key=key, base64=in_base64, zlib=compressed)
    website.pages["/page"] = Page(headers=((header, shown),)) if header else Page(shown)

    visitor.open(f"{website.url}/page")

    expected = [f"The site shows {place} of {website.url}/page."] if place else []
    assert [*visitor.leaks(cookies=True)] == expected
    assert [*visitor.leaks()] == ([] if "cookie" in place else expected)
