"""The stubs for `requests`: who answers, in every way in which people call it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests
import responses
from requests.adapters import HTTPAdapter
from responses.matchers import request_kwargs_matcher
from urllib3.util import Retry

from pytest_lookloox import LookLoox
from tests.client import TIMEOUT, ask, get_user_info, log_in, visit

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


class KeywordAdapter(HTTPAdapter):
    """An adapter of the test's own that adds a default and passes everything on by name."""

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        return super().send(request, **{**options, "timeout": TIMEOUT})


def session_with(adapter: HTTPAdapter, params: Mapping[str, str] = {}) -> requests.Session:
    session = requests.Session()
    session.params = dict(params)
    for scheme in ("https://", "http://"):
        session.mount(scheme, adapter)
    return session


def send_prepared(url: str, params: Mapping[str, str]) -> requests.Response:
    session = requests.Session()
    prepared = session.prepare_request(requests.Request("GET", url, params=params))
    return session.send(prepared, timeout=TIMEOUT)


WAYS: dict[str, Get] = {
    "params": lambda url, params: requests.get(url, params, timeout=TIMEOUT),
    "ready URL": lambda url, params: requests.get(f"{url}?{urlencode(params)}", timeout=TIMEOUT),
    "method by name": lambda url, params: requests.request(
        "get", url, params=params, timeout=TIMEOUT
    ),
    "session's own params": lambda url, params: session_with(HTTPAdapter(), params).get(
        url, timeout=TIMEOUT
    ),
    "prepared request": send_prepared,
    "positional adapter": lambda url, params: session_with(PositionalAdapter()).get(
        url, params=params, timeout=TIMEOUT
    ),
    "keyword adapter": lambda url, params: session_with(KeywordAdapter()).get(url, params=params),
    "retries": lambda url, params: session_with(HTTPAdapter(max_retries=Retry(3))).get(
        url, params=params, timeout=TIMEOUT
    ),
    "stream": lambda url, params: requests.get(url, params, stream=True, timeout=TIMEOUT),
}
every_way = pytest.mark.parametrize("get", WAYS.values(), ids=WAYS)


@pytest.fixture(autouse=True)
def _requests_is_left_as_found() -> Iterator[None]:
    before = HTTPAdapter.send, responses.RequestsMock._on_request
    yield
    assert (HTTPAdapter.send, responses.RequestsMock._on_request) == before


class TestAnswer:
    @every_way
    def test_login(self, lookloox: LookLoox, get: Get) -> None:
        app = lookloox.app
        credentials = {
            "app_id": app.app_id,
            "app_secret": app.app_secret,
            "auth_key": lookloox.issue_auth_key(),
        }

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

    @pytest.mark.lookloox(strict=False)  # HEAD is outside the API
    @pytest.mark.parametrize("stream", [False, True])
    @pytest.mark.parametrize(
        ("path", "status"),
        [("/api/authorize", 200), ("/api/oauth?app_id=test-app-id", 302), ("", 404)],
    )
    def test_head_gets_no_body(
        self, lookloox: LookLoox, path: str, status: int, stream: bool
    ) -> None:
        answer = requests.head(f"{lookloox.base_url}{path}", timeout=TIMEOUT, stream=stream)

        assert (answer.status_code, answer.content) == (status, b"")

    @pytest.mark.lookloox(approved=False)
    def test_headers_of_bytes_are_read(self, lookloox: LookLoox) -> None:
        page = visit(lookloox, headers={"Accept-Language": b"fr", "Cookie": b"other=1"})

        assert '<html lang="fr"' in page.text

    @pytest.mark.lookloox(strict=False)  # POST is outside the API
    @pytest.mark.parametrize("body", [BytesIO(b"app_id=1"), iter([b"app_id=1"])])
    def test_body_that_is_no_form_is_ignored(self, lookloox: LookLoox, body: Any) -> None:
        answer = requests.post(f"{lookloox.base_url}/consent", data=body, timeout=TIMEOUT)

        assert answer.status_code == 404

    @pytest.mark.lookloox(signed_in=False)
    def test_session_keeps_the_cookie(self, lookloox: LookLoox) -> None:
        with requests.Session() as session:
            choice = {"app_id": lookloox.app.app_id, "user_id": lookloox.user["user_id"]}
            url = f"{lookloox.base_url}/sign-in"
            session.post(url, choice, allow_redirects=False, timeout=TIMEOUT)

            assert visit(lookloox, session=session).status_code == 302

    @pytest.mark.lookloox_cassette("login")
    @pytest.mark.lookloox(strict=False)
    def test_what_a_recording_does_not_have_is_refused(self, lookloox: LookLoox) -> None:
        with pytest.raises(requests.ConnectionError, match="recorded") as refused:
            get_user_info(lookloox, "unknown")

        assert isinstance(lookloox.stub.calls[0].response, requests.ConnectionError)
        assert refused.value.request is not None

    def test_threads_are_answered_side_by_side(self, lookloox: LookLoox) -> None:
        ids = [str(number) for number in range(20)]
        tokens = [
            lookloox.issue_access_token({**lookloox.user, "user_id": user_id}) for user_id in ids
        ]

        with ThreadPoolExecutor(8) as pool:
            answers = pool.map(lambda token: get_user_info(lookloox, token).json(), tokens)

        assert [answer["user_info"]["user_id"] for answer in answers] == ids

    def test_no_memory_is_kept(self) -> None:
        def visit_once() -> None:
            with LookLoox() as provider:
                visit(provider)

        visit_once()
        gc.collect()
        gc.disable()
        try:
            visit_once()
            assert gc.collect() == 0
        finally:
            gc.enable()

    @pytest.mark.lookloox(redirect_url="http://localhost/łódź")
    def test_redirect_may_hold_any_letter(self, lookloox: LookLoox) -> None:
        location = visit(lookloox).headers["Location"]
        assert location.encode("latin-1").decode().startswith("http://localhost/łódź?auth_key=")


