"""The stubs, for every way in which people call `requests`."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Thread
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests
import responses
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from pytest_lookloox import LookLoox

TIMEOUT = 5
ELSEWHERE = "https://elsewhere.invalid/orders"

Way = Callable[[str, Mapping[str, str]], requests.Response]


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Keep stderr clean."""

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"real " + body)


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a real server, on a free port of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answer) as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


class PositionalAdapter(HTTPAdapter):
    """An adapter of the test's own that hands everything on by position."""

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
    """An adapter of the test's own that adds a default and hands everything on by name."""

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        return super().send(request, **{**options, "timeout": TIMEOUT})


def session_with(adapter: HTTPAdapter) -> requests.Session:
    session = requests.Session()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def get_with_params(url: str, params: Mapping[str, str]) -> requests.Response:
    return requests.get(url, params=params, timeout=TIMEOUT)


def get_with_ready_url(url: str, params: Mapping[str, str]) -> requests.Response:
    return requests.get(f"{url}?{urlencode(params)}", timeout=TIMEOUT)


def request_by_method_name(url: str, params: Mapping[str, str]) -> requests.Response:
    return requests.request("get", url, params=params, timeout=TIMEOUT)


def session_get(url: str, params: Mapping[str, str]) -> requests.Response:
    with requests.Session() as session:
        return session.get(url, params=params, timeout=TIMEOUT)


def session_with_params_of_its_own(url: str, params: Mapping[str, str]) -> requests.Response:
    with requests.Session() as session:
        session.params = dict(params)
        return session.get(url, timeout=TIMEOUT)


def session_sends_prepared(url: str, params: Mapping[str, str]) -> requests.Response:
    with requests.Session() as session:
        prepared = session.prepare_request(requests.Request("GET", url, params=params))
        return session.send(prepared, timeout=TIMEOUT)


def positional_adapter(url: str, params: Mapping[str, str]) -> requests.Response:
    with session_with(PositionalAdapter()) as session:
        return session.get(url, params=params, timeout=TIMEOUT)


def keyword_adapter(url: str, params: Mapping[str, str]) -> requests.Response:
    with session_with(KeywordAdapter()) as session:
        return session.get(url, params=params)


def adapter_with_retry(url: str, params: Mapping[str, str]) -> requests.Response:
    retry = Retry(total=3, status_forcelist=[500, 502, 503])
    with session_with(HTTPAdapter(max_retries=retry)) as session:
        return session.get(url, params=params, timeout=TIMEOUT)


def streamed(url: str, params: Mapping[str, str]) -> requests.Response:
    return requests.get(url, params=params, stream=True, timeout=TIMEOUT)


WAYS = [
    get_with_params,
    get_with_ready_url,
    request_by_method_name,
    session_get,
    session_with_params_of_its_own,
    session_sends_prepared,
    positional_adapter,
    keyword_adapter,
    adapter_with_retry,
    streamed,
]


def test_options_passed_by_position_keep_their_names(lookloox: LookLoox) -> None:
    expected = {"stream": True, "timeout": TIMEOUT, "verify": False, "cert": None}
    lookloox.stub.get(ELSEWHERE, match=[responses.matchers.request_kwargs_matcher(expected)])

    with session_with(PositionalAdapter()) as session:
        answer = session.get(ELSEWHERE, stream=True, timeout=TIMEOUT, verify=False)

    assert answer.status_code == 200


@pytest.mark.parametrize("get", WAYS)
def test_every_way_to_call_requests_logs_in(lookloox: LookLoox, get: Way) -> None:
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


def test_a_streamed_answer_is_read_piece_by_piece(lookloox: LookLoox) -> None:
    url = f"{lookloox.base_url}/api/authorize"
    whole = requests.get(url, timeout=TIMEOUT).content

    with requests.get(url, stream=True, timeout=TIMEOUT) as answer:
        pieces = list(answer.iter_content(chunk_size=10))

    assert len(pieces) > 1
    assert b"".join(pieces) == whole


