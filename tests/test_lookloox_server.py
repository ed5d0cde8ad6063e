"""The fixture `lookloox_server`: what a test gets, and what it leaves to the next one."""

from __future__ import annotations

import urllib.request
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from pytest_lookloox import App, LookLoox, UserInfo, build_user_info

# These ask in every wrong way, on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")

TIMEOUT = 10
UNSTUBBED = HTTPAdapter.send


def profile(provider: LookLoox, access_token: str) -> object:
    url = f"{provider.base_url}/api/get_user_info"
    return requests.get(url, {"access_token": access_token}, timeout=TIMEOUT).json()


class TestServer:
    def test_it_listens_on_loopback(self, lookloox_server: LookLoox) -> None:
        assert lookloox_server.base_url.startswith("http://127.0.0.1:")
        assert lookloox_server.app.login_url.startswith(f"{lookloox_server.base_url}/api/oauth?")
        assert lookloox_server.ca_file is None

    def test_it_answers_a_client_that_is_no_requests(self, lookloox_server: LookLoox) -> None:
        url = f"{lookloox_server.base_url}/api/token"
        with urllib.request.urlopen(url, timeout=TIMEOUT) as response:
            assert b"Bad Request, invalid parameters" in response.read()
        lookloox_server.calls.clear()  # which was outside the API

    def test_nothing_is_stubbed(self, lookloox_server: LookLoox) -> None:
        assert HTTPAdapter.send is UNSTUBBED

    @pytest.mark.lookloox(app_id="my-app")
    def test_marker_of_options_alone_stubs_nothing(self, lookloox_server: LookLoox) -> None:
        assert lookloox_server.app.app_id == "my-app"
        assert HTTPAdapter.send is UNSTUBBED

    @pytest.mark.lookloox(base_url="https://sister.example")
    def test_it_has_its_own_address_whatever_the_option(self, lookloox_server: LookLoox) -> None:
        assert urlsplit(lookloox_server.base_url).hostname == "127.0.0.1"

    def test_app_registered_meanwhile_has_its_address(self, lookloox_server: LookLoox) -> None:
        app = lookloox_server.register_app(app_id="second")

        assert app.login_url == f"{lookloox_server.base_url}/api/oauth?app_id=second"

    def test_small_fixtures_speak_of_it(
        self,
        lookloox_server: LookLoox,
        lookloox_app: App,
        lookloox_user: UserInfo,
        lookloox_access_token: str,
        lookloox_auth_key: str,
        lookloox_callback_url: str,
    ) -> None:
        assert lookloox_app == lookloox_server.app
        assert lookloox_callback_url == lookloox_app.callback_url(lookloox_auth_key)
        assert profile(lookloox_server, lookloox_access_token) == {"user_info": lookloox_user}
        assert HTTPAdapter.send is UNSTUBBED


class TestTwoDoors:
    @pytest.mark.parametrize("first", ["stubs", "server"])
    def test_one_memory_is_behind_both(
        self, lookloox: LookLoox, lookloox_server: LookLoox, first: str
    ) -> None:
        doors = {"stubs": lookloox, "server": lookloox_server}
        one = doors.pop(first)
        (other,) = doors.values()
        login = {
            "app_id": one.app.app_id,
            "app_secret": one.app.app_secret,
            "auth_key": one.issue_auth_key(),
        }

        token = requests.get(f"{other.base_url}/api/authorize", login, timeout=TIMEOUT).json()
        again = requests.get(f"{one.base_url}/api/authorize", login, timeout=TIMEOUT).json()
        assert profile(one, token["access_token"]) == {"user_info": other.user}
        assert again == {"error": True, "message": "Bad Request, invalid auth_key"}
        assert one.calls == other.calls
        assert len(one.calls) == 3

    def test_clock_and_users_are_shared(
        self, lookloox: LookLoox, lookloox_server: LookLoox
    ) -> None:
        token = lookloox.issue_access_token(build_user_info(user_id="7"))
        assert profile(lookloox_server, token) != []
        lookloox.remove_user("7")
        assert profile(lookloox_server, token) == []
        lookloox_server.advance(hours=1, seconds=1)
        assert "expired" in str(profile(lookloox, token))

    def test_each_has_its_own_address(self, lookloox: LookLoox, lookloox_server: LookLoox) -> None:
        assert lookloox.base_url == lookloox.app.base_url == "https://lookloox.com"
        assert lookloox_server.base_url == lookloox_server.app.base_url
        assert lookloox_server.base_url != lookloox.base_url

    def test_other_services_are_stubbed_through_either(
        self, lookloox_server: LookLoox, lookloox: LookLoox
    ) -> None:
        lookloox_server.stub.get("https://other.example/", json={"of": "the server"})
        lookloox.stub.get("https://third.example/", json={"of": "the stubs"})

        assert requests.get("https://other.example/", timeout=TIMEOUT).json()
        assert requests.get("https://third.example/", timeout=TIMEOUT).json()

    def test_small_fixtures_speak_of_the_stubs(
        self, lookloox_server: LookLoox, lookloox: LookLoox, lookloox_app: App
    ) -> None:
        assert lookloox_app is lookloox.app


