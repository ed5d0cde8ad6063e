"""A visitor of the website: a browser without JavaScript."""

from __future__ import annotations

import base64
import html
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote, urljoin

import pytest
import requests
from requests.adapters import HTTPAdapter

from pytest_lookloox.conformance.site import Site
from pytest_lookloox.provider.redaction import redact_url
from pytest_lookloox.provider.urls import host_of, is_loopback

if TYPE_CHECKING:
    from pytest_lookloox.lookloox import LookLoox

_LOGIN_LINK = re.compile(r"https?://[^\s\"'<>]+/api/oauth/?\?[^\s\"'<>]*")


class _Adapter(HTTPAdapter):
    """Sends requests to the site and to Look Loox as it is simulated, and to no other host."""

    # A mock that is open during a test, as pytest-responses opens one, replaces the other.
    _send = HTTPAdapter.send

    def __init__(self, urls: Iterable[str]) -> None:
        super().__init__()
        self._hosts = {host_of(url).name for url in urls}

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        name = host_of(str(request.url)).name
        if name not in self._hosts and not is_loopback(name):
            raise requests.exceptions.InvalidURL(request=request)
        return self._send(request, **options)


class Visitor:
    """A browser with cookies of its own, which follows redirects and login links.

    `page` is what it shows now, from `url`. `callback_url` is where Look Loox sent it last, and
    `answers` is everything that it got from the site.
    """

    def __init__(self, site: Site, provider: LookLoox) -> None:
        self.site = site
        self.page = ""
        self.url = ""
        self.status = 0
        self.callback_url = ""
        self.answers: list[requests.Response] = []
        self._provider = provider
        self._session = requests.Session()
        for prefix in ("http://", "https://"):
            hosts = (site.login_url, site.account_url, provider.app.redirect_url)
            self._session.mount(prefix, _Adapter(hosts))
        # Both servers run on this machine, which a proxy could not reach. Whether a certificate can
        # be trusted matters to the site, which is tested, not to its visitors.
        self._session.trust_env = False
        self._session.verify = False

    @property
    def place(self) -> str:
        """The address of the page, fit to be shown."""
        return redact_url(self.url)

    def open(self, url: str, *, follow: bool = True) -> requests.Response:
        """Open an address; fail for an error of the server's, or no answer."""
        self.page, self.url = "", url
        try:
            response = self._session.get(url, timeout=self.site.patience, allow_redirects=follow)
        except requests.RequestException as error:
            problem = f"gave no answer ({type(error).__name__})"
            if isinstance(error, requests.Timeout):
                problem = f"gave no answer within {self.site.patience:g} seconds"
            elif isinstance(error, requests.TooManyRedirects):
                problem = "redirected without end"
            # Not where the chain of redirects began, but where it broke.
            self.url = (error.request and error.request.url) or url
            if isinstance(error, requests.exceptions.InvalidURL):
                base_url = self._provider.base_url
                _fail(f"led the visitor to {self.place}; here its base URL has to be {base_url}")
            _fail(f"{problem} at {self.place}")
        for hop in (*response.history, response):
            if self._is_of_provider(hop.url):
                self.callback_url = hop.headers.get("Location", "")
            else:
                self.answers.append(hop)
        self.url, self.status = response.url, response.status_code
        if response.status_code >= 500:
            _fail(f"answered with status {response.status_code} at {self.place}")
        # Without a charset, `response.text` would take UTF-8 for Latin-1.
        self.page = html.unescape(response.content.decode(errors="replace"))
        return response

    def log_in(self) -> None:
        """Open the page where a login begins, and follow its login link if it does not redirect.

        Fails if there is no way from there to Look Loox.
        """
        response = self.open(self.site.login_url)
        if any(self._is_of_provider(hop.url) for hop in (*response.history, response)):
            return
        links = _LOGIN_LINK.findall(self.page)
        ours = [link for link in links if self._is_of_provider(link)]
        if not ours and self.signed_in_because():
            return
        if not ours:
            instead = f", but one to {redact_url(links[0])}" if links else ""
            _fail(
                f"has no link or redirect to {self._provider.base_url}/api/oauth at "
                f"{self.place}{instead}"
            )
        self.open(ours[0])

    def signed_in_because(self) -> str:
        """Return what shows that the visitor is signed in, or `""`."""
        return next((sign for sign, holds in self.signs() if holds), "")

    def signs(self) -> Iterator[tuple[str, bool]]:
        """Return what tells that a visitor is signed in, in words, and whether it does now."""
        text, account_url = self.site.signed_in, self.site.account_url
        if text:
            shown = text in self.page
            status = f" (status {self.status})" if self.status >= 400 else ""
            yield f"{self.place} {'shows' if shown else 'does not show'} {text!r}{status}", shown
        if account_url:
            # A redirect may begin a login, at the end of which everyone is signed in.
            opens = self.open(account_url, follow=False).status_code == 200
            yield f"{self.place} {'opens' if opens else 'does not open'}", opens

    def own_page(self) -> str:
        """Return the page that shows who is signed in, opened once more."""
        url = self.site.account_url or self.url
        if url.partition("?")[0] == self._provider.app.redirect_url:
            pytest.skip("cannot tell what the visitor's page is: give --lookloox-account")
        # No redirect: it might begin another login.
        self.open(url, follow=False)
        return self.page

    def _is_of_provider(self, url: str) -> bool:
        # A site may call this machine localhost, too.
        host, own = host_of(url), host_of(self._provider.base_url)
        return host.port == own.port and is_loopback(host.name)

    def leaks(self, *, cookies: bool = False) -> Iterator[str]:
        """Return where the site showed the app's secret, or a token; this in cookies if asked."""
        secrets = {self._provider.app.app_secret: "the app's secret"}
        for call in self._provider.calls:
            if call.endpoint == "authorize" and isinstance(call.body, dict):
                secrets[call.body.get("access_token") or "\0"] = "an access token"
        for answer in self.answers:
            texts = {
                "the page": answer.text,
                "the redirect": answer.headers.get("Location", ""),
                "a cookie": _readable(answer.headers.get("Set-Cookie", "")),
            }
            for place, text in texts.items():
                for secret, name in secrets.items():
                    is_meant = cookies or place != "a cookie" or name == "the app's secret"
                    if secret in text and is_meant:
                        yield f"The site shows {name} in {place} of {redact_url(answer.url)}."