@pytest.mark.lookloox(error_status=503)
def test_a_retry_policy_is_followed_to_its_end(lookloox: LookLoox) -> None:
    retry = Retry(total=2, status_forcelist=[503], backoff_factor=0)

    with (
        session_with(HTTPAdapter(max_retries=retry)) as session,
        pytest.raises(requests.exceptions.RetryError),
    ):
        session.get(f"{lookloox.base_url}/api/authorize", timeout=TIMEOUT)

    assert [call.status for call in lookloox.calls] == [503, 503, 503]


@pytest.mark.lookloox(error_status=503)
def test_a_retry_policy_may_give_the_last_answer_back(lookloox: LookLoox) -> None:
    retry = Retry(total=1, status_forcelist=[503], backoff_factor=0, raise_on_status=False)

    with session_with(HTTPAdapter(max_retries=retry)) as session:
        answer = session.get(f"{lookloox.base_url}/api/authorize", timeout=TIMEOUT)

    assert answer.status_code == 503
    assert len(lookloox.calls) == 2


def test_the_mock_keeps_the_providers_calls(lookloox: LookLoox) -> None:
    lookloox.inject_fault("connection_reset@get_user_info")
    url = f"{lookloox.base_url}/api/authorize"

    answer = requests.get(url, params={"app_id": "1"}, timeout=TIMEOUT)
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{lookloox.base_url}/api/get_user_info", timeout=TIMEOUT)

    answered, reset = lookloox.stub.calls
    assert answered.response is answer  # type: ignore[comparison-overlap]
    assert answered.request.params == {"app_id": "1"}  # type: ignore[attr-defined]
    assert isinstance(reset.response, Exception)
    assert lookloox.stub.assert_call_count(f"{url}?app_id=1", 1)


def test_a_response_callback_gets_the_providers_answers(lookloox: LookLoox) -> None:
    def stamped(answer: requests.Response) -> requests.Response:
        answer.headers["X-Seen"] = "yes"
        return answer

    lookloox.stub.response_callback = stamped

    answer = requests.get(f"{lookloox.base_url}/api/authorize", timeout=TIMEOUT)

    assert answer.headers["X-Seen"] == "yes"
    assert lookloox.stub.calls[0].response is answer  # type: ignore[comparison-overlap]


def test_a_mock_that_is_reset_has_the_provider_behind_it_still(lookloox: LookLoox) -> None:
    lookloox.stub.get(ELSEWHERE)

    lookloox.stub.reset()

    assert requests.get(f"{lookloox.base_url}/api/authorize", timeout=TIMEOUT).status_code == 200
    with pytest.raises(requests.ConnectionError, match="was refused"):
        requests.get(ELSEWHERE, timeout=TIMEOUT)


@pytest.mark.lookloox(approved=False)
def test_header_of_bytes_is_read(lookloox: LookLoox) -> None:
    headers = {"Accept-Language": b"fr", "Cookie": b"other=1"}

    page = requests.get(lookloox.app.login_url, headers=headers, timeout=TIMEOUT)

    assert '<html lang="fr"' in page.text


def test_nothing_that_a_test_asked_outlives_it() -> None:
    def log_in() -> None:
        with LookLoox() as provider:
            requests.get(provider.app.login_url, allow_redirects=False, timeout=TIMEOUT)

    log_in()
    gc.collect()
    gc.disable()
    try:
        log_in()
        assert gc.collect() == 0
    finally:
        gc.enable()


@pytest.mark.lookloox(strict=False)  # HEAD is outside the API
@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/authorize", 200), ("/api/oauth?app_id=test-app-id", 302), ("/", 404)],
)
def test_head_gets_the_status_and_no_body(lookloox: LookLoox, path: str, status: int) -> None:
    answer = requests.head(f"{lookloox.base_url}{path}", timeout=TIMEOUT)

    assert (answer.status_code, answer.content) == (status, b"")


