"""The stubs for `requests`: who answers, in every way in which people call it."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any
from unittest.mock import MagicMock
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from responses.matchers import request_kwargs_matcher
from urllib3.util import Retry

from pytest_lookloox import LookLoox
from tests.client import TIMEOUT, ask, log_in, visit

SHOP = "https://shop.invalid/orders"

Get = Callable[[str, Mapping[str, str]], requests.Response]


class PositionalAdapter(HTTPAdapter):
    """An adapter of the test's own that passes everything on by position."""

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        return super().send(request, stream, timeout, verify, cert, proxies)


def session_with(adapter: HTTPAdapter) -> requests.Session:
    session = requests.Session()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def get_by(adapter: HTTPAdapter) -> Get:
    return lambda url, params: session_with(adapter).get(url, params=params, timeout=TIMEOUT)


def send_prepared(url: str, params: Mapping[str, str]) -> requests.Response:
    session = requests.Session()
    prepared = session.prepare_request(requests.Request("GET", url, params=params))
    return session.send(prepared, timeout=TIMEOUT)


WAYS: dict[str, Get] = {
    "params": lambda url, params: requests.get(url, params, timeout=TIMEOUT),
    "ready URL": lambda url, params: requests.get(f"{url}?{urlencode(params)}", timeout=TIMEOUT),
    "prepared request": send_prepared,
    "positional adapter": get_by(PositionalAdapter()),
    "retries": get_by(HTTPAdapter(max_retries=Retry(3))),
    "stream": lambda url, params: requests.get(url, params, stream=True, timeout=TIMEOUT),
}
every_way = pytest.mark.parametrize("get", WAYS.values(), ids=WAYS)


class TestAnswer:
    @every_way
    def test_login(self, lookloox: LookLoox, get: Get) -> None:
        app, key = lookloox.app, lookloox.issue_auth_key()
        credentials = {"app_id": app.app_id, "app_secret": app.app_secret, "auth_key": key}

        token = get(f"{lookloox.base_url}/api/authorize", credentials).json()
        profile = get(f"{lookloox.base_url}/api/get_user_info", token).json()

        assert profile == {"user_info": lookloox.user}
        assert [call.params for call in lookloox.calls] == [credentials, token]

    def test_it_has_what_a_real_one_has(self, lookloox: LookLoox) -> None:
        answer = requests.get(f"{lookloox.base_url}/api/authorize?app_id=", timeout=TIMEOUT)

        assert (answer.status_code, answer.reason, answer.ok) == (200, "OK", True)
        assert answer.url == f"{lookloox.base_url}/api/authorize?app_id="
        assert answer.headers["Content-Length"] == str(len(answer.content))
        assert answer.encoding == "utf-8"

    def test_streamed_body_is_read_piece_by_piece(self, lookloox: LookLoox) -> None:
        whole = ask(lookloox, "authorize", {}).content

        with ask(lookloox, "authorize", {}, stream=True) as answer:
            pieces = [answer.raw.read(10), *answer.iter_content(chunk_size=10)]

        assert len(pieces) > 1
        assert b"".join(pieces) == whole

    @pytest.mark.lookloox(strict=False)  # POST is outside the API
    @pytest.mark.parametrize("body", [BytesIO(b"app_id=1"), iter([b"app_id=1"])])
    def test_body_that_is_no_form_is_ignored(self, lookloox: LookLoox, body: Any) -> None:
        answer = requests.post(f"{lookloox.base_url}/consent", data=body, timeout=TIMEOUT)

        assert answer.status_code == 404

    @pytest.mark.lookloox(redirect_url="http://localhost/łódź")
    def test_redirect_may_hold_any_letter(self, lookloox: LookLoox) -> None:
        location = visit(lookloox).headers["Location"]
        assert location.encode("latin-1").decode().startswith("http://localhost/łódź?auth_key=")


def test_stubs_get_options_by_name(lookloox: LookLoox) -> None:
    expected = {"stream": True, "timeout": TIMEOUT, "verify": False, "cert": None}
    lookloox.stub.get(SHOP, match=[request_kwargs_matcher(expected)])

    with session_with(PositionalAdapter()) as session:
        assert session.get(SHOP, stream=True, timeout=TIMEOUT, verify=False).ok


class TestRedirectToTheApp:
    @pytest.mark.parametrize("redirect_url", ["http://localhost/callback", "https://b.invalid:84/"])
    def test_refusal_points_to_approve(self, lookloox: LookLoox, redirect_url: str) -> None:
        """The host of every app is known."""
        app = lookloox.register_app(redirect_url=redirect_url)
        with pytest.raises(requests.ConnectionError) as refused:
            requests.get(app.login_url, timeout=TIMEOUT)

        message = str(refused.value)
        assert f"GET {redirect_url}?auth_key=*** was refused" in message
        assert "client.get(lookloox.approve())" in message
        assert "allow_redirects=False" in message
        assert f"allowed_hosts=['{urlsplit(redirect_url).netloc}']" in message

    def test_it_is_followed_to_a_stub(self, lookloox: LookLoox) -> None:
        lookloox.stub.get(lookloox.app.redirect_url, body="welcome")

        answer = requests.get(lookloox.app.login_url, timeout=TIMEOUT)

        assert answer.text == "welcome"
        assert [hop.status_code for hop in answer.history] == [302]

    def test_it_is_followed_to_an_app_that_listens(self, real_server: str) -> None:
        hosts = [urlsplit(real_server).netloc]
        with LookLoox(redirect_url=f"{real_server}/callback", allowed_hosts=hosts) as provider:
            assert requests.get(provider.app.login_url, timeout=TIMEOUT).text == "real "