class TestScenarios:
    @pytest.mark.lookloox_expired_token(times=1)
    def test_first_token_is_expired(self, lookloox_server: LookLoox) -> None:
        first = lookloox_server.issue_access_token()
        assert "expired" in str(profile(lookloox_server, first))
        second = lookloox_server.issue_access_token()
        assert profile(lookloox_server, second) == {"user_info": lookloox_server.user}

    @pytest.mark.lookloox_reused_auth_key
    def test_key_has_been_spent(self, lookloox_server: LookLoox) -> None:
        app = lookloox_server.app
        login = {
            "app_id": app.app_id,
            "app_secret": app.app_secret,
            "auth_key": lookloox_server.issue_auth_key(),
        }
        answer = requests.get(f"{app.base_url}/api/authorize", login, timeout=TIMEOUT).json()

        assert answer["message"] == "Bad Request, invalid auth_key"


@pytest.mark.lookloox(tls=True)
class TestTls:
    def test_client_that_trusts_the_authority_is_answered(self, lookloox_server: LookLoox) -> None:
        assert lookloox_server.base_url.startswith("https://127.0.0.1:")
        assert lookloox_server.app.login_url.startswith("https://127.0.0.1:")
        response = requests.get(
            lookloox_server.app.login_url,
            allow_redirects=False,
            verify=lookloox_server.ca_file or False,
            timeout=TIMEOUT,
        )
        assert response.status_code == 302

    def test_client_that_does_not_trust_it_refuses(self, lookloox_server: LookLoox) -> None:
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(lookloox_server.app.login_url, timeout=TIMEOUT)


def test_each_test_has_a_fresh_provider_on_the_same_port(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest, requests

        ports = []

        @pytest.mark.parametrize("number", range(3))
        def test_fresh(lookloox_server, number):
            ports.append(lookloox_server.base_url)
            assert set(ports) == {lookloox_server.base_url}
            assert lookloox_server.calls == []
            requests.get(lookloox_server.app.login_url, allow_redirects=False, timeout=10)
            assert len(lookloox_server.calls) == 1
            lookloox_server.disable_api()
        """
    )

    pytester.runpytest_inprocess().assert_outcomes(passed=3)


def test_connection_of_one_test_is_cut_before_the_next(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import socket
        from urllib.parse import urlsplit

        clients = []

        def test_one(lookloox_server):
            server = urlsplit(lookloox_server.base_url)
            client = socket.create_connection((server.hostname, server.port), timeout=10)
            client.sendall(b"GET /api/oauth HTTP/1.1\\r\\n")
            clients.append(client)
            with socket.create_connection((server.hostname, server.port), timeout=10) as other:
                other.sendall(b"GET /api/oauth HTTP/1.1\\r\\n\\r\\n")
                assert other.recv(1)  # by now the first one is accepted

        def test_two(lookloox_server):
            with clients.pop() as client:
                assert client.recv(1) == b""
        """
    )

    pytester.runpytest_inprocess("-p", "no:randomly").assert_outcomes(passed=2)


def test_nobody_is_answered_after_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest, requests

        @pytest.fixture
        def addresses():
            addresses = []
            yield addresses
            assert requests.get(addresses[0], timeout=10).status_code == 503

        def test_login(addresses, lookloox_server):
            addresses.append(lookloox_server.app.login_url)
        """
    )

    pytester.runpytest_inprocess().assert_outcomes(passed=1)


def test_checks_hold_for_the_server(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import requests

        def test_wrong_path(lookloox_server):
            requests.get(f"{lookloox_server.base_url}/api/tokens", timeout=10)
        """
    )

    result = pytester.runpytest_inprocess()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*GET /api/tokens is outside the Look Loox API*"])


def test_no_thread_is_left_after_the_session(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest, requests

        @pytest.mark.parametrize("tls", [False, True])
        def test_login(lookloox_config, lookloox_server, tls):
            requests.get(
                lookloox_server.app.login_url,
                verify=lookloox_server.ca_file,
                allow_redirects=False,
                timeout=10,
            )

        @pytest.fixture
        def lookloox_config(tls):
            return {"tls": tls}
        """
    )
    pytester.makeconftest(
        """
        import threading

        def pytest_unconfigure(config):
            assert threading.enumerate() == [threading.main_thread()]
        """
    )

    result = pytester.runpytest_subprocess("-W", "error", "-p", "no:xdist")
    result.assert_outcomes(passed=2)
    assert result.ret == 0
    assert result.stderr.str() == ""


@pytest.mark.parametrize(
    ("library", "marker"),
    [("werkzeug", ""), ("trustme", "@pytest.mark.lookloox(tls=True)")],
)
def test_missing_extra_is_told_in_one_line(
    pytester: pytest.Pytester, library: str, marker: str
) -> None:
    pytester.makeconftest(
        f"""
        import sys

        # What `import` finds where a library is not installed.
        for name in [*sys.modules]:
            if name.partition(".")[0] == {library!r} or name in (
                "pytest_lookloox.server", "pytest_lookloox.tls"
            ):
                del sys.modules[name]

        class Blocked:
            def find_spec(self, name, path=None, target=None):
                if name == {library!r}:
                    raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

        sys.meta_path.insert(0, Blocked())
        """
    )
    pytester.makepyfile(
        f"""
        import pytest

        {marker}
        def test_login(lookloox_server): pass

        def test_stubs(lookloox): pass
        """
    )

    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1, errors=1)
    line = (
        "lookloox_server needs an extra: pip install 'pytest-lookloox[server]' "
        f"(No module named '{library}')"
    )
    told = [found for found in result.outlines if line in found and "ERROR" not in found]
    assert told == [line]
