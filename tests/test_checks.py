"""The teardown checks: what they report, when they stay silent, and how they are switched off."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from pytest_lookloox import LookLoox

# These ask in every wrong way, on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")

TIMEOUT = 5
OPT_OUT = (
    "To opt out of these checks: @pytest.mark.lookloox(strict=False), or LookLoox(strict=False)."
)
THE_API = "GET /api/oauth, GET /api/authorize, GET /api/get_user_info"
NO_TOKEN = "lookloox_expired_token never took effect: no access token was used"
NO_AUTH_KEY = "lookloox_reused_auth_key never took effect: no auth_key that was handed out reached"

SCENARIOS = pytest.mark.parametrize(
    ("marker", "reason"),
    [("lookloox_expired_token", NO_TOKEN), ("lookloox_reused_auth_key", NO_AUTH_KEY)],
)


def ask(provider: LookLoox, endpoint: str, **params: str) -> Any:
    url = f"{provider.base_url}/api/{endpoint}"
    return requests.get(url, params=params, timeout=TIMEOUT).json()


def authorize(provider: LookLoox, auth_key: str) -> Any:
    app = provider.app
    return ask(
        provider, "authorize", app_id=app.app_id, app_secret=app.app_secret, auth_key=auth_key
    )


def suite(body: str, marker: str = "lookloox") -> str:
    """A test with one marker and one line for a body."""
    return f"""
        import pytest, requests

        API = "https://lookloox.com"

        @pytest.mark.{marker}
        def test_it(lookloox):
            {body}
        """


def failing_reports(pytester: pytest.Pytester) -> list[pytest.TestReport]:
    reports = pytester.inline_run().getreports("pytest_runtest_logreport")
    return [report for report in reports if report.failed]


class TestOutsideTheApi:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/api/authorise"),
            ("GET", "/api/authorize/"),
            ("GET", "/api/"),
            ("GET", "/"),
            ("POST", "/api/authorize"),
            ("HEAD", "/api/oauth"),
            ("PUT", "/api/get_user_info"),
        ],
    )
    def test_a_wrong_path_or_method_fails_the_test(
        self, pytester: pytest.Pytester, method: str, path: str
    ) -> None:
        pytester.makepyfile(suite(f'requests.request("{method}", API + "{path}", timeout=5)'))

        [report] = failing_reports(pytester)

        assert report.when == "teardown"
        assert report.longreprtext == (
            f"{method} {path} is outside the Look Loox API, which is {THE_API}: "
            f"mend the client's URL or method.\n{OPT_OUT}"
        )

    @pytest.mark.parametrize("path", ["/api/oauth", "/api/authorize", "/api/get_user_info?x=1"])
    def test_the_api_itself_may_be_asked_anything(
        self, pytester: pytest.Pytester, path: str
    ) -> None:
        pytester.makepyfile(suite(f'requests.get(API + "{path}", timeout=5)'))

        pytester.runpytest_inprocess().assert_outcomes(passed=1)

    def test_a_stub_of_the_tests_own_for_the_path_answers_for_it(
        self, pytester: pytest.Pytester
    ) -> None:
        pytester.makepyfile(
            suite('lookloox.stub.post(API + "/api/token"); requests.post(API + "/api/token")')
        )

        pytester.runpytest_inprocess().assert_outcomes(passed=1)

    def test_every_request_is_named_and_the_way_out_once(self) -> None:
        with LookLoox(strict=False) as provider:
            requests.post(f"{provider.base_url}/api/oauth", timeout=TIMEOUT)
            requests.get(f"{provider.base_url}/login", timeout=TIMEOUT)

        with pytest.raises(AssertionError) as failed:
            provider.check()

        first, second, last = str(failed.value).splitlines()
        assert first.startswith("POST /api/oauth is outside")
        assert second.startswith("GET /login is outside")
        assert last == OPT_OUT

    def test_no_secret_is_shown(self) -> None:
        with LookLoox(strict=False) as provider:
            requests.post(
                f"{provider.base_url}/api/authorize",
                params={"app_secret": provider.app.app_secret},
                timeout=TIMEOUT,
            )

        with pytest.raises(AssertionError) as failed:
            provider.check()

        assert provider.app.app_secret not in str(failed.value)


class TestScenarioThatNeverTookPlace:
    @SCENARIOS
    def test_it_fails_a_test_that_is_marked_itself(
        self, pytester: pytest.Pytester, marker: str, reason: str
    ) -> None:
        pytester.makepyfile(suite("pass", marker))

        [report] = failing_reports(pytester)

        assert report.when == "teardown"
        assert report.longreprtext.startswith(f"The marker {reason}")
        assert report.longreprtext.endswith(OPT_OUT)

    @SCENARIOS
    def test_a_mark_on_a_parameter_is_one_on_the_test(
        self, pytester: pytest.Pytester, marker: str, reason: str
    ) -> None:
        pytester.makepyfile(
            f"""
            import pytest

            @pytest.mark.parametrize("x", [1, pytest.param(2, marks=pytest.mark.{marker})])
            def test_it(lookloox, x):
                pass
            """
        )

        [report] = failing_reports(pytester)

        assert "test_it[2]" in report.nodeid
        assert reason in report.longreprtext

    @SCENARIOS
    def test_it_is_fine_where_the_marker_is_inherited(
        self, pytester: pytest.Pytester, marker: str, reason: str
    ) -> None:
        pytester.makepyfile(
            test_module=f"""
            import pytest

            pytestmark = pytest.mark.{marker}

            def test_it():
                pass
            """,
            test_class=f"""
            import pytest

            @pytest.mark.{marker}
            class TestIt:
                def test_it(self):
                    pass

            class TestInherited(TestIt):
                pass
            """,
        )

        pytester.runpytest_inprocess().assert_outcomes(passed=3)

    @pytest.mark.parametrize(
        ("marker", "body"),
        [
            ("lookloox_expired_token", "lookloox.issue_access_token()"),
            ("lookloox_expired_token", 'requests.get(API + "/api/get_user_info", timeout=5)'),
            ("lookloox_reused_auth_key", "lookloox.approve()"),
            ("lookloox_reused_auth_key", 'requests.get(API + "/api/authorize", timeout=5)'),
        ],
    )
    def test_going_half_the_way_is_not_enough(
        self, pytester: pytest.Pytester, marker: str, body: str
    ) -> None:
        pytester.makepyfile(suite(body, marker))

        pytester.runpytest_inprocess().assert_outcomes(passed=1, errors=1)

    def test_each_of_two_scenarios_has_to_take_place(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            import pytest

            @pytest.mark.lookloox_expired_token
            @pytest.mark.lookloox_reused_auth_key
            def test_it():
                pass
            """
        )

        [report] = failing_reports(pytester)

        assert NO_TOKEN in report.longreprtext
        assert NO_AUTH_KEY in report.longreprtext


