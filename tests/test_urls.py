"""Addresses: how a base URL is checked, and which spellings lead to the provider's host."""

from __future__ import annotations

import pytest
import requests

from pytest_lookloox import LookLoox, urls
from pytest_lookloox.exchange import Request
from pytest_lookloox.urls import Host

# These ask in every wrong way, on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://lookloox.com", "https://lookloox.com"),
        ("https://lookloox.com/", "https://lookloox.com"),
        ("HTTPS://LookLoox.COM", "https://lookloox.com"),
        ("https://lookloox.com.", "https://lookloox.com"),
        ("https://lookloox.com:443", "https://lookloox.com"),
        ("http://lookloox.com:80", "http://lookloox.com"),
        ("https://lookloox.com:80", "https://lookloox.com:80"),
        ("http://lookloox.com:443", "http://lookloox.com:443"),
        ("https://sister.example:8443", "https://sister.example:8443"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("https://münchen.example", "https://xn--mnchen-3ya.example"),
        ("http://[::1]", "http://[::1]"),
        ("http://[::1]:5000/", "http://[::1]:5000"),
    ],
)
def test_base_url_is_normalised(value: str, expected: str) -> None:
    assert urls.base_url(value) == expected


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("", "must begin with https:// or http:// and a host"),
        ("lookloox.com", "must begin with https:// or http://"),
        ("lookloox.com:443", "must begin with https:// or http://"),
        ("//lookloox.com", "must begin with https:// or http://"),
        ("ftp://lookloox.com", "must begin with https:// or http://"),
        ("https://", "and a host"),
        ("https://..", "and a host"),
        ("https://look loox.com", "base_url"),
        ("https://look\nloox.com", "base_url"),
        ("https://lookloox.com/api", "scheme and host alone, such as 'https://lookloox.com'"),
        ("https://lookloox.com//", "scheme and host alone"),
        ("https://lookloox.com?x=1", "scheme and host alone"),
        ("https://lookloox.com#x", "scheme and host alone"),
        ("https://amina:hush@lookloox.com", "base_url must not hold a user name or password$"),
        ("https://lookloox.com:99999", "is no URL: Port out of range"),
        ("https://lookloox.com:https", "is no URL: Port could not be cast"),
        ("https://[::1", "is no URL: Invalid IPv6 URL"),
        (f"https://{'é' * 80}.example", "base_url"),
    ],
)
def test_base_url_that_is_none_is_refused(value: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        urls.base_url(value)


@pytest.mark.parametrize(
    "value",
    [
        "http://localhost/callback",
        "https://a.example/?b=c#d",
        "myapp://callback",
        "http://é.test/ü",
    ],
)
def test_redirect_url_is_kept_as_it_is(value: str) -> None:
    assert urls.redirect_url(value) == value


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("", "must be an absolute URL"),
        ("/callback", "must be an absolute URL"),
        ("//localhost/callback", "must be an absolute URL"),
        ("localhost/callback", "must be an absolute URL"),
        ("http:/callback", "must be an absolute URL"),
        ("http://localhost:port/callback", "is no URL"),
        # It becomes a Location header.
        ("http://localhost/callback\r\nSet-Cookie: a=b", "redirect_url"),
    ],
)
def test_redirect_url_that_is_none_is_refused(value: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        urls.redirect_url(value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://LOOKLOOX.com/a?b", Host("lookloox.com", None)),
        ("https://lookloox.com:443", Host("lookloox.com", None)),
        ("http://lookloox.com", Host("lookloox.com", None)),
        ("http://lookloox.com:443", Host("lookloox.com", 443)),
        ("https://user:pass@lookloox.com:8443", Host("lookloox.com", 8443)),
        ("https://lookloox.com./", Host("lookloox.com", None)),
        ("https://münchen.example", Host("xn--mnchen-3ya.example", None)),
        ("http://[::1]:5000", Host("::1", 5000)),
    ],
)
def test_host_of_a_url(url: str, expected: Host) -> None:
    assert urls.host_of(url) == expected