class TestRefusal:
    @pytest.mark.parametrize(
        "url",
        [
            *(SHOP, "http://[::1]:9/", "https://lookloox.com:8443/", "http://lookloox.com:443/"),
            *("https://www.lookloox.com/", "https://lookloox.com.invalid/"),
            *("https://evil-lookloox.com/", "https://lookloox.com@elsewhere.invalid/api/authorize"),
            "https://elsewhere.invalid/https://lookloox.com/api/authorize",
        ],
    )
    def test_every_other_host(self, lookloox: LookLoox, url: str) -> None:
        with pytest.raises(requests.ConnectionError, match="was refused: only https://lookloox"):
            requests.get(url, timeout=TIMEOUT)

        assert lookloox.calls == []

    def test_it_names_the_url_and_both_ways_out_and_no_secret(self, lookloox: LookLoox) -> None:
        secrets = {"app_secret": "first-secret", "auth_key": "second", "access_token": "third"}

        with pytest.raises(requests.ConnectionError) as refused:
            requests.post(f"https://user:fourth@{SHOP[8:]}", params=secrets, timeout=TIMEOUT)

        message = str(refused.value)
        redacted = "app_secret=***&auth_key=***&access_token=***"
        assert f"POST {SHOP}?{redacted} was refused" in message
        assert f"lookloox.stub.post('{SHOP}', …)" in message
        assert "@pytest.mark.lookloox(allowed_hosts=['shop.invalid'])" in message
        assert [secret for secret in (*secrets.values(), "fourth") if secret in message] == []
        assert refused.value.request is not None


class TestAllowedHosts:
    @every_way
    def test_every_way_to_call_reaches_them(self, real_server: str, get: Get) -> None:
        with LookLoox(allowed_hosts=["127.0.0.1"]):
            assert get(f"{real_server}/orders", {"page": "2"}).text == "real "

    @pytest.mark.parametrize("body", ["text", b"text", BytesIO(b"text")])
    def test_bodies_reach_them(self, real_server: str, body: Any) -> None:
        with LookLoox(allowed_hosts=["127.0.0.1"]):
            assert requests.post(real_server, data=body, timeout=TIMEOUT).text == "real text"

    def test_host_with_a_port_allows_only_that_port(self, real_server: str) -> None:
        with LookLoox(allowed_hosts=[urlsplit(real_server).netloc]):
            assert requests.get(real_server, timeout=TIMEOUT).text == "real "
            with pytest.raises(requests.ConnectionError, match="was refused"):
                requests.get("http://127.0.0.1:9/", timeout=TIMEOUT)

    def test_provider_stays_simulated_though_it_is_named(self) -> None:
        with LookLoox(base_url="http://127.0.0.1:9", allowed_hosts=["127.0.0.1"]) as provider:
            assert ask(provider, "authorize", {}).json()["error"] is True


class TestOpening:
    def test_opening_and_closing_twice(self, real_server: str) -> None:
        with requests.Session() as session, LookLoox() as provider:
            with pytest.raises(RuntimeError, match="open already"):
                provider.start()
            assert log_in(provider, session=session) == provider.user
            provider.stop()
            assert session.get(real_server, timeout=TIMEOUT).text == "real "
        with provider:
            assert log_in(provider) == provider.user

    def test_patch_of_the_tests_own_is_put_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        own = MagicMock()
        monkeypatch.setattr(HTTPAdapter, "send", own)
        with LookLoox() as provider:
            assert log_in(provider) == provider.user
        assert HTTPAdapter.send is own

    def test_patch_of_the_tests_own_may_be_undone_late(
        self, real_server: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(HTTPAdapter, "send", HTTPAdapter.send)  # undone after all else
        with pytest.MonkeyPatch.context() as late:
            with LookLoox():
                late.setattr(HTTPAdapter, "send", lambda *_, **__: requests.Response())
            assert requests.get(real_server, timeout=TIMEOUT).status_code is None

        assert requests.get(real_server, timeout=TIMEOUT).text == "real "


class TestTwoProviders:
    def test_each_answers_for_its_own_host(self) -> None:
        with LookLoox() as provider, LookLoox(base_url="https://sister.invalid") as sister:
            assert [log_in(each) for each in (provider, sister)] == [provider.user, sister.user]
            says = r"only https://sister\.invalid, https://lookloox\.com is simulated"
            with pytest.raises(requests.ConnectionError, match=says):
                requests.get(SHOP, timeout=TIMEOUT)

        assert [len(each.calls) for each in (provider, sister)] == [2, 2]

    def test_of_one_host_the_one_opened_last_answers(self) -> None:
        with LookLoox() as provider, LookLoox(user={"user_id": "7"}) as inner:
            assert log_in(inner)["user_id"] == "7"
        assert provider.calls == []


def test_large_upload_is_searched_in_part(lookloox: LookLoox) -> None:
    lookloox.stub.post("https://shop.invalid/", body="ok")
    upload = b"x" * 30_000_000
    tracemalloc.start()

    requests.post("https://shop.invalid/", data=upload, timeout=5)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000
