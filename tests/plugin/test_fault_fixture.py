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
def test_no_one_gets_in(lookloox_fault, {fixture}):
    patience = 0.3 if "timeout" in lookloox_fault.name else 5
    assert not gets_in({fixture}, timeout=patience)
"""
STUBS = NO_ONE_GETS_IN.format(fixture="lookloox", tls=False)
LENIENT = "import pytest\npytestmark = pytest.mark.lookloox(strict=False)\n\n"


def ids_of(result: pytest.RunResult) -> list[str]:
    """Return the ids of all tests that were collected with -q, in order."""
    return re.findall(r"::\w+\[(.+)\]$", str(result.stdout), re.M)


class TestFixture:
    def test_one_test_for_each_fault_at_each_endpoint(self, run: Run) -> None:
        result = run(STUBS, "-v", "-pno:randomly")

        result.assert_outcomes(passed=len(IDS))
        assert re.findall(r"::test_no_one_gets_in\[(\S+)\] PASSED", str(result.stdout)) == IDS

    def test_under_xdist(self, run: Run) -> None:
        run(STUBS, "-n2", subprocess=True).assert_outcomes(passed=len(IDS))

    @pytest.mark.parametrize(("tls", "skipped"), [(True, 0), (False, 2)])
    def test_over_the_server(self, run: Run, tls: bool, skipped: int) -> None:
        result = run(NO_ONE_GETS_IN.format(fixture="lookloox_server", tls=tls), "-rs")

        result.assert_outcomes(passed=len(IDS) - skipped, skipped=skipped)
        if skipped:
            result.stdout.fnmatch_lines(["SKIPPED*tls_error needs https*lookloox(tls=True)*"])

    @pytest.mark.parametrize(
        ("expression", "ids"),
        [
            ("http_503", ["http_503@authorize", "http_503@get_user_info"]),
            ("http_503 and authorize", ["http_503@authorize"]),
            ("expired_token", ["expired_token"]),
        ],
    )
    def test_faults_are_chosen_by_name(self, run: Run, expression: str, ids: list[str]) -> None:
        options = ["--collect-only", "-q", "-pno:randomly", "-k", expression]

        assert ids_of(run(STUBS, *options)) == ids

    def test_value_is_the_fault(self, run: Run) -> None:
        run(
            f"""{LENIENT}
def test_it(lookloox_fault, request):
    assert request.node.name == f"test_it[{{lookloox_fault}}]"
    assert str(lookloox_fault).partition("@")[0] == lookloox_fault.name
    assert lookloox_fault.description and lookloox_fault.advice
