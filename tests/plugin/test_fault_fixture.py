"""The fixture and the marker `lookloox_fault` in other people's suites."""

from __future__ import annotations

import re

import pytest
import trustme  # noqa: F401 - pytester forgets what is first imported inside it

from pytest_lookloox.faults.catalogue import faults_at_each_endpoint
from tests.conftest import Run

IDS = [str(fault) for fault in faults_at_each_endpoint()]
NO_ONE_GETS_IN = """
import pytest
from tests.client import gets_in

@pytest.mark.lookloox(tls={tls})
def test_no_one_gets_in(lookloox_fault, {fixture}, request):
    assert request.node.name == f"test_no_one_gets_in[{{lookloox_fault}}]"
    assert lookloox_fault.description and lookloox_fault.advice
    patience = 0.3 if "timeout" in lookloox_fault.name else 5
    assert not gets_in({fixture}, timeout=patience)
"""
STUBS = NO_ONE_GETS_IN.format(fixture="lookloox", tls=False)


def ids_of(run: Run, suite: str, *arguments: str) -> list[str]:
    """Return the ids of all tests that are collected, in order."""
    result = run(suite, "--collect-only", "-q", "-pno:randomly", *arguments)
    return re.findall(r"::\w+\[(.+)\]$", str(result.stdout), re.M)


class TestFixture:
    def test_one_test_for_each_fault_at_each_endpoint(self, run: Run) -> None:
        run(STUBS).assert_outcomes(passed=len(IDS))
        assert ids_of(run, STUBS) == IDS

    @pytest.mark.parametrize(("tls", "skipped"), [(True, 0), (False, 2)])
    def test_over_the_server(self, run: Run, tls: bool, skipped: int) -> None:
        result = run(NO_ONE_GETS_IN.format(fixture="lookloox_server", tls=tls), "-rs")

        result.assert_outcomes(passed=len(IDS) - skipped, skipped=skipped)
        if skipped:
            result.stdout.fnmatch_lines(["SKIPPED*tls_error needs https*lookloox(tls=True)*"])

    @pytest.mark.parametrize(
        "fixtures",
        ["lookloox_fault, lookloox_callback_url", "lookloox_callback_url, lookloox_fault"],
    )
    def test_it_works_before_other_fixtures(self, run: Run, fixtures: str) -> None:
        suite = f"""
            def test_it({fixtures}, lookloox_app):
                assert lookloox_callback_url == lookloox_app.redirect_url
        """
        run(suite, "-k", "missing_auth_key").assert_outcomes(passed=1)

    @pytest.mark.parametrize("fixture", ["lookloox_fault", "lookloox_odd_user"])
    def test_stubs_need_not_be_named(self, run: Run, fixture: str) -> None:
        suite = f"""
            import requests
            def test_it({fixture}): requests.get("https://lookloox.com/api/authorize", timeout=5)
        """
        chosen = ["-k", "http_503 and authorize or no_email"]
        run(suite, *chosen).assert_outcomes(passed=1)

    def test_fault_that_never_took_effect_fails_the_test(self, run: Run) -> None:
        result = run("def test_it(lookloox_fault): pass", "-pno:randomly", "-rN")

        result.assert_outcomes(passed=len(IDS), errors=len(IDS))
        result.stdout.fnmatch_lines(["The fault http_500@get_user_info never took effect: no *"])


class TestMarkerWithTheFixture:
    @pytest.mark.parametrize(
        ("names", "ids"),
        [
            ('"http_503", "http_503@authorize"', ["http_503@authorize", "http_503@get_user_info"]),
            ('"read_timeout@authorize", "unknown_app"', ["read_timeout@authorize", "unknown_app"]),
            ("times=1", IDS),
            ("", IDS),
        ],
    )
    @pytest.mark.parametrize("place", ["@pytest.mark.{}", "pytestmark = pytest.mark.{}"])
    def test_it_narrows_the_list(self, run: Run, names: str, ids: list[str], place: str) -> None:
        marker = place.format(f"lookloox_fault({names})")

        assert ids_of(run, f"import pytest\n{marker}\ndef test_it(lookloox_fault): pass") == ids

    def test_closest_marker_wins_and_times_applies_to_the_fixture(self, run: Run) -> None:
        suite = """
            import pytest
            from tests.client import gets_in

            @pytest.mark.lookloox_fault("http_503")
            class TestIt:
                @pytest.mark.lookloox_fault("http_400@authorize", times=2)
                @pytest.mark.lookloox_fault("http_401@authorize", times=1)
                def test_closest(self, lookloox_fault, lookloox):
                    failures = [not gets_in(lookloox) for _ in range(3)]
                    assert failures == [True, "400" in str(lookloox_fault), False]
        """
        run(suite).assert_outcomes(passed=2)

    def test_fault_of_another_marker_is_added(self, run: Run) -> None:
        suite = """
            import pytest
            from tests.client import authorize, get_user_info

            pytestmark = pytest.mark.lookloox_fault("http_503@authorize")

            @pytest.mark.lookloox_expired_token
            def test_it(lookloox_fault, lookloox):
                assert authorize(lookloox, lookloox.issue_auth_key()).status_code == 503
                answer = get_user_info(lookloox, lookloox.issue_access_token()).json()
                assert "expired" in answer["message"]

            def test_fault_of_a_wider_marker_has_to_take_effect_too(lookloox_fault): pass
        """
        run(suite).assert_outcomes(passed=2, errors=1)


@pytest.mark.parametrize("server", ["", "lookloox_server, "])
def test_marker_alone_makes_all_that_it_names_take_effect(run: Run, server: str) -> None:
    suite = f"""
        import pytest
        import requests

        @pytest.mark.lookloox_fault("http_503@authorize", "http_401", times=1)
        def test_it({server}lookloox_app):
            urls = [f"{{lookloox_app.base_url}}/api/{{end}}" for end in ENDPOINTS * 2]
            statuses = [requests.get(url, timeout=5).status_code for url in urls]
            assert statuses == [503, 401, 200, 200]

        ENDPOINTS = ["authorize", "get_user_info"]
    """
    run(suite).assert_outcomes(passed=1)


class TestWrongMarker:
    """A mistake fails the tests that it is about, and no other of the module."""

    def test_every_test_of_a_marked_module_is_told(self, run: Run) -> None:
        suite = """
            import pytest

            pytestmark = pytest.mark.lookloox_fault("http_400", "htp_503")

            @pytest.mark.parametrize("number", [1, 2])
            def test_parametrised(lookloox_fault, number): pass

            def test_marker_alone(): pass

            @pytest.mark.lookloox(strict=False)
            @pytest.mark.lookloox_fault("http_503@authorize")
            def test_closer_marker(lookloox_fault): pass
        """
        result = run(suite, "-rE", "--lookloox-report")

        result.assert_outcomes(passed=1, errors=3)
        assert str(result.stdout).count("'htp_503'; did you mean 'http_503'") >= 3
        result.stdout.fnmatch_lines(["ERROR *::test_parametrised[[]wrong_marker-1]*"])

    @pytest.mark.parametrize("names", ["lookloox_fault", "number, lookloox_fault"])
    def test_parametrize_instead_of_the_marker(self, run: Run, names: str) -> None:
        suite = f"""
            import pytest

            @pytest.mark.parametrize("other_lookloox_fault", [1])
            def test_right(lookloox_fault, other_lookloox_fault): pass

            @pytest.mark.parametrize("{names}", [])
            def test_it({names}): pass
        """
        result = run(suite)

        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["*::test_it: *replace parametrize with @pytest.mark.lookloo*"])
