"""Addresses: how a base URL is checked, and which spellings lead to the provider's host."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests

from pytest_lookloox import LookLoox
from pytest_lookloox.provider import urls
from pytest_lookloox.provider.urls import Host, Site

# The tests make mistakes on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")

BASE = "https://lookloox.com"
NOT_BASE = "base_url must begin with https:// or http:// and a host, not"
NOT_ALONE = "base_url must be scheme and host alone, such as 'https://lookloox.com', not"
NOT_ABSOLUTE = "redirect_url must be an absolute URL, such as 'http://localhost/callback', not"
NO_PASSWORD = "base_url must not contain a user name or password$"
NOT_ALLOWED = "allowed_hosts takes 'host' or 'host:port', without a scheme, not"


@pytest.mark.parametrize(
    ("check", "values", "expected"),
    [
        (urls.base_url, f"{BASE} {BASE}/ HTTPS://LookLoox.COM {BASE}. {BASE}:443", BASE),
        (urls.base_url, "http://lookloox.com:80", "http://lookloox.com"),
        (urls.base_url, f"{BASE}:80", f"{BASE}:80"),
        (urls.base_url, "http://lookloox.com:443", "http://lookloox.com:443"),
        (urls.base_url, "https://münchen.example", "https://xn--mnchen-3ya.example"),
        (urls.base_url, "http://[::1]", "http://[::1]"),
        (urls.base_url, "http://[::1]:5000/", "http://[::1]:5000"),
        (urls.redirect_url, "https://a.example/?b=c#d", "https://a.example/?b=c#d"),
        (urls.redirect_url, "myapp://callback", "myapp://callback"),
        (urls.redirect_url, "http://É.test/ü", "http://É.test/ü"),
        (urls.allowed_host, "Files.Example", "files.example"),
        (urls.allowed_host, "bücher.example", "xn--bcher-kva.example"),
        (urls.allowed_host, "localhost:8000", "localhost:8000"),
        (urls.allowed_host, "::1 [::1]", "[::1]"),
        (urls.allowed_host, "[::1]:8000", "[::1]:8000"),
    ],
)
def test_legal_address(check: Callable[[str], str], values: str, expected: str) -> None:
    assert {check(value) for value in values.split()} == {expected}


@pytest.mark.parametrize(
    ("check", "value", "says"),
    [
        (urls.base_url, "", f"{NOT_BASE} ''"),
        (urls.base_url, "lookloox.com", f"{NOT_BASE} 'lookloox.com'"),
        (urls.base_url, "lookloox.com:443", NOT_BASE),
        (urls.base_url, "//lookloox.com", NOT_BASE),
        (urls.base_url, "ftp://lookloox.com", NOT_BASE),
        (urls.base_url, "https://..", NOT_BASE),
        (urls.base_url, "https://look loox.com", "base_url must not contain white space or line"),
        (urls.base_url, "https://look\nloox.com", "base_url must not contain white space or line"),
        (urls.base_url, f"{BASE}/api", f"{NOT_ALONE} '{BASE}/api': the API's paths are added to"),
        (urls.base_url, f"{BASE}?x=1", NOT_ALONE),
        (urls.base_url, f"{BASE}#x", NOT_ALONE),
        (urls.base_url, f"{BASE}:99999", f"base_url '{BASE}:99999' is not a URL: Port out of"),
        (urls.base_url, f"{BASE}:https", "is not a URL: Port could not be cast"),
        (urls.base_url, "https://[::1", "is not a URL: Invalid IPv6 URL"),
        (urls.base_url, f"https://{'é' * 80}.example", "is not a URL: .*label"),
        (urls.base_url, "https://amina:hush@a.example", NO_PASSWORD),
        (urls.redirect_url, "", f"{NOT_ABSOLUTE} ''"),
        (urls.redirect_url, "/callback", NOT_ABSOLUTE),
        (urls.redirect_url, "//localhost/callback", NOT_ABSOLUTE),
        (urls.redirect_url, "http:/callback", NOT_ABSOLUTE),
        (urls.redirect_url, "http://localhost:port/callback", "redirect_url .* is not a URL"),
        # It becomes a Location header.
        (urls.redirect_url, "http://a.example/b\r\nSet-Cookie: a=b", "must not contain white"),
        (urls.allowed_host, "", f"{NOT_ALLOWED} ''"),
        (urls.allowed_host, "https://files.example", NOT_ALLOWED),
        (urls.allowed_host, "files.example/path", NOT_ALLOWED),
        (urls.allowed_host, "files.example?a", NOT_ALLOWED),
        (urls.allowed_host, "files.example#a", NOT_ALLOWED),
        (urls.allowed_host, "*.files.example", NOT_ALLOWED),
        (urls.allowed_host, " files.example", "allowed_hosts must not contain white space"),
        (urls.allowed_host, "files.example:http", "allowed_hosts .* is not a URL"),
        (urls.allowed_host, "ü" * 80, "allowed_hosts .* is not a URL"),
    ],
    ids=lambda value: getattr(value, "__name__", ascii(value)),
)
def test_illegal_address(check: Callable[[str], str], value: str, says: str) -> None:
    with pytest.raises(ValueError, match=f"^.*{says}"):
        check(value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://LOOKLOOX.com/a?b", Host("lookloox.com", None)),
        ("https://lookloox.com:443", Host("lookloox.com", None)),
        ("http://lookloox.com", Host("lookloox.com", None)),
        ("http://lookloox.com:443", Host("lookloox.com", 443)),
        ("https://lookloox.com./", Host("lookloox.com", None)),
        ("https://münchen.example", Host("xn--mnchen-3ya.example", None)),
        ("http://[::1]:5000", Host("::1", 5000)),
        ("/path", Host("", None)),
    ],
)
def test_host_of_a_url(url: str, expected: Host) -> None:
    assert urls.host_of(url) == expected


@pytest.mark.parametrize(
    ("host", "spellings"),
    [
        (Host("a.example", None), "a.example a.example:443"),
        (Host("a.example", 8443), "a.example a.example:8443"),
        (Host("::1", 5000), "[::1] [::1]:5000"),
    ],
)
def test_spellings_of_a_host(host: Host, spellings: str) -> None:
    assert host.spellings("https") == set(spellings.split())


def test_loopback() -> None:
    assert all(map(urls.is_loopback, ["localhost", "127.0.0.1", "127.1.2.3", "::1"]))
    assert not any(map(urls.is_loopback, ["0.0.0.0", "192.168.1.2", "localhost.example", ""]))


@pytest.mark.parametrize(
    ("base_url", "spellings"),
    [
        (BASE, [BASE, "https://LOOKLOOX.com:443", "HTTPS://LookLoox.com", f"{BASE}."]),
        (BASE, ["http://lookloox.com", "http://lookloox.com:80"]),
        ("https://münchen.example/", ["https://münchen.example", "https://XN--MNCHEN-3YA.example"]),
        ("http://[::1]:5000", ["http://[::1]:5000"]),
    ],
)
def test_every_spelling_of_the_host_is_simulated(base_url: str, spellings: list[str]) -> None:
    with LookLoox(base_url=base_url) as lookloox:
        for url in spellings:
            response = requests.get(f"{url}/api/get_user_info", timeout=5)

            assert response.json()["message"] == "Bad Request, invalid access_token"
            assert Site(lookloox.base_url).holds(url)
        assert [call.endpoint for call in lookloox.calls] == ["get_user_info"] * len(spellings)


@pytest.mark.parametrize(
    "host",
    [
        *("https://www.lookloox.com", "https://lookloox.com.evil.example"),
        *("https://evil-lookloox.com", "https://lookloox.com:8443", "http://lookloox.com:443"),
        "https://lookloox.com@evil.example",
    ],
)
def test_lookalike_host_is_refused(lookloox: LookLoox, host: str) -> None:
    with pytest.raises(requests.ConnectionError, match=r"only https://lookloox\.com is simulated"):
        requests.get(f"{host}/api/oauth", timeout=5)

    assert lookloox.calls == []
    assert not Site(BASE).holds(f"{host}/api/oauth")