class TestMock:
    """`lookloox.stub` behaves as if the provider's answers were stubs of its own."""

    def test_it_keeps_the_calls(self, lookloox: LookLoox) -> None:
        lookloox.inject_fault("connection_reset@get_user_info")

        answer = ask(lookloox, "authorize", {"app_id": "1"})
        with pytest.raises(requests.ConnectionError):
            get_user_info(lookloox, "token")

        answered, reset = lookloox.stub.calls
        assert answered.response is answer  # type: ignore[comparison-overlap]
        assert answered.request.params == {"app_id": "1"}  # type: ignore[attr-defined]
        assert answered.request.req_kwargs["timeout"] == TIMEOUT  # type: ignore[attr-defined]
        assert isinstance(reset.response, requests.ConnectionError)
        assert lookloox.stub.assert_call_count(f"{lookloox.base_url}/api/authorize?app_id=1", 1)

    def test_its_response_callback_gets_the_answers(self, lookloox: LookLoox) -> None:
        def stamp(answer: requests.Response) -> requests.Response:
            answer.headers["X-Seen"] = "yes"
            return answer

        lookloox.stub.response_callback = stamp

        answer = ask(lookloox, "authorize", {})

        assert answer.headers["X-Seen"] == "yes"
        assert lookloox.stub.calls[0].response is answer  # type: ignore[comparison-overlap]

    def test_stubs_get_options_by_name(self, lookloox: LookLoox) -> None:
        expected = {"stream": True, "timeout": TIMEOUT, "verify": False, "cert": None}
        lookloox.stub.get(SHOP, match=[request_kwargs_matcher(expected)])

        with session_with(PositionalAdapter()) as session:
            assert session.get(SHOP, stream=True, timeout=TIMEOUT, verify=False).ok

    def test_stub_is_retried_by_the_clients_policy(self, lookloox: LookLoox) -> None:
        stub = lookloox.stub.get(SHOP, status=503)
        session = session_with(HTTPAdapter(max_retries=Retry(2, status_forcelist=[503])))

        with session, pytest.raises(requests.exceptions.RetryError):
            session.get(SHOP, timeout=TIMEOUT)

        assert stub.call_count == 3