def _fail(problem: str) -> NoReturn:
    pytest.fail(f"The site {problem}.", pytrace=False)


def _readable(cookie: str) -> str:
    """Return a cookie and what is in it in Base64, compressed or not, as in signed sessions."""
    text = unquote(cookie)
    parts = re.findall(r"[\w+/-]{16,}", text, re.ASCII)
    decoded = [base64.urlsafe_b64decode(part[: len(part) // 4 * 4]) for part in parts]
    return text + b"\n".join([*decoded, *map(_inflate, decoded)]).decode(errors="replace")


def _inflate(data: bytes) -> bytes:
    with suppress(zlib.error):
        return zlib.decompressobj().decompress(data)
    return b""


def why_no_login(site: Site, provider: LookLoox) -> str:
    """Return why the site cannot do the good login, with the calls that it made, or `""`."""
    visitor = Visitor(site, provider)
    try:
        # The home page, since a page where a login begins may only redirect.
        for url in (urljoin(site.login_url, "/"), site.login_url):
            with suppress(pytest.fail.Exception):
                visitor.open(url, follow=False)
            if because := visitor.signed_in_because():
                return (
                    f"Before any login, {because}: name a text or an account page that only "
                    "members see."
                )
        visitor.log_in()
        end, missing = visitor.place, [sign for sign, holds in visitor.signs() if not holds]
        profiles = [call for call in provider.calls if call.endpoint == "get_user_info"]
        if not missing and (site.tells or any(call.error is None for call in profiles)):
            return ""
        signs = " and ".join(missing) or f"the visitor ended at {end}"
        problem = f"The site did not sign the visitor in: {signs}."
    except pytest.fail.Exception as failure:
        problem = str(failure)
        if not visitor.answers:
            problem += " Start the site, or let --lookloox-start do it."
    calls = "\n".join(f"  {call}" for call in provider.calls) or "  none"
    app = provider.app
    return (
        f"The good login does not work. {problem}\n"
        f"Look Loox is simulated at {provider.base_url}, for the app {app.app_id!r} with the "
        f"redirect URL {app.redirect_url} (--lookloox-redirect-url). What it was asked:\n{calls}"
    )
