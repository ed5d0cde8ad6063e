"""The stubs for `httpx`: who answers, for both kinds of client."""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import httpx
import pytest

from pytest_lookloox import (
    LookLoox,
    LookLooxClientWarning,
    MisdirectedSecretWarning,
    NoTimeoutWarning,
    NoVerificationWarning,
)
from pytest_lookloox.provider.models import DEFAULT_APP
from pytest_lookloox.transports.open_providers import HttpxFinder, open_providers
from tests.client import ask, log_in
from tests.compatibility.conftest import Send, send_async, send_sync
from tests.conftest import Run

SHOP = "https://shop.invalid/orders"
ONLY_ONE_HOST = ["only https://lookloox.com is simulated", "respx or pytest-httpx"]
NO_WAIT_SECONDS = 1
METHODS = [
    (httpx.HTTPTransport, "handle_request"),
    (httpx.AsyncHTTPTransport, "handle_async_request"),
]


async def pieces() -> AsyncIterator[bytes]:
    for piece in (b"te", b"xt"):
        yield piece


class TestAnswer:
    @pytest.mark.parametrize("platform", ["documented", "current"])
    def test_login(self, send: Send, platform: str) -> None:
        with LookLoox(platform=platform) as provider:
            assert log_in(provider, send=send)["user_id"] == provider.user["user_id"]
            assert [call.endpoint for call in provider.calls] == ["authorize", "get_user_info"]

    @pytest.mark.lookloox(platform="current")
    def test_form_is_read_that_is_sent_in_pieces(self, send: Send, lookloox: LookLoox) -> None:
        credentials = {"app_id": lookloox.app.app_id, "auth_key": "a key"}

        ask(lookloox, "authorize", credentials, send=send, files={"file": b"content"})

        assert lookloox.calls[0].params == credentials

    def test_it_has_what_a_real_one_has(self, send: Send, lookloox: LookLoox) -> None:
        url = f"{lookloox.base_url}/api/authorize?app_id="
        answer, head = send("GET", url), send("HEAD", url)

        assert (answer.status_code, answer.reason_phrase) == (200, "OK")
        assert answer.http_version == "HTTP/1.1"
        assert answer.request.url == answer.url == url
        assert answer.headers == head.headers
        assert answer.headers["Content-Length"] == str(len(answer.content))
        assert head.content == b""
        assert answer.elapsed.total_seconds() < NO_WAIT_SECONDS
        lookloox.calls.clear()  # HEAD is outside the API

    @pytest.mark.parametrize("redirect_url", ["http://localhost/łódź", "http://[::1]:8000/back"])
    def test_redirect_may_lead_anywhere(self, send: Send, redirect_url: str) -> None:
        with LookLoox(redirect_url=redirect_url) as provider:
            answer = send("GET", provider.app.login_url)

            assert answer.headers["Location"].startswith(f"{redirect_url}?auth_key=")
            assert answer.next_request is not None
            assert answer.next_request.url.host == urlsplit(redirect_url).hostname

    @pytest.mark.lookloox(signed_in=False)
    def test_client_keeps_the_cookie(self, lookloox: LookLoox) -> None:
        with httpx.Client(base_url=lookloox.base_url) as client:
            choice = {"app_id": lookloox.app.app_id, "user_id": lookloox.user["user_id"]}
            client.post("/sign-in", data=choice)

            assert client.get(lookloox.app.login_url).is_redirect

    def test_body_is_streamed(self, lookloox: LookLoox) -> None:
        url = f"{lookloox.base_url}/api/authorize"
        with httpx.Client() as client, client.stream("GET", url) as answer:
            pieces = list(answer.iter_bytes(10))

        assert len(pieces) > 1
        assert b"".join(pieces) == send_sync("GET", url).content

    @pytest.mark.lookloox_cassette("login")
    @pytest.mark.lookloox(strict=False)
    def test_what_a_recording_does_not_have_is_refused(
        self, send: Send, lookloox: LookLoox
    ) -> None:
        with pytest.raises(httpx.ConnectError, match="recorded"):
            ask(lookloox, "get_user_info", {"access_token": "unknown"}, send=send)


