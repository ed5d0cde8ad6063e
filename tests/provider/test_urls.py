"""Addresses: how a base URL is checked, and which spellings lead to the provider's host."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_lookloox.provider import urls

BASE = "https://lookloox.com"
NOT_BASE = "base_url must begin with https:// or http:// and a host, not"
NOT_ALONE = "base_url must be scheme and host alone, such as 'https://lookloox.com', not"
NOT_ABSOLUTE = "redirect_url must be an absolute URL, such as 'http://localhost/callback', not"
NO_WHITE_SPACE = "must not contain white space or line breaks"
NO_PASSWORD = "base_url must not contain a user name or password$"
NOT_ALLOWED = "allowed_hosts takes 'host' or 'host:port', without a scheme, not"


@pytest.mark.parametrize(
    ("check", "values", "expected"),
    [
        (urls.base_url, f"{BASE} {BASE}/ HTTPS://LookLoox.COM {BASE}. {BASE}:443", BASE),
        (urls.base_url, "http://lookloox.com:80", "http://lookloox.com"),
        (urls.base_url, "http://lookloox.com:443", "http://lookloox.com:443"),
        (urls.base_url, "https://münchen.example", "https://xn--mnchen-3ya.example"),
        (urls.base_url, "http://[::1]:5000/", "http://[::1]:5000"),
        (urls.redirect_url, "https://a.example/?b=c", "https://a.example/?b=c"),
        (urls.redirect_url, "myapp://callback", "myapp://callback"),
        (urls.redirect_url, "http://É.test/ü", "http://É.test/ü"),
        (urls.allowed_host, "Files.Example", "files.example"),
        (urls.allowed_host, "bücher.example", "xn--bcher-kva.example"),
        (urls.allowed_host, "::1 [::1]", "[::1]"),
        (urls.allowed_host, "[::1]:8000", "[::1]:8000"),
    ],
)
def test_legal_address(check: Callable[[str], str], values: str, expected: str) -> None:
    assert {check(value) for value in values.split()} == {expected}


@pytest.mark.parametrize(
    ("check", "values", "says"),
    [
        (urls.base_url, ["", "lookloox.com", "//a.b", "ftp://a.b", "https://.."], NOT_BASE),
        (urls.base_url, [f"{BASE}/api", f"{BASE}?x=1", f"{BASE}#x"], NOT_ALONE),
        (urls.base_url, ["https://look loox.com", "https://look\nloox.com"], NO_WHITE_SPACE),
        (urls.base_url, [f"{BASE}:99999"], f"base_url '{BASE}:99999' is not a URL: Port out of"),
        (urls.base_url, [f"https://{'é' * 80}.example"], "is not a URL: .*label"),
        (urls.base_url, ["https://amina:hush@a.example"], NO_PASSWORD),
        (urls.redirect_url, ["", "/callback", "//localhost/b", "http:/callback"], NOT_ABSOLUTE),
        (urls.redirect_url, ["http://:80/"], NOT_ABSOLUTE),
        (urls.redirect_url, ["http://a.example/#b"], "a #fragment, which would swallow the auth"),
        # It becomes a Location header.
        (urls.redirect_url, ["http://a.example/b\r\nSet-Cookie: a=b"], NO_WHITE_SPACE),
        (urls.allowed_host, ["", "https://a.b", "a.b/c", "a.b?c", "a.b#c", "*.a.b"], NOT_ALLOWED),
        (urls.allowed_host, [" files.example"], NO_WHITE_SPACE),
        (urls.allowed_host, ["files.example:http"], "allowed_hosts .* is not a URL"),
    ],
)
def test_illegal_address(check: Callable[[str], str], values: list[str], says: str) -> None:
    for value in values:
        with pytest.raises(ValueError, match=says):
            check(value)


def test_loopback() -> None:
    assert all(map(urls.is_loopback, ["localhost", "127.1.2.3", "::1"]))
    assert not any(map(urls.is_loopback, ["0.0.0.0", "192.168.1.2", "localhost.example", ""]))


@pytest.mark.parametrize(
    ("base_url", "spellings"),
    [
        (BASE, [BASE, "HTTPS://LookLoox.com:443", f"{BASE}.", "http://lookloox.com"]),
        ("https://xn--mnchen-3ya.example", ["https://münchen.example", "HTTPS://MÜNCHEN.example"]),
        ("http://[::1]:5000", ["http://[::1]:5000"]),
    ],
)
def test_every_spelling_of_a_host(base_url: str, spellings: list[str]) -> None:
    assert {urls.host_of(f"{url}/api/oauth") for url in spellings} == {urls.host_of(base_url)}
