"""Connection faults and retries: what `requests` and urllib3 themselves make of them."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests
from requests import exceptions
from requests.adapters import HTTPAdapter
from urllib3 import Timeout
from urllib3 import exceptions as urllib3_exceptions
from urllib3.util import Retry

from pytest_lookloox import LookLoox
from tests.client import TIMEOUT, ask

NO_WAIT_SECONDS = 1

# The exception, and the one below it, if it is one of urllib3's.
EXCEPTIONS = [
    ("connection_refused", exceptions.ConnectionError, urllib3_exceptions.NewConnectionError),
    ("connect_timeout", exceptions.ConnectTimeout, urllib3_exceptions.ConnectTimeoutError),
    ("tls_error", exceptions.SSLError, urllib3_exceptions.SSLError),
    ("connection_reset", exceptions.ConnectionError, urllib3_exceptions.ProtocolError),
    ("read_timeout", exceptions.ReadTimeout, urllib3_exceptions.ReadTimeoutError),
    ("truncated_json", exceptions.ChunkedEncodingError, urllib3_exceptions.ProtocolError),
]
TIMEOUTS = [None, 0.001, Timeout(total=5)]


@pytest.mark.parametrize("timeout", TIMEOUTS, ids=str)
@pytest.mark.parametrize(("name", "expected", "below"), EXCEPTIONS)
@pytest.mark.filterwarnings("ignore::pytest_lookloox.NoTimeoutWarning")
def test_fault_raises_what_the_network_would(
    lookloox: LookLoox, name: str, expected: type[Exception], below: type[Exception], timeout: Any
) -> None:
    lookloox.inject_fault(f"{name}@authorize")
    began = time.monotonic()

    with pytest.raises(exceptions.RequestException) as caught:
        ask(lookloox, "authorize", {}, timeout=timeout)

    error = caught.value
    assert type(error) is expected
    assert error.request is not None or name == "truncated_json"
    cause = error.args[0]
    assert isinstance(getattr(cause, "reason", cause), below)
    assert len(lookloox.calls) == 1
    assert time.monotonic() - began < NO_WAIT_SECONDS


def test_file_of_an_authority_may_be_missing(lookloox: LookLoox) -> None:
    lookloox.inject_fault("http_503@authorize", times=1)
    lookloox.inject_fault("connection_reset@authorize")

    assert ask(lookloox, "authorize", {}, verify="missing.pem").status_code == 503
    with pytest.raises(exceptions.ConnectionError):
        ask(lookloox, "authorize", {}, verify="missing.pem")


def test_streamed_body_breaks_while_it_is_read(lookloox: LookLoox) -> None:
    whole = ask(lookloox, "authorize", {}).content
    lookloox.inject_fault("truncated_json@authorize")

    answer = ask(lookloox, "authorize", {}, stream=True)
    received: list[bytes] = []
    with pytest.raises(exceptions.ChunkedEncodingError):
        received.extend(answer.iter_content(1))

    assert answer.status_code == 200
    assert whole[: len(whole) // 2] == b"".join(received)


class TestRetries:
    @pytest.mark.parametrize(
        "fault",
        ["http_503", "http_429", "connection_refused", "connect_timeout", "connection_reset"],
    )
    @pytest.mark.parametrize(("failures", "gets_through"), [(2, True), (3, False)])
    def test_policy_is_followed_to_its_end(
        self, lookloox: LookLoox, fault: str, failures: int, gets_through: bool
    ) -> None:
        lookloox.inject_fault(f"{fault}@authorize", times=failures)
        retry = Retry(2, status_forcelist=[429, 503], backoff_factor=60)
        began = time.monotonic()
        try:
            ask(lookloox, "authorize", {}, retries=retry)
            got_through = True
        except exceptions.RequestException:
            got_through = False

        assert got_through is gets_through
        assert len(lookloox.calls) == 3
        assert time.monotonic() - began < NO_WAIT_SECONDS

    @pytest.mark.lookloox(error_status=503)
    @pytest.mark.parametrize("total", [1, None])
    def test_policy_may_return_the_last_answer(self, lookloox: LookLoox, total: int | None) -> None:
        retry = Retry(total, status=1, status_forcelist=[503], raise_on_status=False)

        answer = ask(lookloox, "authorize", {}, retries=retry)

        assert answer.status_code == 503
        assert len(lookloox.calls) == 2


class TestAdapter:
    """The client's own adapter sends, except that its connections lead to the provider."""

    class Stamping(HTTPAdapter):
        def build_response(self, *args: Any) -> requests.Response:
            response = super().build_response(*args)
            response.headers["X-Adapter"] = "mine"
            return response

    @pytest.mark.parametrize("retries", [0, 1])
    def test_its_overridden_methods_are_called(self, lookloox: LookLoox, retries: int) -> None:
        adapter = self.Stamping(max_retries=retries)
        with requests.Session() as session:
            session.mount("https://", adapter)
            answer = ask(lookloox, "authorize", {}, session=session)

        assert answer.headers["X-Adapter"] == "mine"
        assert answer.connection is adapter

    @pytest.mark.lookloox(signed_in=False)
    def test_proxy_of_the_client_is_left_out(self, lookloox: LookLoox) -> None:
        """The answer sets a cookie, and so comes over a connection."""
        choice = {"app_id": lookloox.app.app_id, "user_id": lookloox.user["user_id"]}
        with requests.Session() as session:
            session.proxies = {"https": "http://proxy.invalid:3128"}
            url = f"{lookloox.base_url}/sign-in"
            answer = session.post(url, choice, allow_redirects=False, timeout=TIMEOUT)

            assert answer.status_code == 302
            assert list(session.cookies.keys()) == ["lookloox_session"]

    @pytest.mark.lookloox(base_url="http://127.0.0.1:8000")
    @pytest.mark.filterwarnings("ignore::pytest_lookloox.PlainHttpWarning")
    def test_plain_http(self, lookloox: LookLoox) -> None:
        lookloox.inject_fault("connection_reset@authorize", times=1)

        assert ask(lookloox, "authorize", {}, retries=1).status_code == 200