class TestFaults:
    @pytest.mark.parametrize("timeout", [None, 0.001, 5])
    @pytest.mark.parametrize(
        ("name", "error", "message"),
        [
            ("connection_refused", httpx.ConnectError, "Connection refused"),
            ("connect_timeout", httpx.ConnectTimeout, "timed out"),
            ("tls_error", httpx.ConnectError, "CERTIFICATE_VERIFY_FAILED"),
            ("connection_reset", httpx.ReadError, "Connection reset by peer"),
            ("read_timeout", httpx.ReadTimeout, "timed out"),
            ("truncated_json", httpx.RemoteProtocolError, "peer closed connection"),
        ],
    )
    @pytest.mark.filterwarnings("ignore::pytest_lookloox.NoTimeoutWarning")
    def test_it_raises_what_the_network_would(
        self,
        send: Send,
        lookloox: LookLoox,
        name: str,
        error: type[Exception],
        message: str,
        timeout: float | None,
    ) -> None:
        lookloox.inject_fault(f"{name}@authorize")
        began = time.monotonic()

        with pytest.raises(httpx.TransportError, match=message) as caught:
            ask(lookloox, "authorize", {}, send=send, timeout=timeout)

        assert type(caught.value) is error
        assert caught.value.request.url.path == "/api/authorize"
        assert time.monotonic() - began < NO_WAIT_SECONDS
        assert len(lookloox.calls) == 1

    def test_streamed_body_breaks_while_it_is_read(self, lookloox: LookLoox) -> None:
        url = f"{lookloox.base_url}/api/authorize"
        whole = send_sync("GET", url).content
        lookloox.inject_fault("truncated_json@authorize")
        received: list[bytes] = []

        with httpx.Client() as client, client.stream("GET", url) as answer:
            assert answer.status_code == 200
            with pytest.raises(httpx.RemoteProtocolError):
                received.extend(answer.iter_bytes(1))

        assert b"".join(received) == whole[: len(whole) // 2]

    @pytest.mark.parametrize(
        ("fault", "failures", "calls"),
        [
            *(("connection_refused", 2, 3), ("connect_timeout", 2, 3)),
            *(("tls_error", 3, 3), ("connection_reset", 1, 1)),
        ],
    )
    def test_transport_repeats_connecting_alone(
        self, lookloox: LookLoox, fault: str, failures: int, calls: int
    ) -> None:
        lookloox.inject_fault(f"{fault}@authorize", times=failures)
        client = {"transport": httpx.HTTPTransport(retries=2)}
        try:
            ask(lookloox, "authorize", {}, send=send_sync, client=client)
            gets_through = True
        except httpx.TransportError:
            gets_through = False

        assert len(lookloox.calls) == calls
        assert gets_through is (calls > failures)

    def test_slow_answer_is_too_slow_for_a_shorter_time_out(
        self, send: Send, lookloox: LookLoox
    ) -> None:
        lookloox.vary("slow_answer")
        token = {"access_token": lookloox.issue_access_token()}
        short = httpx.Timeout(5, read=0.1)
        began = time.monotonic()

        with pytest.raises(httpx.ReadTimeout):
            ask(lookloox, "get_user_info", token, send=send, timeout=short)
        assert ask(lookloox, "get_user_info", token, send=send).status_code == 200
        assert time.monotonic() - began < 0.5


class TestWarnings:
    @pytest.mark.parametrize(
        ("options", "category"),
        [
            ({"verify": False}, NoVerificationWarning),
            ({"verify": False, "client": {"proxy": "http://proxy.invalid"}}, NoVerificationWarning),
            ({"client": {"timeout": None}, "timeout": httpx.USE_CLIENT_DEFAULT}, NoTimeoutWarning),
            ({"timeout": httpx.Timeout(5, connect=None)}, NoTimeoutWarning),
        ],
    )
    def test_careless_client_is_warned(
        self, send: Send, options: dict[str, Any], category: type[LookLooxClientWarning]
    ) -> None:
        with pytest.warns(category), LookLoox() as provider:
            ask(provider, "authorize", {}, send=send, **options)

    @pytest.mark.parametrize("sent", [{"params": "q=a-secret"}, {"content": b"key=a-secret"}])
    def test_secret_sent_elsewhere_is_observed(self, send: Send, sent: dict[str, Any]) -> None:
        refused = pytest.raises(httpx.ConnectError, match=r"shop\.invalid")
        with pytest.warns(MisdirectedSecretWarning), LookLoox(app_secret="a-secret"), refused:
            send("POST", SHOP, **sent)


def test_transport_that_wraps_httpxs(lookloox: LookLoox) -> None:
    class Wrapper(httpx.BaseTransport):
        inner = httpx.HTTPTransport()

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return self.inner.handle_request(request)

    assert log_in(lookloox, send=send_sync, client={"transport": Wrapper()}) == lookloox.user


class TestOtherHosts:
    @pytest.mark.parametrize(
        ("url", "ways_out"),
        [
            (f"{SHOP}?auth_key=a-key", [*ONLY_ONE_HOST, "allowed_hosts=['shop.invalid']"]),
            (DEFAULT_APP.login_url, ["client.get(lookloox.approve())", "follow_redirects=False"]),
        ],
    )
    def test_refusal(self, send: Send, lookloox: LookLoox, url: str, ways_out: list[str]) -> None:
        with pytest.raises(httpx.ConnectError) as refused:
            send("GET", url, follow_redirects=True)

        message = str(refused.value)
        assert f"GET {str(refused.value.request.url).partition('?')[0]}?auth_key=*** was" in message
        assert [way_out for way_out in ways_out if way_out not in message] == []

    def test_redirect_is_followed_to_an_app_that_listens(
        self, send: Send, real_server: str
    ) -> None:
        hosts = [urlsplit(real_server).netloc]
        with LookLoox(redirect_url=f"{real_server}/callback", allowed_hosts=hosts) as provider:
            answer = send("GET", provider.app.login_url, follow_redirects=True)

        assert answer.text == "real "
        assert [hop.status_code for hop in answer.history] == [302]

    @pytest.mark.parametrize(
        ("send", "body"),
        [(send_sync, b"text"), (send_sync, iter([b"te", b"xt"])), (send_async, pieces())],
        ids=["bytes", "pieces", "asynchronous pieces"],
    )
    def test_allowed_host_is_reached(self, real_server: str, send: Send, body: Any) -> None:
        headers = {"Content-Length": "4"}
        with LookLoox(allowed_hosts=["127.0.0.1"]):
            answer = send("POST", real_server, content=body, headers=headers)

        assert answer.text == "real text"


class TestOpeningAndClosing:
    def test_patch_of_the_tests_own_may_be_undone_late(self, real_server: str) -> None:
        provider = LookLoox()
        provider.start()
        with pytest.MonkeyPatch.context() as patch:
            for transport, name in METHODS:
                patch.setattr(transport, name, getattr(transport, name))
            provider.stop()

        assert send_sync("GET", real_server).text == "real "

    @pytest.mark.parametrize("is_first", [True, False])
    def test_replacement_of_the_tests_own_answers(self, is_first: bool) -> None:
        replacement = mock.Mock(return_value=httpx.Response(418))
        patch = mock.patch.object(httpx.HTTPTransport, "handle_request", replacement)
        opened = (patch, LookLoox()) if is_first else (LookLoox(), patch)
        with opened[0], opened[1]:
            assert send_sync("GET", "https://lookloox.com/api/authorize").status_code == 418

    def test_httpx_is_not_imported_for_a_suite_that_does_not_use_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delitem(sys.modules, "httpx")

        with LookLoox():
            assert "httpx" not in sys.modules


LATE = """
import sys

import pytest

@pytest.mark.parametrize("number", range(2))
def test_login_link(lookloox, number):
    assert ("httpx" in sys.modules) == bool(number)
    import httpx
    assert httpx.get(lookloox.app.login_url, timeout=5).status_code == 302

def test_nothing_is_left():
    import httpx
    assert "pytest_lookloox" not in repr(sys.meta_path)
    assert "httpx" in httpx.HTTPTransport.handle_request.__code__.co_filename
"""


def test_suite_that_imports_httpx_within_a_test(run: Run) -> None:
    result = run(LATE, "-pno:randomly", subprocess=True)

    result.assert_outcomes(passed=3)


def test_httpx_that_comes_too_late_or_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    patch = mock.Mock()
    open_providers.add_patch(patch)
    patch.assert_not_called()

    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert HttpxFinder.find_spec("httpx") is None
