"""The plugin in other people's suites: fixtures, hooks, and its own documentation."""

from __future__ import annotations

import re

import pytest

import pytest_lookloox
from pytest_lookloox import App, LookLoox, UserInfo
from pytest_lookloox.options import OPTION_NAMES
from pytest_lookloox.provider.user_info import FIELDS, UserInfoBuilder
from tests.client import authorize, get_user_info
from tests.conftest import Run

FIXTURES = {
    *("lookloox", "lookloox_app", "lookloox_user", "lookloox_user_info", "lookloox_auth_key"),
    *("lookloox_callback_url", "lookloox_access_token", "lookloox_server", "lookloox_config"),
}
PARAMETRISED_FIXTURES = {"lookloox_fault", "lookloox_odd_user"}
MARKERS = [
    *("lookloox", "lookloox_expired_token", "lookloox_reused_auth_key", "lookloox_fault"),
    "lookloox_cassette",
]


class TestPackage:
    @pytest.mark.parametrize("name", pytest_lookloox.__all__)
    def test_every_public_name_is_there(self, name: str) -> None:
        assert getattr(pytest_lookloox, name) is not None

    def test_any_other_name_is_not(self) -> None:
        misspelt = "Lookloox"
        with pytest.raises(AttributeError, match="'pytest_lookloox' has no attribute 'Lookloox'"):
            getattr(pytest_lookloox, misspelt)


class TestFixtures:
    def test_they_need_no_conftest(self, run: Run) -> None:
        run(f"def test_all({', '.join(FIXTURES)}): pass").assert_outcomes(passed=1)

    def test_app_and_user(
        self, lookloox: LookLoox, lookloox_app: App, lookloox_user: UserInfo
    ) -> None:
        assert lookloox_app is lookloox.app
        assert lookloox_user == lookloox.user
        assert tuple(lookloox_user) == FIELDS

    @pytest.mark.parametrize("_round", [1, 2])
    def test_users_have_ids_of_their_own_within_a_test(
        self, lookloox_user: UserInfo, lookloox_user_info: UserInfoBuilder, _round: int
    ) -> None:
        users = [lookloox_user, lookloox_user_info(), lookloox_user_info()]

        assert [user["user_id"] for user in users] == ["1042", "2001", "2002"]

    def test_callback_url_and_auth_key_agree_and_work(
        self, lookloox: LookLoox, lookloox_callback_url: str, lookloox_auth_key: str
    ) -> None:
        assert lookloox_callback_url == f"{lookloox.app.redirect_url}?auth_key={lookloox_auth_key}"
        assert set(authorize(lookloox, lookloox_auth_key).json()) == {"access_token"}

    @pytest.mark.lookloox(token_lifetime=5)
    def test_access_token_is_in_its_first_second(
        self, lookloox: LookLoox, lookloox_access_token: str
    ) -> None:
        lookloox.advance(seconds=5)
        answer = get_user_info(lookloox, lookloox_access_token).json()

        assert answer == {"user_info": lookloox.user}

    def test_small_fixtures_use_the_server_if_only_it_is_requested(self, run: Run) -> None:
        run(
            """
            def test_server(lookloox_server, lookloox_app):
                assert lookloox_app.base_url == lookloox_server.base_url != "https://lookloox.com"

            def test_both(lookloox_server, lookloox, lookloox_app, lookloox_auth_key):
                assert lookloox_app.base_url == lookloox.base_url == "https://lookloox.com"
            """
        ).assert_outcomes(passed=2)


MARKER_ALONE = """
import unittest

import pytest
import requests
from requests.adapters import HTTPAdapter

REAL_SEND = HTTPAdapter.send
MARKED = pytest.param(True, marks=pytest.mark.lookloox)

def status():
    return requests.get("https://lookloox.com/api/authorize", timeout=5).status_code

@pytest.fixture(scope="module")
def database():
    return HTTPAdapter.send

@pytest.fixture
def answer(database):
    return status()

@pytest.mark.lookloox
def test_stubs_before_fixtures_of_the_test_and_after_wider_ones(answer, database):
    assert answer == 200
    assert database is REAL_SEND

@pytest.mark.parametrize("marked", [False, MARKED, False])
def test_parameter(marked, request):
    assert ("lookloox" in request.fixturenames) is marked

@pytest.mark.lookloox(error_status=401)
class TestMarked:
    def test_it(self):
        assert status() == 401

    def test_server_alone(self, lookloox_server, request):
        assert "lookloox" not in request.fixturenames

@pytest.mark.lookloox_slow
def test_marker_of_the_suites_own(request):
    assert "lookloox" not in request.fixturenames

class TestUnittest(unittest.TestCase):
    @pytest.mark.lookloox_fault("http_503@authorize")
    def test_marked(self):
        self.assertEqual(status(), 503)

    def test_unmarked(self):
        self.assertIs(HTTPAdapter.send, REAL_SEND)
"""