class TestScenarioThatTakesPlace:
    """These tests carry the markers themselves: they would fail if the scenario stayed away."""

    @pytest.mark.lookloox_reused_auth_key
    def test_every_auth_key_has_been_spent_before(self, lookloox: LookLoox) -> None:
        answers = [authorize(lookloox, lookloox.issue_auth_key()) for _ in range(3)]

        assert answers == [{"error": True, "message": "Bad Request, invalid auth_key"}] * 3

    @pytest.mark.lookloox_reused_auth_key(times=1)
    def test_the_second_auth_key_works(self, lookloox: LookLoox) -> None:
        first = authorize(lookloox, lookloox.issue_auth_key())
        second = authorize(lookloox, lookloox.issue_auth_key())

        assert first["message"] == "Bad Request, invalid auth_key"
        assert set(second) == {"access_token"}

    @pytest.mark.lookloox_reused_auth_key(2)
    def test_so_does_the_third_after_two(self, lookloox: LookLoox) -> None:
        answers = [authorize(lookloox, lookloox.issue_auth_key()) for _ in range(3)]

        assert ["access_token" in answer for answer in answers] == [False, False, True]

    @pytest.mark.lookloox_expired_token
    def test_every_access_token_is_past_its_hour(self, lookloox: LookLoox) -> None:
        answers = [
            ask(lookloox, "get_user_info", access_token=lookloox.issue_access_token())
            for _ in range(3)
        ]

        assert answers == [{"error": True, "message": "Bad Request, expired access_token"}] * 3

    @pytest.mark.lookloox_expired_token(times=1)
    def test_a_new_login_gets_a_token_that_works(self, lookloox: LookLoox) -> None:
        first = authorize(lookloox, lookloox.issue_auth_key())
        refused = ask(lookloox, "get_user_info", **first)
        second = authorize(lookloox, lookloox.issue_auth_key())
        answer = ask(lookloox, "get_user_info", **second)

        assert refused["message"] == "Bad Request, expired access_token"
        assert answer == {"user_info": lookloox.user}

    @pytest.mark.lookloox_expired_token(times=1)
    def test_the_same_token_stays_past_its_hour(self, lookloox: LookLoox) -> None:
        token = lookloox.issue_access_token()

        answers = [ask(lookloox, "get_user_info", access_token=token) for _ in range(2)]

        assert answers == [{"error": True, "message": "Bad Request, expired access_token"}] * 2

    @pytest.mark.lookloox_expired_token(times=1)
    @pytest.mark.lookloox_reused_auth_key(times=1)
    def test_both_at_once(self, lookloox: LookLoox) -> None:
        spent = authorize(lookloox, lookloox.issue_auth_key())
        first = authorize(lookloox, lookloox.issue_auth_key())
        refused = ask(lookloox, "get_user_info", **first)
        second = authorize(lookloox, lookloox.issue_auth_key())
        answer = ask(lookloox, "get_user_info", **second)

        assert [spent.get("message"), refused.get("message"), answer.get("message")] == [
            "Bad Request, invalid auth_key",
            "Bad Request, expired access_token",
            None,
        ]