def test_answers_carry_the_reason_and_the_asked_url(lookloox: LookLoox) -> None:
    answer = requests.get(f"{lookloox.base_url}/api/authorize?app_id=", timeout=TIMEOUT)

    assert (answer.reason, answer.ok) == ("OK", True)
    assert answer.url == f"{lookloox.base_url}/api/authorize?app_id="


def test_threads_are_answered_side_by_side(lookloox: LookLoox) -> None:
    tokens = [
        lookloox.issue_access_token({**lookloox.user, "user_id": str(user_id)})
        for user_id in range(20)
    ]

    def user_id_of(token: str) -> str:
        answer = get_with_params(
            f"{lookloox.base_url}/api/get_user_info", {"access_token": token}
        ).json()
        return str(answer["user_info"]["user_id"])

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(user_id_of, tokens))

    assert found == [str(user_id) for user_id in range(20)]


class TestRedirect:
    def test_it_is_given_back_when_it_is_not_followed(self, lookloox: LookLoox) -> None:
        answer = requests.get(lookloox.app.login_url, allow_redirects=False, timeout=TIMEOUT)

        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("http://localhost/callback?auth_key=")

    def test_following_it_to_the_apps_own_host_points_to_approve(self, lookloox: LookLoox) -> None:
        with pytest.raises(requests.ConnectionError) as refused:
            requests.get(lookloox.app.login_url, timeout=TIMEOUT)

        message = str(refused.value)
        assert "GET http://localhost/callback?auth_key=*** was refused" in message
        assert "client.get(lookloox.approve())" in message
        assert "allow_redirects=False" in message
        assert "allowed_hosts=['localhost']" in message

    def test_another_apps_host_is_known_as_an_apps_too(self, lookloox: LookLoox) -> None:
        app = lookloox.register_app(redirect_url="https://other.invalid:8443/back")

        with pytest.raises(requests.ConnectionError, match=r"lookloox\.approve\(\)"):
            requests.get(app.login_url, timeout=TIMEOUT)

    def test_it_is_followed_to_an_app_that_is_stubbed(self, lookloox: LookLoox) -> None:
        lookloox.stub.get(lookloox.app.redirect_url, body="welcome")

        answer = requests.get(lookloox.app.login_url, timeout=TIMEOUT)

        assert answer.text == "welcome"
        assert [hop.status_code for hop in answer.history] == [302]

    def test_it_is_followed_to_an_app_that_really_listens(self, server: str) -> None:
        with LookLoox(
            redirect_url=f"{server}/callback", allowed_hosts=[urlsplit(server).netloc]
        ) as provider:
            answer = requests.get(provider.app.login_url, timeout=TIMEOUT)

        assert answer.text == "real "