@pytest.mark.parametrize(
    ("host", "spelling"),
    [
        (Host("a.example", None), "a.example"),
        (Host("a.example", None), "a.example:443"),
        (Host("a.example", 8443), "a.example"),
        (Host("a.example", 8443), "a.example:8443"),
        (Host("::1", 5000), "[::1]"),
        (Host("::1", 5000), "[::1]:5000"),
    ],
)
def test_spellings_of_a_host(host: Host, spelling: str) -> None:
    assert spelling in host.spellings("https")


def test_other_port_is_no_spelling() -> None:
    assert "a.example:443" not in Host("a.example", 8443).spellings("https")
    assert "a.example:443" not in Host("a.example", None).spellings("http")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.example", Request("GET", "/", "")),
        ("https://x.example?a=b", Request("GET", "/", "a=b")),
        ("https://x.example/api/oauth?a=b?c&d#e", Request("GET", "/api/oauth", "a=b?c&d")),
    ],
)
def test_request_of_a_url(url: str, expected: Request) -> None:
    assert urls.request_of("GET", url) == expected


@pytest.mark.parametrize(
    "host",
    [
        "https://lookloox.com",
        "https://LOOKLOOX.COM",
        "HTTPS://LookLoox.com",
        "https://lookloox.com:443",
        "https://LOOKLOOX.com:443",
        "https://lookloox.com.",
        "http://lookloox.com",
        "http://lookloox.com:80",
    ],
)
def test_every_spelling_of_the_host_is_simulated(lookloox: LookLoox, host: str) -> None:
    app = lookloox.app
    response = requests.get(
        f"{host}/api/authorize",
        params={
            "app_id": app.app_id,
            "app_secret": app.app_secret,
            "auth_key": lookloox.issue_auth_key(),
        },
        timeout=5,
    )

    assert response.json() == {"access_token": lookloox.issue_access_token()}
    assert [call.endpoint for call in lookloox.calls] == ["authorize"]


@pytest.mark.parametrize(
    "host",
    [
        "https://www.lookloox.com",
        "https://lookloox.com.evil.example",
        "https://evil-lookloox.com",
        "https://lookloox.com:8443",
        "http://lookloox.com:443",
        "https://lookloox.com@evil.example",
    ],
)
def test_lookalike_host_is_refused(lookloox: LookLoox, host: str) -> None:
    with pytest.raises(requests.ConnectionError, match=r"only https://lookloox\.com is simulated"):
        requests.get(f"{host}/api/oauth", timeout=5)

    assert lookloox.calls == []


@pytest.mark.lookloox(base_url="http://[::1]:5000")
def test_base_url_may_be_an_address_with_a_port(lookloox: LookLoox) -> None:
    response = requests.get(lookloox.app.login_url, allow_redirects=False, timeout=5)

    assert response.status_code == 302


@pytest.mark.lookloox(base_url="https://münchen.example/")
@pytest.mark.parametrize("host", ["https://münchen.example", "https://XN--MNCHEN-3YA.example"])
def test_base_url_may_be_outside_ascii(lookloox: LookLoox, host: str) -> None:
    response = requests.get(f"{host}/api/get_user_info", timeout=5)

    assert response.json()["message"] == "Bad Request, invalid access_token"
    assert [call.endpoint for call in lookloox.calls] == ["get_user_info"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Files.Example", "files.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("localhost:8000", "localhost:8000"),
        ("::1", "::1"),
        ("[::1]:8000", "::1:8000"),
    ],
)
def test_allowed_host_is_normalised(value: str, expected: str) -> None:
    assert urls.allowed_host(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "https://files.example",
        "files.example/path",
        "*.files.example",
        " files.example",
        "files.example:http",
        "ü" * 80,
    ],
)
def test_allowed_host_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="allowed_hosts"):
        urls.allowed_host(value)