@pytest.mark.lookloox_reused_auth_key
class TestClosestMarker:
    @pytest.mark.lookloox_reused_auth_key(times=1)
    def test_wins_over_the_classs(self, lookloox: LookLoox) -> None:
        answers = [authorize(lookloox, lookloox.issue_auth_key()) for _ in range(2)]

        assert ["access_token" in answer for answer in answers] == [False, True]


class TestStrict:
    @pytest.mark.parametrize(
        "body", ['requests.post(API + "/api/authorize", timeout=5)', "requests.get(API, timeout=5)"]
    )
    def test_false_switches_the_checks_off(self, pytester: pytest.Pytester, body: str) -> None:
        pytester.makepyfile(suite(body, "lookloox(strict=False)"))

        pytester.runpytest_inprocess().assert_outcomes(passed=1)

    def test_false_in_the_config_switches_them_off_for_scenarios_too(
        self, pytester: pytest.Pytester
    ) -> None:
        pytester.makeconftest(
            """
            import pytest

            @pytest.fixture
            def lookloox_config():
                return {"strict": False}
            """
        )
        pytester.makepyfile(suite("pass", "lookloox_expired_token"))

        pytester.runpytest_inprocess().assert_outcomes(passed=1)

    def test_a_check_by_hand_runs_all_the_same(self) -> None:
        with LookLoox(strict=False) as provider:
            requests.get(f"{provider.base_url}/api/", timeout=TIMEOUT)

        with pytest.raises(AssertionError, match="GET /api/ is outside"):
            provider.check()


class TestBodyThatDidNotPass:
    """One failure is enough: a body that stopped early cannot have gone the whole way."""

    @pytest.mark.parametrize(
        ("ending", "outcomes"),
        [
            ("assert False", {"failed": 1}),
            ("raise ValueError", {"failed": 1}),
            ("pytest.skip('not today')", {"skipped": 1}),
            ("pytest.xfail('known')", {"xfailed": 1}),
        ],
    )
    def test_it_is_left_alone(
        self, pytester: pytest.Pytester, ending: str, outcomes: dict[str, int]
    ) -> None:
        body = f"requests.get(API, timeout=5); {ending}"
        pytester.makepyfile(suite(body, "lookloox_expired_token"))

        pytester.runpytest_inprocess().assert_outcomes(**outcomes)

    def test_so_is_a_block_without_pytest(self) -> None:
        with pytest.raises(ZeroDivisionError), LookLoox() as provider:
            (requests.get(provider.base_url, timeout=TIMEOUT), 1 / 0)

    def test_a_marked_xfail_is_left_alone(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            import pytest

            @pytest.mark.xfail(strict=True)
            @pytest.mark.lookloox_expired_token
            def test_it():
                assert False
            """
        )

        pytester.runpytest_inprocess().assert_outcomes(xfailed=1)

    def test_a_body_that_never_began_is_left_alone(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            import pytest

            @pytest.fixture
            def broken(lookloox):
                raise ValueError

            @pytest.mark.lookloox_expired_token
            def test_it(broken):
                pass
            """
        )

        [report] = failing_reports(pytester)

        assert report.when == "setup"

    def test_a_failed_unittest_is_left_alone(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            import unittest
            import pytest

            @pytest.mark.usefixtures("lookloox")
            class TestIt(unittest.TestCase):
                @pytest.mark.lookloox_expired_token
                def test_failed(self):
                    self.fail()

                @pytest.mark.lookloox_expired_token
                def test_skipped(self):
                    self.skipTest("not today")

                @unittest.expectedFailure
                @pytest.mark.lookloox_expired_token
                def test_xfailed(self):
                    self.fail()
            """
        )

        pytester.runpytest_inprocess().assert_outcomes(failed=1, skipped=1, xfailed=1)


class TestMessage:
    def test_it_is_printed_once_and_without_a_traceback(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(suite('requests.get(API + "/api/me", timeout=5)'))

        # Without the summary, which repeats the first line of every failure.
        output = str(pytester.runpytest_inprocess("-rN").stdout)

        assert output.count("/api/me is outside the Look Loox API") == 1
        assert output.count(OPT_OUT) == 1
        assert "Traceback" not in output
        assert "plugin.py" not in output

    def test_the_stubs_are_gone_all_the_same(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            import pytest
            from requests.adapters import HTTPAdapter

            REAL = HTTPAdapter.send

            @pytest.mark.lookloox_expired_token
            def test_fails_at_teardown():
                pass

            def test_next():
                assert HTTPAdapter.send is REAL
            """
        )

        result = pytester.runpytest_inprocess("-p", "no:randomly")

        result.assert_outcomes(passed=2, errors=1)
