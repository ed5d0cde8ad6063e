"""The fixture `lookloox_server`: servers of a session, and what a test leaves to the next."""

from __future__ import annotations

import sys
import threading

import pytest
from requests.adapters import HTTPAdapter

from pytest_lookloox import LookLoox
from tests.client import gets_in
from tests.conftest import Run

UNSTUBBED = HTTPAdapter.send


@pytest.mark.lookloox(base_url="https://sister.example")
def test_it_has_an_address_of_its_own_and_nothing_is_stubbed(lookloox_server: LookLoox) -> None:
    assert lookloox_server.base_url.startswith("http://127.0.0.1:")
    assert lookloox_server.app.login_url.startswith(f"{lookloox_server.base_url}/api/oauth?")
    assert lookloox_server.ca_file is None
    assert HTTPAdapter.send is UNSTUBBED
    assert gets_in(lookloox_server)


@pytest.mark.lookloox(tls=True)
def test_https(lookloox_server: LookLoox) -> None:
    assert lookloox_server.base_url.startswith("https://127.0.0.1:")
    assert gets_in(lookloox_server)
    assert not gets_in(lookloox_server, verify=True)


def test_each_test_has_a_fresh_provider_on_the_same_port(run: Run) -> None:
    result = run(
        """
        import pytest, requests

        ports = []

        @pytest.mark.parametrize("number", range(3))
        def test_fresh(lookloox_server, number):
            ports.append(lookloox_server.base_url)
            assert set(ports) == {lookloox_server.base_url}
            assert lookloox_server.calls == []
            url = lookloox_server.app.login_url
            assert requests.get(url, allow_redirects=False, timeout=10).status_code == 302
            lookloox_server.disable_api()
            lookloox_server.inject_fault("connection_refused")
            lookloox_server.approve()
        """
    )

    result.assert_outcomes(passed=3)


def test_checks_apply_to_requests_of_the_server(run: Run) -> None:
    result = run(
        """
        import pytest, requests

        pytestmark = pytest.mark.lookloox(tls=True)

        def test_wrong_path(lookloox_server):
            url = f"{lookloox_server.base_url}/api/tokens"
            requests.get(url, verify=lookloox_server.ca_file, timeout=10)

        @pytest.mark.lookloox_fault("tls_error")
        def test_vacuous(lookloox_server):
            lookloox_server.issue_access_token()
        """
    )

    result.assert_outcomes(passed=2, errors=2)
    result.stdout.fnmatch_lines_random(
        [
            "*GET /api/tokens is outside the Look Loox API*",
            "*tls_error* never took effect: no request reached*",
        ]
    )


def test_no_thread_is_left_after_the_session(run: Run) -> None:
    def own_threads() -> set[threading.Thread]:
        return {thread for thread in threading.enumerate() if "lookloox" in thread.name}

    before = own_threads()
    result = run(
        """
        import pytest, requests

        @pytest.fixture(params=[False, True])
        def lookloox_config(request):
            return {"tls": request.param}

        def test_login(lookloox_server):
            url, ca_file = lookloox_server.app.login_url, lookloox_server.ca_file
            requests.get(url, verify=ca_file, allow_redirects=False, timeout=10)
        """
    )

    result.assert_outcomes(passed=2)
    assert own_threads() == before


def test_missing_extra_is_told_in_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pytest_lookloox.transports.tls", raising=False)
    monkeypatch.setitem(sys.modules, "trustme", None)

    result = run(
        """
        import pytest

        def test_http(lookloox_server): pass

        @pytest.mark.lookloox(tls=True)
        def test_https(lookloox_server): pass
        """
    )

    result.assert_outcomes(passed=1, errors=1)
    line = "lookloox_server with tls needs an extra: pip install 'pytest-lookloox[tls]' ("
    [told] = [found for found in result.outlines if found.startswith(line)]
    assert "trustme" in told
    result.stdout.no_fnmatch_line("During handling of the above exception*")