def test_marker_alone_is_enough(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nmarkers = lookloox_slow: a marker of this suite")

    run(MARKER_ALONE, "--strict-markers", "-Werror").assert_outcomes(passed=9)


LAYERS = """
import pytest
from tests.client import log_in

pytestmark = pytest.mark.lookloox(
    app_id="module", app_secret="module", redirect_url="https://module.invalid"
)

@pytest.fixture
def lookloox_config():
    url = "https://config.invalid"
    return {"app_id": "config", "app_secret": "config", "redirect_url": url, "base_url": url}

@pytest.mark.lookloox(app_id="class", app_secret="class")
class TestOptions:
    @pytest.mark.lookloox(app_id="upper")
    @pytest.mark.lookloox(app_id="lower")
    def test_closest_wins_option_by_option(self, lookloox):
        app = lookloox.app
        assert (app.app_id, app.app_secret) == ("lower", "class")
        assert app.redirect_url == "https://module.invalid"
        assert app.base_url == "https://config.invalid"
        assert "profile_picture" in log_in(lookloox)

@pytest.mark.parametrize(
    "lookloox_config", [{"base_url": "https://one.invalid"}, {"platform": "documented"}]
)
def test_parametrised(lookloox, lookloox_config):
    assert lookloox.base_url == lookloox_config.get("base_url", "https://ini.invalid")
    is_current = "platform" not in lookloox_config
    assert ("profile_picture" in log_in(lookloox)) is is_current
"""


def test_closest_layer_wins(run: Run, pytester: pytest.Pytester) -> None:
    ini = "lookloox_base_url = https://ini.invalid\nlookloox_platform = current"
    pytester.makeini(f"[pytest]\n{ini}")

    run(LAYERS, "--strict-config").assert_outcomes(passed=3)


VACUOUS = """
import pytest

@pytest.mark.lookloox_expired_token
def test_vacuous(): pass
"""


class TestTeardownChecks:
    @pytest.mark.skipif(pytest.version_tuple < (9,), reason="subtests came with pytest 9")
    def test_failed_subtest_is_a_failed_body(self, run: Run) -> None:
        result = run(
            """
            import pytest

            @pytest.mark.lookloox_expired_token
            def test_failed(subtests):
                with subtests.test("one"):
                    assert False

            @pytest.mark.lookloox_expired_token
            def test_passed(subtests):
                with subtests.test("one"):
                    pass
            """,
            "-pno:randomly",
        )

        assert result.parseoutcomes()["errors"] == 1
        result.stdout.fnmatch_lines(["*ERROR at teardown of test_passed*"])

    @pytest.mark.parametrize("option", ["--setup-only", "--setup-plan", "--collect-only"])
    def test_run_without_bodies_is_fine(self, run: Run, option: str) -> None:
        assert run(VACUOUS, option).ret == pytest.ExitCode.OK


class TestDocumentation:
    def test_markers(self, run: Run) -> None:
        text = str(run("", "--markers").stdout)

        assert re.findall(r"^@pytest\.mark\.(lookloox\w*)\(.*\): \S", text, re.M) == MARKERS
        [line] = re.findall(r"^@pytest\.mark\.lookloox\(.*", text, re.M)
        assert [name for name in OPTION_NAMES if not re.search(rf"\b{name}\b", line)] == []

    def test_fixtures(self, run: Run) -> None:
        text = str(run("", "--fixtures").stdout)

        found = re.findall(r"^(lookloox\w*) -- \S+__init__\.py:\d+\n    \S", text, re.M)
        assert {*found} == FIXTURES | PARAMETRISED_FIXTURES

    def test_ini_options(self, run: Run) -> None:
        run("", "--help").stdout.fnmatch_lines(
            [f"*lookloox_{name} (string):*" for name in ("base_url", "cassette_dir", "platform")]
        )


def test_it_can_be_switched_off_by_its_name(run: Run) -> None:
    result = run("def test_it(lookloox): pass", "-pno:lookloox", subprocess=True)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'lookloox' not found"])
