"""Through `lookloox_server` the faults are real: on a socket, to any client."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme  # noqa: F401 - pytester forgets what is first imported inside it
import urllib3

from pytest_lookloox import LookLoox
from pytest_lookloox.__main__ import main
from pytest_lookloox.control import controller
from pytest_lookloox.exchange import Request
from pytest_lookloox.faults import Fault, one_by_one
from tests.clients import authorize, call, calling, get_user_info, gets_in

# These ask in every wrong way, on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")

ENDPOINTS = ["authorize", "get_user_info"]
IMPATIENT = 0.2


def patience_with(name: str) -> float:
    """The time-out of a client that meets this fault: short only where it has to run out."""
    return IMPATIENT if "timeout" in name else 5


def failure(*arguments: Any, **options: Any) -> requests.RequestException:
    """What `requests` raises for this call."""
    with pytest.raises(requests.RequestException) as raised:
        call(*arguments, **options)
    return raised.value


def innermost(error: BaseException) -> BaseException:
    """The exception of the system that all began with."""
    cause = error.__cause__ or error.__context__
    return error if cause is None else innermost(cause)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
class TestWhatAClientMeets:
    @pytest.mark.parametrize(
        ("name", "type_", "origin"),
        [
            ("connect_timeout", requests.ConnectTimeout, TimeoutError),
            ("read_timeout", requests.ReadTimeout, TimeoutError),
            ("connection_refused", requests.ConnectionError, ConnectionRefusedError),
            ("connection_reset", requests.ConnectionError, ConnectionResetError),
            ("truncated_json", requests.exceptions.ChunkedEncodingError, Exception),
        ],
    )
    def test_broken_connection(
        self,
        lookloox_server: LookLoox,
        endpoint: str,
        name: str,
        type_: type[Exception],
        origin: type[Exception],
    ) -> None:
        lookloox_server.inject_fault(f"{name}@{endpoint}")

        error = failure(lookloox_server, endpoint, timeout=patience_with(name))

        assert type(error) is type_
        assert isinstance(innermost(error), origin)

    @pytest.mark.lookloox(tls=True)
    def test_certificate_that_does_not_verify(
        self, lookloox_server: LookLoox, endpoint: str
    ) -> None:
        lookloox_server.inject_fault(f"tls_error@{endpoint}")

        error = failure(lookloox_server, endpoint)

        assert type(error) is requests.exceptions.SSLError
        assert "CERTIFICATE_VERIFY_FAILED" in str(error)

    @pytest.mark.lookloox(tls=True)
    @pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
    def test_who_does_not_verify_gets_in(self, lookloox_server: LookLoox, endpoint: str) -> None:
        lookloox_server.inject_fault(f"tls_error@{endpoint}")

        assert "error" not in call(lookloox_server, endpoint, verify=False).json()

    @pytest.mark.parametrize(
        ("name", "status", "content_type", "beginning"),
        [
            ("http_400", 400, "application/json", '{"error": true'),
            ("http_429", 429, "application/json", '{"error": true'),
            ("http_502", 502, "text/html; charset=utf-8", "<!doctype html>"),
            ("maintenance_page", 200, "text/html; charset=utf-8", "<!doctype html>"),
            ("redirect_to_sign_in", 200, "text/html; charset=utf-8", "<!doctype html>"),
            ("empty_body", 200, "application/json", ""),
            ("php_warning", 200, "text/html; charset=utf-8", "<br />"),
        ],
    )
    def test_bad_answer(
        self,
        lookloox_server: LookLoox,
        endpoint: str,
        name: str,
        status: int,
        content_type: str,
        beginning: str,
    ) -> None:
        lookloox_server.inject_fault(f"{name}@{endpoint}")

        answer = call(lookloox_server, endpoint)

        assert (answer.status_code, answer.headers["Content-Type"]) == (status, content_type)
        assert answer.text.startswith(beginning)

    def test_loop_of_redirects(self, lookloox_server: LookLoox, endpoint: str) -> None:
        lookloox_server.inject_fault("too_many_redirects")

        assert type(failure(lookloox_server, endpoint)) is requests.TooManyRedirects

    def test_retry_after(self, lookloox_server: LookLoox, endpoint: str) -> None:
        lookloox_server.inject_fault("http_503")

        assert call(lookloox_server, endpoint).headers["Retry-After"] == "1"


def anatomy(error: BaseException) -> list[type]:
    """The types of an exception and of those it was made of, outermost first."""
    parts = [getattr(error, "reason", None), *error.args, error.__cause__]
    inner = next((part for part in parts if isinstance(part, BaseException)), None)
    return [type(error), *([] if inner is None else anatomy(inner))]


class TestStubsTellTheSame:
    """What the stubs raise at once is, type by type, what a real socket makes `requests` raise."""

    @pytest.mark.parametrize("retries", [0, urllib3.Retry(2, backoff_factor=0)], ids=["0", "2"])
    @pytest.mark.parametrize("endpoint", ENDPOINTS)
    @pytest.mark.parametrize(
        "name",
        [
            "connect_timeout",
            "read_timeout",
            "connection_refused",
            "connection_reset",
            "too_many_redirects",
            "truncated_json",
            pytest.param("tls_error", marks=pytest.mark.lookloox(tls=True)),
        ],
    )
    def test_exception(
        self,
        lookloox: LookLoox,
        lookloox_server: LookLoox,
        name: str,
        endpoint: str,
        retries: urllib3.Retry | int,
    ) -> None:
        lookloox.inject_fault(f"{name}@{endpoint}")

        options = {"timeout": patience_with(name), "retries": retries}
        simulated = failure(lookloox, endpoint, **options)
        real = failure(lookloox_server, endpoint, **options)

        assert anatomy(simulated) == anatomy(real)
        assert type(simulated.request) is type(real.request)
        assert type(simulated.response) is type(real.response)


class TestOneEndpoint:
    """A connection tells nothing of the endpoint: the door goes by what is next in a login."""

    @pytest.mark.parametrize("name", ["connection_refused", "connect_timeout"])
    def test_the_first_call_passes_and_the_second_does_not(
        self, lookloox_server: LookLoox, name: str
    ) -> None:
        lookloox_server.inject_fault(f"{name}@get_user_info")

        token = authorize(lookloox_server, lookloox_server.issue_auth_key()).json()["access_token"]
        with pytest.raises(requests.ConnectionError):
            get_user_info(lookloox_server, token, timeout=patience_with(name))

    def test_the_browser_still_gets_in_before_a_key_is_handed_out(
        self, lookloox_server: LookLoox
    ) -> None:
        lookloox_server.inject_fault("connection_refused")

        page = requests.get(lookloox_server.app.login_url, allow_redirects=False, timeout=5)

        assert page.status_code == 302
        with pytest.raises(requests.ConnectionError):
            authorize(lookloox_server, page.headers["Location"][-32:])

    @pytest.mark.parametrize(
        ("name", "type_"),
        [
            ("connection_refused", requests.ConnectionError),
            ("connect_timeout", requests.ReadTimeout),
            pytest.param(
                "tls_error", requests.exceptions.SSLError, marks=pytest.mark.lookloox(tls=True)
            ),
        ],
    )
    def test_a_call_out_of_turn_fails_once_its_connection_stands(
        self, lookloox_server: LookLoox, name: str, type_: type[Exception]
    ) -> None:
        """No key is waiting to be spent, so nobody could know that this call would come."""
        lookloox_server.inject_fault(name)

        with pytest.raises(requests.RequestException) as raised:
            get_user_info(lookloox_server, "unheard-of", timeout=patience_with(name))

        assert type(raised.value) is type_

    @pytest.mark.lookloox(tls=True)
    def test_a_certificate_awaits_the_website_and_not_the_browser(
        self, lookloox_server: LookLoox
    ) -> None:
        lookloox_server.inject_fault("tls_error")

        url, ca_file = lookloox_server.app.login_url, lookloox_server.ca_file
        page = requests.get(url, allow_redirects=False, verify=ca_file, timeout=5)

        assert page.status_code == 302
        with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
            authorize(lookloox_server, page.headers["Location"][-32:])

    def test_a_certificate_needs_https(self, lookloox_server: LookLoox) -> None:
        with pytest.raises(ValueError, match="tls_error needs https, and http://127"):
            lookloox_server.inject_fault("tls_error")


class TestClientThatStays:
    """It was served before, and would ask again over the same connection."""

    @pytest.mark.parametrize("endpoint", ENDPOINTS)
    @pytest.mark.parametrize(
        ("name", "type_"),
        [
            ("connection_refused", requests.ConnectionError),
            ("connect_timeout", requests.ConnectTimeout),
            pytest.param(
                "tls_error", requests.exceptions.SSLError, marks=pytest.mark.lookloox(tls=True)
            ),
        ],
    )
    def test_it_comes_to_the_door(
        self, lookloox_server: LookLoox, endpoint: str, name: str, type_: type[Exception]
    ) -> None:
        with requests.Session() as session:
            authorize(lookloox_server, lookloox_server.issue_auth_key(), session=session)
            lookloox_server.inject_fault(f"{name}@{endpoint}")

            error = failure(lookloox_server, endpoint, session=session, timeout=patience_with(name))

        assert type(error) is type_
        assert "reset" not in str(error)

    @pytest.mark.parametrize("name", ["connection_refused", "connect_timeout"])
    def test_the_first_call_passes_and_the_second_does_not(
        self, lookloox_server: LookLoox, name: str
    ) -> None:
        lookloox_server.inject_fault(f"{name}@get_user_info")

        with requests.Session() as session:
            auth_key = lookloox_server.issue_auth_key()
            token = authorize(lookloox_server, auth_key, session=session).json()["access_token"]
            with pytest.raises(requests.ConnectionError, match=r"refused|connect timeout"):
                get_user_info(lookloox_server, token, session=session, timeout=patience_with(name))


def on_its_server(fault: Fault) -> Any:
    """The fault as a parameter; a bad certificate needs a server that has one."""
    is_of_tls = fault.name == "tls_error"
    return pytest.param(fault, id=str(fault), marks=pytest.mark.lookloox(tls=is_of_tls))


class TestOnce:
    """With `times=1` the second attempt works, and at once."""

    @pytest.mark.parametrize("fault", [on_its_server(fault) for fault in one_by_one()])
    def test_second_login(self, lookloox_server: LookLoox, fault: Fault) -> None:
        lookloox_server.inject_fault(str(fault), times=1)
        patience = patience_with(fault.name)

        attempts = [gets_in(lookloox_server, timeout=patience) for _ in range(3)]

        assert attempts == [False, True, True]

    @pytest.mark.parametrize(
        "fault", [on_its_server(fault) for fault in one_by_one() if fault.barrier or fault.instead]
    )
    def test_second_call(self, lookloox_server: LookLoox, fault: Fault) -> None:
        """The first was not carried out: its key or token is as good as before."""
        lookloox_server.inject_fault(str(fault), times=1)
        ask = calling(lookloox_server, fault.endpoints[0])

        with contextlib.suppress(requests.RequestException):
            first = ask(timeout=patience_with(fault.name), allow_redirects=False)
            assert not first.ok or first.headers["Content-Type"] != "application/json"

        assert "error" not in ask().json()

    @pytest.mark.parametrize(
        ("name", "type_", "origin"),
        [
            ("connect_timeout", requests.ReadTimeout, TimeoutError),
            ("connection_refused", requests.ConnectionError, ConnectionResetError),
        ],
    )
    def test_connection_stands_where_attempts_are_counted(
        self, lookloox_server: LookLoox, name: str, type_: type[Exception], origin: type[Exception]
    ) -> None:
        lookloox_server.inject_fault(name, times=1)

        error = failure(lookloox_server, "authorize", timeout=patience_with(name))

        assert type(error) is type_
        assert isinstance(innermost(error), origin)

    @pytest.mark.lookloox(tls=True)
    def test_certificate_does_not_verify(self, lookloox_server: LookLoox) -> None:
        lookloox_server.inject_fault("tls_error", times=1)

        assert "CERTIFICATE_VERIFY_FAILED" in str(failure(lookloox_server, "authorize"))

    @pytest.mark.parametrize("name", ["connection_reset", "connection_refused", "connect_timeout"])
    def test_retry_of_the_client_gets_through(self, lookloox_server: LookLoox, name: str) -> None:
        lookloox_server.inject_fault(f"{name}@get_user_info", times=2)

        answer = call(lookloox_server, "get_user_info", retries=urllib3.Retry(2), timeout=IMPATIENT)

        assert answer.ok

    def test_two_faults_after_one_another(self, lookloox_server: LookLoox) -> None:
        lookloox_server.inject_fault("connect_timeout", times=1)
        lookloox_server.inject_fault("connection_refused", times=1)
        authorize_ = calling(lookloox_server, "authorize")

        with pytest.raises(requests.ReadTimeout):
            authorize_(timeout=IMPATIENT)
        with pytest.raises(requests.ConnectionError):
            authorize_()
        assert "access_token" in authorize_().json()


class TestTeardown:
    """A fault that befell nobody proves nothing, and fails the test that asked for it."""

    @pytest.mark.parametrize(
        ("name", "times"),
        [("connection_refused", 1), ("connect_timeout", 1), ("tls_error", 1), ("tls_error", None)],
    )
    def test_who_was_kept_out_is_counted(
        self, pytester: pytest.Pytester, name: str, times: int | None
    ) -> None:
        pytester.makepyfile(
            f"""
            import pytest, requests

            pytestmark = pytest.mark.lookloox(tls={name == "tls_error"})

            @pytest.mark.lookloox_fault("{name}", times={times})
            def test_client_comes(lookloox_server):
                token = lookloox_server.issue_access_token()
                url = f"{{lookloox_server.base_url}}/api/get_user_info?access_token={{token}}"
                with pytest.raises(requests.RequestException):
                    requests.get(url, verify=lookloox_server.ca_file, timeout=1)

            @pytest.mark.lookloox_fault("{name}", times={times})
            def test_nobody_comes(lookloox_server):
                lookloox_server.issue_access_token()
            """
        )

        result = pytester.runpytest_inprocess()

        result.assert_outcomes(passed=2, errors=1)
        result.stdout.fnmatch_lines([f"*fault *{name}* never took effect: no request reached*"])


class TestOneDoor:
    def test_a_door_that_stays_shut_opens_by_itself(
        self, lookloox_server: LookLoox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Or else nobody outside could ever ask the control endpoint again."""
        monkeypatch.setattr("pytest_lookloox.door._LONGEST_REFUSAL", 0)
        lookloox_server.inject_fault("connection_refused")
        lookloox_server.issue_auth_key()
        retries = urllib3.Retry(connect=100, backoff_factor=0.01)
        session = requests.Session()
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retries))

        page = session.get(lookloox_server.app.login_url, allow_redirects=False, timeout=5)

        assert page.status_code == 302

    @pytest.mark.lookloox(tls=True)
    def test_a_bad_certificate_is_not_shown_for_good(
        self, lookloox_server: LookLoox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("pytest_lookloox.door._LONGEST_REFUSAL", 0)
        lookloox_server.inject_fault("tls_error")
        lookloox_server.issue_auth_key()

        url, ca_file = lookloox_server.app.login_url, lookloox_server.ca_file
        page = requests.get(url, allow_redirects=False, verify=ca_file, timeout=5)

        assert page.status_code == 302
        with pytest.raises(requests.exceptions.SSLError):
            call(lookloox_server, "authorize")

    def test_the_next_test_finds_it_open(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            import pytest, requests

            @pytest.mark.parametrize("name", ["connect_timeout", "connection_refused"])
            def test_shut(lookloox_server, name):
                lookloox_server.inject_fault(name)
                lookloox_server.approve()

            def test_open(lookloox_server):
                url = lookloox_server.app.login_url
                assert requests.get(url, allow_redirects=False, timeout=5).status_code == 302
            """
        )

        pytester.runpytest_inprocess("-p", "no:randomly").assert_outcomes(passed=3)

    def test_a_stalled_client_is_let_go_when_the_test_is_over(
        self, pytester: pytest.Pytester
    ) -> None:
        pytester.makepyfile(
            """
            import socket

            connections = []

            def test_stalled(lookloox_server):
                lookloox_server.inject_fault("read_timeout")
                host, _, port = lookloox_server.base_url.rpartition("/")[2].partition(":")
                connections.append(socket.create_connection((host, int(port)), timeout=5))
                connections[0].sendall(b"GET /api/authorize HTTP/1.1\\r\\n\\r\\n")
                while not lookloox_server.calls:
                    pass

            def test_next():
                assert connections[0].recv(1) == b""
                connections[0].close()
            """
        )

        pytester.runpytest_inprocess("-p", "no:randomly").assert_outcomes(passed=2)


class TestVariations:
    @pytest.mark.parametrize("endpoint", ENDPOINTS)
    def test_slow_answer_takes_its_time(self, lookloox_server: LookLoox, endpoint: str) -> None:
        lookloox_server.vary("slow_answer")

        assert type(failure(lookloox_server, endpoint, timeout=IMPATIENT)) is requests.ReadTimeout

    def test_slow_answer_comes(
        self, lookloox_server: LookLoox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("pytest_lookloox.variations.SLOWNESS", 0.05)
        lookloox_server.vary("slow_answer")

        answer = call(lookloox_server, "authorize")

        assert answer.elapsed.total_seconds() >= 0.05
        assert "access_token" in answer.json()


class TestOtherLanguages:
    """`serve --fault`, and the control endpoint."""

    def test_control_injects_and_varies(self) -> None:
        lookloox = LookLoox()
        control = controller(lookloox)

        answers = [
            control(json.dumps(command).encode())
            for command in (
                {"do": "inject_fault", "name": "http_401", "times": 1},
                {"do": "vary", "name": "extra_fields"},
                {"do": "inject_fault", "name": "http_410"},
            )
        ]

        assert [answer.status for answer in answers] == [200, 200, 400]
        assert "did you mean 'http_401'" in answers[-1].data["error"]
        asked = Request(
            "GET", "/api/get_user_info", f"access_token={lookloox.issue_access_token()}"
        )
        assert lookloox.handle(asked).status == 401
        assert "api_version" in lookloox.handle(asked).data

    def test_serve(self) -> None:
        arguments = ["--port", "0", "--fault", "connection_reset@authorize", "--fault", "http_503"]

        with served(*arguments) as (base_url, output):
            with pytest.raises(requests.ConnectionError):
                requests.get(f"{base_url}/api/authorize", timeout=5)
            status = requests.get(f"{base_url}/api/get_user_info", timeout=5).status_code

        assert status == 503
        assert any(line.endswith("GET /api/authorize  connection_reset") for line in output)
        assert any(line.endswith("GET /api/get_user_info  503") for line in output)

    def test_serve_shows_a_certificate_that_does_not_verify(self, tmp_path: Path) -> None:
        ca_file = tmp_path / "ca.pem"
        arguments = ["--port", "0", "--control", "--tls", str(ca_file)]

        with served(*arguments) as (base_url, _), requests.Session() as client:
            client.verify = str(ca_file)
            for command in (
                {"do": "inject_fault", "name": "tls_error", "times": 1},
                {"do": "issue_access_token"},
            ):
                answer = client.post(f"{base_url}/_control", json=command, timeout=5)
            url = f"{base_url}/api/get_user_info?access_token={answer.json()['result']}"
            with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
                client.get(url, timeout=5)
            profile = client.get(url, timeout=5).json()

        assert base_url.startswith("https://127.0.0.1:")
        assert profile["user_info"]["user_firstname"] == "Amina"

    @pytest.mark.parametrize("name", ["http_530", "tls_error"])
    def test_serve_refuses_what_cannot_be(
        self, name: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["serve", "--port", "0", "--fault", name]) == 2

        assert name in capsys.readouterr().err


@contextlib.contextmanager
def served(*arguments: str) -> Iterator[tuple[str, list[str]]]:
    """The command `serve` in a process of its own: its base URL, and what it printed when over."""
    command = [sys.executable, "-m", "pytest_lookloox", "serve", *arguments]
    output: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        yield first.split()[5].rstrip(";"), output
        process.send_signal(signal.SIGINT)
        output += process.stdout.read().splitlines()
