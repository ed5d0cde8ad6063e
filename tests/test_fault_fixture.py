"""The fixture and the marker `lookloox_fault` in other people's suites."""

from __future__ import annotations

import re

import pytest
import requests  # noqa: F401 - pytester forgets what is first imported inside it
import trustme  # noqa: F401 - so that it is here, too

from pytest_lookloox.faults import one_by_one

IDS = [str(fault) for fault in one_by_one()]

# A client that goes the whole way, and tells who it is; nobody where anything is wrong.
CLIENT = """
import pytest
import requests

ENDPOINTS = ("authorize", "get_user_info")


def log_in(provider, timeout=5):
    auth_key = provider.approve().partition("?auth_key=")[2]
    if not auth_key:
        return None
    app = provider.app
    try:
        token = ask(
            provider,
            "authorize",
            timeout,
            app_id=app.app_id,
            app_secret=app.app_secret,
            auth_key=auth_key,
        )["access_token"]
        user = ask(provider, "get_user_info", timeout, access_token=token)["user_info"]
        return user["user_id"] or None
    except (requests.RequestException, KeyError, TypeError):
        return None


def ask(provider, endpoint, timeout, **params):
    url = f"{provider.base_url}/api/{endpoint}"
    return requests.get(url, params, timeout=timeout, verify=provider.ca_file or True).json()
"""
NOBODY_GETS_IN = """
from client import *

def test_nobody_gets_in(lookloox_fault, lookloox):
    patience = 0.5 if "timeout" in lookloox_fault.name else 5
    assert log_in(lookloox, patience) is None
"""

LENIENT = "import pytest\npytestmark = pytest.mark.lookloox(strict=False)\n\n"


