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


@pytest.mark.parametrize(
    "scheme",
    [
        pytest.param("http", marks=pytest.mark.lookloox(base_url="https://sister.example")),
        pytest.param("https", marks=pytest.mark.lookloox(tls=True)),
    ],
)
def test_it_has_an_address_of_its_own_and_nothing_is_stubbed(
    lookloox_server: LookLoox, scheme: str
) -> None:
    assert lookloox_server.base_url.startswith(f"{scheme}://127.0.0.1:")
    assert lookloox_server.app.login_url.startswith(f"{lookloox_server.base_url}/api/oauth?")
    assert HTTPAdapter.send is UNSTUBBED
    assert gets_in(lookloox_server)
    assert gets_in(lookloox_server, verify=True) is (lookloox_server.ca_file is None)


def own_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if "lookloox" in thread.name}


def test_each_test_has_a_fresh_provider_on_a_port_of_the_session(run: Run) -> None:
    before = own_threads()
    result = run(
        """
        import pytest
        from tests.client import authorize, visit

        addresses = set()

        @pytest.fixture(params=[False, True])
        def lookloox_config(request):
            return {"tls": request.param}

        @pytest.mark.parametrize("number", range(2))
        def test_fresh(lookloox_server, number):
            addresses.add(lookloox_server.base_url)
            assert len(addresses) <= 2
            assert lookloox_server.calls == []
            assert visit(lookloox_server).status_code == 302
            lookloox_server.inject_fault("http_503")
            assert authorize(lookloox_server, "spent").status_code == 503
        """
    )

    result.assert_outcomes(passed=4)
    assert own_threads() == before


def test_missing_extra_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
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
    needed = "https needs an extra: pip install 'pytest-lookloox[[]tls]' (*trustme*)"
    result.stdout.fnmatch_lines([f"E*ModuleNotFoundError: {needed}"])
    result.stdout.no_fnmatch_line("During handling of the above exception*")