"""
        ).assert_outcomes(passed=len(IDS))

    @pytest.mark.parametrize(
        "fixtures",
        ["lookloox_fault, lookloox_callback_url", "lookloox_callback_url, lookloox_fault"],
    )
    def test_it_works_before_other_fixtures(self, run: Run, fixtures: str) -> None:
        run(
            f"""
            import requests

            def test_it({fixtures}, lookloox_app):
                if lookloox_fault.name == "missing_auth_key":
                    assert lookloox_callback_url == lookloox_app.redirect_url
                else:
                    url = f"{{lookloox_app.base_url}}/api/authorize"
                    assert requests.get(url, timeout=5).status_code == 503
            """,
            *("-k", "missing_auth_key or 503 and authorize"),
        ).assert_outcomes(passed=2)

    @pytest.mark.parametrize("fixture", ["lookloox_fault", "lookloox_odd_user"])
    def test_stubs_need_not_be_named(self, run: Run, fixture: str) -> None:
        result = run(
            f"""
            import requests

            def test_it({fixture}):
                requests.get("https://lookloox.com/api/authorize", timeout=5)
            """,
            *("-k", "http_503 and authorize or no_email"),
        )

        assert result.ret == pytest.ExitCode.OK

    def test_fault_that_never_took_effect_fails_the_test(self, run: Run) -> None:
        result = run("def test_it(lookloox_fault): pass", "-pno:randomly", "-rN")

        result.assert_outcomes(passed=len(IDS), errors=len(IDS))
        result.stdout.fnmatch_lines(["The fault http_500@get_user_info never took effect: no *"])


class TestMarkerWithTheFixture:
    @pytest.mark.parametrize(
        ("names", "ids"),
        [
            ('"http_503"', ["http_503@authorize", "http_503@get_user_info"]),
            ('"read_timeout@authorize", "expired_token"', ["read_timeout@authorize", IDS[7]]),
            ('"http_503", "http_503@authorize"', ["http_503@authorize", "http_503@get_user_info"]),
            ("times=1", IDS),
        ],
    )
    @pytest.mark.parametrize("place", ["@pytest.mark.{}", "pytestmark = pytest.mark.{}"])
    def test_it_narrows_the_list(self, run: Run, names: str, ids: list[str], place: str) -> None:
        marker = place.format(f"lookloox_fault({names})")
        suite = f"import pytest\n{marker}\ndef test_it(lookloox_fault): pass"

        assert ids_of(run(suite, "--collect-only", "-q", "-pno:randomly")) == ids

    def test_closest_marker_wins_and_times_applies_to_the_fixture(self, run: Run) -> None:
        result = run(
            """
            import pytest
            from tests.client import gets_in

            @pytest.mark.lookloox_fault("http_503")
            class TestIt:
                @pytest.mark.lookloox_fault("http_400@authorize", times=2)
                @pytest.mark.lookloox_fault("http_401@authorize", times=1)
                def test_closest(self, lookloox_fault, lookloox):
                    failures = [not gets_in(lookloox) for _ in range(3)]
                    assert failures == [True, "400" in str(lookloox_fault), False]

            @pytest.mark.lookloox_fault(times=1)
            def test_second_login_works(lookloox_fault, lookloox):
                assert [gets_in(lookloox) for _ in range(3)] == [False, True, True]
            """
        )

        result.assert_outcomes(passed=2 + len(IDS))

    def test_fault_of_a_wider_marker_has_to_take_effect_too(self, run: Run) -> None:
        run(
            """
            import pytest

            pytestmark = pytest.mark.lookloox_fault("http_503")

            def test_it(lookloox_fault): pass
            """
        ).assert_outcomes(passed=2, errors=2)

    def test_fault_of_another_marker_is_added(self, run: Run) -> None:
        run(
            """
            import pytest
            from tests.client import authorize, get_user_info

            @pytest.mark.lookloox_expired_token
            @pytest.mark.lookloox_fault("http_503@authorize")
            def test_it(lookloox_fault, lookloox):
                assert authorize(lookloox, lookloox.issue_auth_key()).status_code == 503
                answer = get_user_info(lookloox, lookloox.issue_access_token()).json()
                assert "expired" in answer["message"]
            """
        ).assert_outcomes(passed=1)


class TestMarkerAlone:
    @pytest.mark.parametrize("server", ["", "lookloox_server, "])
    def test_all_that_are_named_take_effect(self, run: Run, server: str) -> None:
        run(
            f"""
            import pytest
            import requests

            @pytest.mark.lookloox_fault("http_503@authorize", "http_401", times=1)
            def test_it({server}lookloox_app):
                urls = [f"{{lookloox_app.base_url}}/api/{{end}}" for end in ENDPOINTS * 2]
                statuses = [requests.get(url, timeout=5).status_code for url in urls]
                assert statuses == [503, 401, 200, 200]

            ENDPOINTS = ["authorize", "get_user_info"]
            """
        ).assert_outcomes(passed=1)


class TestWrongMarker:
    """A mistake fails the tests that it is about, and no other of the module."""

    @pytest.mark.parametrize(
        "place",
        [
            "@pytest.mark.{}\ndef test_wrong(lookloox_fault): pass",
            "@pytest.mark.{}\nclass TestWrong:\n    def test_wrong(self, lookloox_fault): pass",
            "class TestWrong:\n    pytestmark = pytest.mark.{}\n"
            "    def test_wrong(self, lookloox_fault): pass",
        ],
        ids=["function", "class", "pytestmark"],
    )
    @pytest.mark.parametrize(
        "names",
        ['"htp_503"', '"http_503@autorize"', '"http_400", "htp_503"', ""],
        ids=["name", "endpoint", "one of several", "none"],
    )
    def test_other_tests_of_the_module_run(self, run: Run, names: str, place: str) -> None:
        result = run(
            f"{LENIENT}{place.format(f'lookloox_fault({names})')}\n\n"
            "def test_plain(): pass\n\n"
            "@pytest.mark.lookloox_fault('http_503')\ndef test_right(lookloox_fault): pass\n",
            *("-rE", "--lookloox-report"),
        )

        result.assert_outcomes(passed=3, errors=1)
        result.stdout.fnmatch_lines(["ERROR *::test_wrong[[]wrong_marker]*", "49 faults in 1 *"])

    def test_every_test_of_a_marked_module_is_told(self, run: Run) -> None:
        result = run(
            """
            import pytest

            pytestmark = pytest.mark.lookloox_fault("htp_503")

            @pytest.mark.parametrize("number", [1, 2])
            def test_parametrised(lookloox_fault, number): pass

            def test_marker_alone(): pass

            @pytest.mark.lookloox(strict=False)
            @pytest.mark.lookloox_fault("http_503@authorize")
            def test_closer_marker(lookloox_fault): pass
            """
        )

        result.assert_outcomes(passed=1, errors=3)
        messages = [line for line in result.outlines if re.match(r"E   \S*UsageError: ", line)]
        assert len(messages) == 3
        assert all("unknown fault 'htp_503'; did you mean 'http_503'" in line for line in messages)