class TestRefusal:
    @pytest.mark.parametrize(
        "url",
        [
            ELSEWHERE,
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
    def test_any_other_host_is_refused(self, lookloox: LookLoox, url: str) -> None:
        with pytest.raises(requests.ConnectionError, match="was refused: only https://lookloox"):
            requests.get(url, timeout=TIMEOUT)

        assert lookloox.calls == []

    @pytest.mark.parametrize("get", WAYS)
    def test_every_way_to_call_requests_is_covered(self, lookloox: LookLoox, get: Way) -> None:
        with pytest.raises(requests.ConnectionError, match="was refused"):
            get(ELSEWHERE, {"page": "2"})

    def test_it_names_the_url_and_both_ways_out(self, lookloox: LookLoox) -> None:
        with pytest.raises(requests.ConnectionError) as refused:
            requests.post(f"{ELSEWHERE}?page=2", json={}, timeout=TIMEOUT)

        message = str(refused.value)
        assert f"POST {ELSEWHERE}?page=2 was refused" in message
        assert f"lookloox.stub.post('{ELSEWHERE}', …)" in message
        assert "@pytest.mark.lookloox(allowed_hosts=['elsewhere.invalid'])" in message
        assert refused.value.request is not None
        assert refused.value.request.url == f"{ELSEWHERE}?page=2"

    def test_it_shows_no_secret(self, lookloox: LookLoox) -> None:
        secrets = {"app_secret": "first-secret", "auth_key": "second", "access_token": "third"}

        with pytest.raises(requests.ConnectionError) as refused:
            requests.get("https://user:fourth@elsewhere.invalid/", params=secrets, timeout=TIMEOUT)

        message = str(refused.value)
        assert "app_secret=***&auth_key=***&access_token=***" in message
        assert not {word for word in (*secrets.values(), "fourth") if word in message}

    def test_the_stub_it_proposes_answers(self, lookloox: LookLoox) -> None:
        lookloox.stub.get(ELSEWHERE, json={"orders": []})

        assert requests.get(ELSEWHERE, timeout=TIMEOUT).json() == {"orders": []}

    def test_a_real_server_is_not_reached(self, server: str) -> None:
        with LookLoox(), pytest.raises(requests.ConnectionError, match="was refused"):
            requests.get(server, timeout=TIMEOUT)


class TestAllowedHosts:
    @pytest.mark.parametrize("get", WAYS)
    def test_every_way_to_call_requests_reaches_them(self, server: str, get: Way) -> None:
        with LookLoox(allowed_hosts=["127.0.0.1"]):
            assert get(f"{server}/orders", {"page": "2"}).text == "real "

    @pytest.mark.parametrize("body", ["text", b"text"])
    def test_a_body_reaches_them(self, server: str, body: str | bytes) -> None:
        with LookLoox(allowed_hosts=["127.0.0.1"]):
            assert requests.post(server, data=body, timeout=TIMEOUT).text == "real text"

    def test_a_file_as_a_body_reaches_them(self, server: str) -> None:
        with LookLoox(allowed_hosts=["127.0.0.1"]):
            answer = requests.post(server, data=BytesIO(b"text"), timeout=TIMEOUT)

        assert answer.text == "real text"

    def test_a_host_with_a_port_allows_that_port_only(self, server: str) -> None:
        with LookLoox(allowed_hosts=[urlsplit(server).netloc]):
            assert requests.get(server, timeout=TIMEOUT).text == "real "
            with pytest.raises(requests.ConnectionError, match="was refused"):
                requests.get("http://127.0.0.1:9/", timeout=TIMEOUT)

    def test_another_port_does_not_allow_this_one(self, server: str) -> None:
        with (
            LookLoox(allowed_hosts=["127.0.0.1:9"]),
            pytest.raises(requests.ConnectionError, match="was refused"),
        ):
            requests.get(server, timeout=TIMEOUT)

    def test_every_other_host_stays_refused(self) -> None:
        with (
            LookLoox(allowed_hosts=["127.0.0.1"]),
            pytest.raises(requests.ConnectionError, match="was refused"),
        ):
            requests.get(ELSEWHERE, timeout=TIMEOUT)

    def test_the_provider_stays_simulated_when_it_is_named(self) -> None:
        with LookLoox(base_url="http://127.0.0.1:9", allowed_hosts=["127.0.0.1"]) as provider:
            answer = requests.get(f"{provider.base_url}/api/authorize", timeout=TIMEOUT)

        assert answer.json()["error"] is True

    @pytest.mark.parametrize(
        ("allowed", "url"),
        [
            ("ELSEWHERE.invalid", "https://elsewhere.INVALID/"),
            ("elsewhere.invalid:443", "https://elsewhere.invalid/"),
            ("::1", "http://[::1]:9/"),
            ("[::1]:9", "http://[::1]:9/"),
            ("bücher.invalid", "https://bücher.invalid/"),
            ("xn--bcher-kva.invalid", "https://bücher.invalid/"),
        ],
    )
    def test_spellings_of_a_host(
        self, monkeypatch: pytest.MonkeyPatch, allowed: str, url: str
    ) -> None:
        class ReachedTheNetwork(Exception):  # noqa: N818 - it is no error
            pass

        def urlopen(*args: Any, **options: Any) -> None:
            raise ReachedTheNetwork

        monkeypatch.setattr("urllib3.connectionpool.HTTPConnectionPool.urlopen", urlopen)
        with LookLoox(allowed_hosts=[allowed]), pytest.raises(ReachedTheNetwork):
            requests.get(url, timeout=TIMEOUT)


class TestStubThatLetsThrough:
    """A test's own mock may let a host through, if it says which."""

    def test_a_prefix_that_names_the_host_is_honoured(self, server: str) -> None:
        with LookLoox(), responses.RequestsMock(passthru_prefixes=(server,)):
            assert requests.get(server, timeout=TIMEOUT).text == "real "

    def test_so_is_a_pattern(self, server: str) -> None:
        prefix = re.compile(r"http://127\.0\.0\.1:\d+/")
        with LookLoox(), responses.RequestsMock(passthru_prefixes=(prefix,)):  # type: ignore[arg-type]
            assert requests.get(server, timeout=TIMEOUT).text == "real "

    def test_so_is_one_of_a_mock_opened_before(self, server: str) -> None:
        with responses.RequestsMock(passthru_prefixes=(server,)), LookLoox():
            assert requests.get(server, timeout=TIMEOUT).text == "real "

    def test_so_is_one_of_the_providers_mock(self, server: str) -> None:
        with LookLoox() as provider:
            provider.stub.add_passthru(server)

            assert requests.get(server, timeout=TIMEOUT).text == "real "

    def test_so_is_one_of_the_module_and_it_ends_with_the_provider(self, server: str) -> None:
        with LookLoox():
            responses.add_passthru(server)
            assert requests.get(server, timeout=TIMEOUT).text == "real "

        with LookLoox(), pytest.raises(requests.ConnectionError, match="was refused"):
            requests.get(server, timeout=TIMEOUT)

    def test_a_stub_that_passes_through_is_honoured(self, server: str) -> None:
        with LookLoox() as provider:
            provider.stub.add(responses.PassthroughResponse("GET", f"{server}/orders"))

            assert requests.get(f"{server}/orders", timeout=TIMEOUT).text == "real "

    def test_its_own_way_to_the_network_is_taken(self) -> None:
        def own_network(*args: Any, **options: Any) -> requests.Response:
            answer = requests.Response()
            answer.status_code = 418
            return answer

        own = responses.RequestsMock(passthru_prefixes=(ELSEWHERE,), real_adapter_send=own_network)
        with LookLoox(), own:
            assert requests.get(ELSEWHERE, timeout=TIMEOUT).status_code == 418


class TestOpening:
    def test_twice_is_refused(self) -> None:
        with LookLoox() as provider, pytest.raises(RuntimeError, match="open already"):
            provider.start()

    def test_closing_twice_is_harmless(self) -> None:
        provider = LookLoox()
        provider.start()
        provider.stop()
        provider.stop()

        with provider:
            answer = requests.get(f"{provider.base_url}/api/authorize", timeout=TIMEOUT)

        assert answer.status_code == 200

    def test_closing_gives_the_network_back(self, server: str) -> None:
        with LookLoox():
            pass

        assert requests.get(server, timeout=TIMEOUT).text == "real "

    def test_a_session_made_before_is_simulated_and_free_afterwards(self, server: str) -> None:
        with requests.Session() as session:
            with LookLoox() as provider:
                simulated = session.get(f"{provider.base_url}/api/authorize", timeout=TIMEOUT)

            assert simulated.status_code == 200
            assert session.get(server, timeout=TIMEOUT).text == "real "