class TestRedirectToTheApp:
    def test_without_a_server_its_refusal_points_to_approve(self, lookloox: LookLoox) -> None:
        with pytest.raises(requests.ConnectionError) as refused:
            requests.get(lookloox.app.login_url, timeout=TIMEOUT)

        message = str(refused.value)
        assert "GET http://localhost/callback?auth_key=*** was refused" in message
        assert "client.get(lookloox.approve())" in message
        assert "allow_redirects=False" in message
        assert "allowed_hosts=['localhost']" in message

    def test_host_of_another_app_is_known_too(self, lookloox: LookLoox) -> None:
        app = lookloox.register_app(redirect_url="https://other.invalid:8443/back")

        with pytest.raises(requests.ConnectionError, match=r"lookloox\.approve\(\)"):
            requests.get(app.login_url, timeout=TIMEOUT)

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
            SHOP,
            "https://www.lookloox.com/api/authorize",
            "https://lookloox.com.invalid/api/authorize",
            "https://lookloox.com@elsewhere.invalid/api/authorize",
            "https://elsewhere.invalid/https://lookloox.com/api/authorize",
            "https://elsewhere.invalid#@lookloox.com/api/authorize",
            "https://lookloox.com:8443/api/authorize",
            "http://127.0.0.1:9/",
            "http://[::1]:9/",
        ],
    )
    def test_every_other_host(self, lookloox: LookLoox, url: str) -> None:
        with pytest.raises(requests.ConnectionError, match="was refused: only https://lookloox"):
            requests.get(url, timeout=TIMEOUT)

        assert lookloox.calls == []

    @every_way
    def test_every_way_to_call(self, lookloox: LookLoox, get: Get) -> None:
        with pytest.raises(requests.ConnectionError, match="was refused"):
            get(SHOP, {"page": "2"})

    def test_it_names_the_url_and_both_ways_out(self, lookloox: LookLoox) -> None:
        with pytest.raises(requests.ConnectionError) as refused:
            requests.post(f"{SHOP}?page=2", json={}, timeout=TIMEOUT)

        message = str(refused.value)
        assert f"POST {SHOP}?page=2 was refused" in message
        assert f"lookloox.stub.post('{SHOP}', …)" in message
        assert "@pytest.mark.lookloox(allowed_hosts=['shop.invalid'])" in message
        assert refused.value.request is not None
        assert refused.value.request.url == f"{SHOP}?page=2"

    def test_it_shows_no_secret(self, lookloox: LookLoox) -> None:
        secrets = {"app_secret": "first-secret", "auth_key": "second", "access_token": "third"}

        with pytest.raises(requests.ConnectionError) as refused:
            requests.get("https://user:fourth@shop.invalid/", secrets, timeout=TIMEOUT)

        message = str(refused.value)
        assert "app_secret=***&auth_key=***&access_token=***" in message
        assert [secret for secret in (*secrets.values(), "fourth") if secret in message] == []

    def test_real_server_is_not_reached(self, real_server: str, lookloox: LookLoox) -> None:
        with pytest.raises(requests.ConnectionError, match="was refused"):
            requests.get(real_server, timeout=TIMEOUT)


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
            for other in ("http://127.0.0.1:9/", SHOP):
                with pytest.raises(requests.ConnectionError, match="was refused"):
                    requests.get(other, timeout=TIMEOUT)

    def test_provider_stays_simulated_though_it_is_named(self) -> None:
        with LookLoox(base_url="http://127.0.0.1:9", allowed_hosts=["127.0.0.1"]) as provider:
            assert ask(provider, "authorize", {}).json()["error"] is True


class TestOpening:
    def test_twice_is_refused(self, lookloox: LookLoox) -> None:
        with pytest.raises(RuntimeError, match="open already"):
            lookloox.start()

    def test_closing_twice_is_harmless_and_gives_the_network_back(self, real_server: str) -> None:
        with requests.Session() as session:
            provider = LookLoox()
            provider.start()
            assert log_in(provider, session=session) == provider.user
            provider.stop()
            provider.stop()

            assert session.get(real_server, timeout=TIMEOUT).text == "real "
        with provider:
            assert log_in(provider) == provider.user


class TestTwoProviders:
    def test_each_answers_for_its_own_host(self) -> None:
        with LookLoox() as provider, LookLoox(base_url="https://sister.invalid") as sister:
            assert [log_in(each) for each in (provider, sister)] == [provider.user, sister.user]
            with pytest.raises(
                requests.ConnectionError,
                match=r"only https://sister\.invalid, https://lookloox\.com is simulated",
            ):
                requests.get(SHOP, timeout=TIMEOUT)

        assert [len(each.calls) for each in (provider, sister)] == [2, 2]

    def test_of_one_host_the_one_opened_last_answers(self) -> None:
        with LookLoox() as provider, LookLoox(user={"user_id": "7"}) as inner:
            assert log_in(inner)["user_id"] == "7"

        assert provider.calls == []

    def test_they_may_be_closed_in_any_order(self) -> None:
        first, second = LookLoox(), LookLoox(base_url="https://sister.invalid")
        first.start()
        second.start()
        first.stop()

        assert log_in(second) == second.user
        with pytest.raises(requests.ConnectionError, match=r"only https://sister\.invalid is"):
            ask(first, "authorize", {})

        second.stop()