@pytest.fixture(autouse=True)
def client(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(client=CLIENT)


def ids_of(pytester: pytest.Pytester, *arguments: str) -> list[str]:
    """The ids of all tests that were collected, in order."""
    output = str(pytester.runpytest_inprocess("--collect-only", "-q", *arguments).stdout)
    return re.findall(r"::\w+\[(.+)\]$", output, re.MULTILINE)


class TestFixture:
    def test_one_test_for_each_fault_at_each_endpoint(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(NOBODY_GETS_IN)

        assert ids_of(pytester, "-p", "no:randomly") == IDS
        pytester.runpytest_inprocess().assert_outcomes(passed=len(IDS))

    def test_under_xdist(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(NOBODY_GETS_IN)

        pytester.runpytest_subprocess("-n", "2").assert_outcomes(passed=len(IDS))

    @pytest.mark.parametrize(
        ("expression", "ids"),
        [
            ("http_503", ["http_503@authorize", "http_503@get_user_info"]),
            ("http_503 and authorize", ["http_503@authorize"]),
            ("expired_token", ["expired_token"]),
        ],
    )
    def test_under_k(self, pytester: pytest.Pytester, expression: str, ids: list[str]) -> None:
        pytester.makepyfile(NOBODY_GETS_IN)

        assert ids_of(pytester, "-p", "no:randomly", "-k", expression) == ids

    def test_value_is_the_fault(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            def test_it(lookloox_fault, lookloox, request):
                assert request.node.name == f"test_it[{lookloox_fault}]"
                assert str(lookloox_fault).partition("@")[0] == lookloox_fault.name
                assert lookloox_fault.description and lookloox_fault.advice
            """
        )

        pytester.runpytest_inprocess("-k", "http_").assert_outcomes(passed=12, errors=12)

    def test_the_stubs_need_not_be_named(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            import requests

            def test_it(lookloox_fault):
                url = "https://lookloox.com/api/authorize"
                assert requests.get(url, timeout=5).status_code == 503
            """
        )

        pytester.runpytest_inprocess("-k", "503 and authorize").assert_outcomes(passed=1)

    @pytest.mark.parametrize("order", ["lookloox_fault, {0}", "{0}, lookloox_fault"])
    @pytest.mark.parametrize(
        ("fixture", "fault", "expected"),
        [
            ("lookloox_callback_url", "missing_auth_key", "'http://localhost/callback'"),
            ("lookloox_app", "missing_auth_key", "lookloox.app"),
        ],
    )
    def test_it_is_at_work_before_other_fixtures(
        self, pytester: pytest.Pytester, order: str, fixture: str, fault: str, expected: str
    ) -> None:
        pytester.makepyfile(
            f"""
            def test_it({order.format(fixture)}, lookloox):
                lookloox.approve()
                assert {fixture} == {expected}
            """
        )

        pytester.runpytest_inprocess("-k", fault).assert_outcomes(passed=1)

    @pytest.mark.parametrize("tls", [False, True])
    def test_through_the_server(self, pytester: pytest.Pytester, tls: bool) -> None:
        pytester.makepyfile(
            NOBODY_GETS_IN.replace("lookloox)", "lookloox_server)")
            .replace("lookloox,", "lookloox_server,")
            .replace("def", f"@pytest.mark.lookloox(tls={tls})\ndef")
        )
        skipped = 0 if tls else 2

        result = pytester.runpytest_inprocess("-rs", "-n", "0")

        result.assert_outcomes(passed=len(IDS) - skipped, skipped=skipped)

    def test_without_https_the_certificate_is_skipped_with_a_reason(
        self, pytester: pytest.Pytester
    ) -> None:
        pytester.makepyfile("def test_it(lookloox_fault, lookloox_server): pass")

        result = pytester.runpytest_inprocess("-rs", "-k", "tls_error")

        result.stdout.fnmatch_lines(["SKIPPED*tls_error needs https*lookloox(tls=True)*"])

    def test_a_fault_that_never_took_place_fails_the_test(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile("def test_it(lookloox_fault, lookloox): pass")

        result = pytester.runpytest_inprocess("-p", "no:randomly", "-rN", "-k", "not tls")

        result.assert_outcomes(passed=len(IDS) - 2, errors=len(IDS) - 2)
        result.stdout.fnmatch_lines(
            [
                "The fault reused_auth_key never took effect: no auth_key that was handed out "
                "reached /api/authorize, so this test proves nothing.*",
                "The fault http_500@get_user_info never took effect: no request reached "
                "/api/get_user_info, so*",
            ]
        )

    def test_a_client_that_stops_half_way_meets_half_of_them(
        self, pytester: pytest.Pytester
    ) -> None:
        pytester.makepyfile(
            """
            from client import *

            def test_it(lookloox_fault, lookloox_auth_key, lookloox, lookloox_app):
                with pytest.raises((requests.RequestException, TypeError, KeyError)):
                    ask(
                        lookloox, "authorize", 5, app_id=lookloox_app.app_id,
                        app_secret=lookloox_app.app_secret, auth_key=lookloox_auth_key,
                    )["error"]["found"]
            """
        )

        result = pytester.runpytest_inprocess("-k", "500")

        result.assert_outcomes(passed=2, errors=1)

    def test_a_unittest_cannot_be_parametrised(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            import unittest
            import pytest

            @pytest.mark.usefixtures("lookloox_fault")
            class TestIt(unittest.TestCase):
                def test_it(self):
                    pass
            """
        )

        result = pytester.runpytest_inprocess()

        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["*lookloox_fault runs a test once for each case, and *"])


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
    def test_it_narrows_the_list(
        self, pytester: pytest.Pytester, names: str, ids: list[str], place: str
    ) -> None:
        marker = place.format(f"lookloox_fault({names})")
        pytester.makepyfile(f"import pytest\n{marker}\ndef test_it(lookloox_fault): pass")

        assert ids_of(pytester, "-p", "no:randomly") == ids

    def test_the_closest_marker_counts(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            from client import *

            @pytest.mark.lookloox_fault("http_503")
            class TestIt:
                @pytest.mark.lookloox_fault("http_400@authorize", times=2)
                @pytest.mark.lookloox_fault("http_401@authorize", times=1)
                def test_it(self, lookloox_fault, lookloox):
                    fails = [log_in(lookloox) is None for _ in range(3)]
                    assert fails == [True, "400" in str(lookloox_fault), False]
            """
        )

        assert ids_of(pytester, "-p", "no:randomly") == ["http_401@authorize", "http_400@authorize"]
        pytester.runpytest_inprocess().assert_outcomes(passed=2)

    def test_times_is_the_fixtures(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            from client import *

            @pytest.mark.lookloox_fault(times=1)
            def test_second_login_works(lookloox_fault, lookloox):
                assert [bool(log_in(lookloox)) for _ in range(3)] == [False, True, True]
            """
        )

        pytester.runpytest_inprocess().assert_outcomes(passed=len(IDS))

    def test_a_fault_that_never_took_place_fails_the_test(self, pytester: pytest.Pytester) -> None:
        """Though the marker is the module's: the fixture is the test's own."""
        pytester.makepyfile(
            """
            import pytest

            pytestmark = pytest.mark.lookloox_fault("http_503")

            def test_it(lookloox_fault):
                pass
            """
        )

        pytester.runpytest_inprocess().assert_outcomes(passed=2, errors=2)


class TestMarkerAlone:
    @pytest.mark.parametrize("door", ["", "lookloox_server"])
    def test_all_that_are_named_are_at_work(self, pytester: pytest.Pytester, door: str) -> None:
        pytester.makepyfile(
            f"""
            from client import *

            @pytest.mark.lookloox_fault("http_503@authorize", "http_401", times=1)
            def test_it({door}, lookloox_app):
                url = f"{{lookloox_app.base_url}}/api/"
                statuses = [requests.get(url + e, timeout=5).status_code for e in ENDPOINTS * 2]
                assert statuses == [503, 401, 200, 200]
            """.replace("(, ", "(")
        )

        pytester.runpytest_inprocess().assert_outcomes(passed=1)

    def test_a_fault_that_never_took_place_fails_the_test(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            import pytest

            @pytest.mark.lookloox_fault("http_503", "deleted_user")
            def test_it():
                pass
            """
        )

        result = pytester.runpytest_inprocess("-rN")

        result.assert_outcomes(passed=1, errors=1)
        result.stdout.fnmatch_lines(
            [
                "The fault http_503 never took effect: no request reached /api/authorize or "
                "/api/get_user_info, *",
                "The fault deleted_user never took effect: no good access token was used at *",
            ]
        )

    def test_it_may_stay_away_where_the_marker_is_inherited(
        self, pytester: pytest.Pytester
    ) -> None:
        pytester.makepyfile(
            """
            import pytest

            pytestmark = pytest.mark.lookloox_fault("http_503")

            def test_it():
                pass
            """
        )

        pytester.runpytest_inprocess().assert_outcomes(passed=1)


class TestBadArguments:
    @pytest.mark.parametrize("fixture", ["lookloox_fault", "lookloox"])
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ('"http_530"', "unknown fault 'http_530'; did you mean 'http_503'*"),
            ('"http_503", "read_timeout@oauth"', "*read_timeout happens at authorize and*"),
            ('"byte_order_mark"', "*is no fault but a variation*"),
            ("503", "a fault is asked for by its name, not int"),
            ('"http_503", times=0', "times must be 1 or more, not 0*"),
            ('"http_503", time=1', "*unexpected keyword argument 'time'*"),
        ],
    )
    def test_are_refused(
        self, pytester: pytest.Pytester, fixture: str, arguments: str, message: str
    ) -> None:
        pytester.makepyfile(
            f"""
            import pytest

            @pytest.mark.lookloox_fault({arguments})
            def test_it({fixture}):
                pass
            """
        )

        result = pytester.runpytest_inprocess()

        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines([f"*UsageError: @pytest.mark.lookloox_fault: {message}*"])
        assert "_hookexec" not in str(result.stdout)

    @pytest.mark.parametrize(
        ("marker", "fixture"),
        [
            ("lookloox_fault", ""),
            ("lookloox_fault()", "lookloox_fault"),
            ("lookloox_fault(times=1)", ""),
        ],
    )
    def test_no_name(self, pytester: pytest.Pytester, marker: str, fixture: str) -> None:
        pytester.makepyfile(f"import pytest\n@pytest.mark.{marker}\ndef test_it({fixture}): pass")

        result = pytester.runpytest_inprocess()

        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["*@pytest.mark.lookloox_fault takes names of faults: *"])

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
    def test_the_modules_other_tests_run(
        self, pytester: pytest.Pytester, names: str, place: str
    ) -> None:
        pytester.makepyfile(
            f"{LENIENT}{place.format(f'lookloox_fault({names})')}\n\n"
            "def test_plain(): pass\n\n"
            "@pytest.mark.lookloox_fault('http_503')\ndef test_right(lookloox_fault): pass\n"
        )

        result = pytester.runpytest_inprocess("-rE", "--lookloox-report")

        result.assert_outcomes(passed=3, errors=1)
        result.stdout.fnmatch_lines(["ERROR *::test_wrong[[]wrong_marker]*", "49 faults in 1 *"])

    def test_every_test_of_a_marked_module_is_told(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
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

        result = pytester.runpytest_inprocess()

        result.assert_outcomes(passed=1, errors=3)
        messages = [line for line in result.outlines if re.match(r"E   \S*UsageError: ", line)]
        assert len(messages) == 3
        assert all("unknown fault 'htp_503'; did you mean 'http_503'" in line for line in messages)

    def test_certificate_without_https(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            import pytest

            @pytest.mark.lookloox_fault("tls_error")
            def test_it(lookloox_server): pass
            """
        )

        result = pytester.runpytest_inprocess()

        result.stdout.fnmatch_lines(["*UsageError: tls_error needs https*"])
