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
        with pytest.raises(AttributeError, match="'pytest_lookloox' has no attribute 'Lookloox'"):
            _ = pytest_lookloox.Lookloox


class TestFixtures:
    def test_they_need_no_conftest(self, run: Run) -> None:
        run(f"def test_all({', '.join(FIXTURES)}): pass").assert_outcomes(passed=1)

    def test_app_and_user(
        self, lookloox: LookLoox, lookloox_app: App, lookloox_user: UserInfo
    ) -> None:
        assert lookloox_app is lookloox.app
        assert lookloox_app.login_url == "https://lookloox.com/api/oauth?app_id=test-app-id"
        assert lookloox_user == lookloox.user
        assert tuple(lookloox_user) == FIELDS

    @pytest.mark.parametrize("_round", [1, 2])
    def test_users_have_identities_of_their_own_within_a_test(
        self, lookloox_user: UserInfo, lookloox_user_info: UserInfoBuilder, _round: int
    ) -> None:
        users = [lookloox_user, *(lookloox_user_info() for _ in range(3))]

        assert [user["user_id"] for user in users] == ["1042", "2001", "2002", "2003"]
        for field in ("user_name", "user_email"):
            assert len({user[field] for user in users}) == 4

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
                assert lookloox_server.app.app_id == lookloox_app.app_id
            """
        ).assert_outcomes(passed=2)

    def test_odd_users_are_signed_in(self, run: Run) -> None:
        count = len(pytest_lookloox.ODD_USERS)
        run(
            """
            from pytest_lookloox import ODD_USERS
            from tests.client import log_in

            def test_it(lookloox, lookloox_odd_user, request):
                assert request.node.name == f"test_it[{find(lookloox_odd_user)}]"
                assert log_in(lookloox) == lookloox_odd_user == lookloox.user

            def find(user):
                return next(name for name, odd_user in ODD_USERS.items() if odd_user == user)
            """
        ).assert_outcomes(passed=count)


MARKER_ALONE = """
import unittest

import pytest
import requests
from requests.adapters import HTTPAdapter

REAL_SEND = HTTPAdapter.send
MARKED = pytest.param(True, marks=pytest.mark.lookloox)

def message():
    return requests.get("https://lookloox.com/api/authorize", timeout=5).json()["message"]

@pytest.fixture(scope="module")
def database():
    return HTTPAdapter.send

@pytest.fixture
def answer(database):
    return message()

@pytest.mark.lookloox
def test_stubs_before_fixtures_of_the_test_and_after_wider_ones(answer, database):
    assert answer == "Bad Request, invalid app_id"
    assert database is REAL_SEND

@pytest.mark.parametrize("marked", [False, MARKED, False])
def test_parameter(marked, request):
    assert ("lookloox" in request.fixturenames) is marked

@pytest.mark.lookloox(error_status=401)
class TestMarked:
    def test_it(self):
        assert requests.get("https://lookloox.com/api/authorize", timeout=5).status_code == 401

    def test_server_alone(self, lookloox_server, request):
        assert "lookloox" not in request.fixturenames

class TestUnmarked:
    def test_it(self, request):
        assert "lookloox" not in request.fixturenames

@pytest.mark.lookloox_slow
def test_marker_of_the_suites_own(request):
    assert "lookloox" not in request.fixturenames

class TestUnittest(unittest.TestCase):
    @pytest.mark.lookloox
    def test_marked(self):
        self.assertEqual(message(), "Bad Request, invalid app_id")

    def test_unmarked(self):
        self.assertIs(HTTPAdapter.send, REAL_SEND)

@pytest.mark.lookloox
class TestMarkedUnittest(unittest.TestCase):
    def setUp(self):
        self.message = message()

    def test_it(self):
        self.assertEqual(self.message, "Bad Request, invalid app_id")

class TestFixtureInUnittest(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def _lookloox(self, lookloox):
        self.lookloox = lookloox

    @pytest.mark.lookloox_fault("http_503@authorize")
    def test_marker(self):
        self.assertEqual(self.status(), 503)

    def test_memory_is_its_own(self):
        self.assertEqual(self.lookloox.calls, [])
        self.assertEqual(self.status(), 200)

    def status(self):
        return requests.get("https://lookloox.com/api/authorize", timeout=5).status_code
"""
MARKED_MODULE = """
import pytest
import requests

pytestmark = [pytest.mark.lookloox(error_status=400), pytest.mark.lookloox(signed_in=False)]

@pytest.mark.parametrize("number", range(3))
def test_marked_module(number):
    assert requests.get("https://lookloox.com/api/authorize", timeout=5).status_code == 400
    page = requests.get("https://lookloox.com/api/oauth?app_id=test-app-id", timeout=5)
    assert "Sign in" in page.text
"""


def test_marker_alone_is_enough(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nmarkers = lookloox_slow: a marker of this suite")
    pytester.makepyfile(test_module=MARKED_MODULE)

    run(MARKER_ALONE, "--strict-markers", "-Werror").assert_outcomes(passed=16)


@pytest.mark.parametrize("own", ["pytest.mark.slow", "[pytest.mark.slow]"])
def test_imported_function_with_marks_of_its_own_is_left_alone(
    run: Run, pytester: pytest.Pytester, own: str
) -> None:
    """Merely installed, the plugin broke the collection of modules like this."""
    pytester.makeini("[pytest]\nmarkers = slow: takes its time")
    pytester.makepyfile(
        helpers=f"""
        import pytest

        def test_helper(): pass
        def helper(): pass

        test_helper.pytestmark = {own}
        helper.pytestmark = pytest.mark.slow
        """
    )
    pytester.syspathinsert()

    result = run("from helpers import helper, test_helper\ndef test_it(lookloox): pass")

    result.assert_outcomes(passed=2)


# Where an option may be set, from the closest to the outermost, and how it is written there.
LAYERS = {
    "test marker": '@pytest.mark.lookloox(app_id="test marker")',
    "class marker": '@pytest.mark.lookloox(app_id="class marker")',
    "module marker": 'pytestmark = pytest.mark.lookloox(app_id="module marker")',
    "class config": "@pytest.fixture\n    def lookloox_config(self): "
    'return {"app_id": "class config"}',
    "module config": '@pytest.fixture\ndef lookloox_config(): return {"app_id": "module config"}',
    "conftest config": "import pytest\n@pytest.fixture\ndef lookloox_config(): "
    'return {"app_id": "conftest config"}',
}


class TestPrecedence:
    @pytest.mark.parametrize("closest", range(len(LAYERS)), ids=LAYERS)
    def test_closest_layer_wins(self, run: Run, pytester: pytest.Pytester, closest: int) -> None:
        names = [*LAYERS]
        present = {
            name: text if names.index(name) >= closest else "" for name, text in LAYERS.items()
        }
        pytester.makeconftest(present["conftest config"])
        run(
            f"""
import pytest

{present["module marker"]}
{present["module config"]}

{present["class marker"]}
class TestLayers:
    {present["class config"]}

    {present["test marker"]}
    def test_it(self, lookloox):
        assert lookloox.app.app_id == "{names[closest]}"
"""
        ).assert_outcomes(passed=1)

    def test_it_is_decided_option_by_option(self, run: Run, pytester: pytest.Pytester) -> None:
        pytester.makeini("[pytest]\nlookloox_base_url = https://ini.invalid")
        run(
            """
            import pytest

            pytestmark = pytest.mark.lookloox(app_secret="module", error_status=400)

            @pytest.fixture(scope="session")
            def redirect_url():
                return "https://app.invalid/config"

            @pytest.fixture
            def lookloox_config(redirect_url):
                return {"redirect_url": redirect_url, "app_id": "config"}

            @pytest.mark.lookloox(app_id="class", app_secret="class")
            class TestOptions:
                @pytest.mark.lookloox(app_id="upper", base_url="https://upper.invalid")
                @pytest.mark.lookloox(app_id="lower")
                def test_it(self, lookloox):
                    app = lookloox.app
                    assert (app.app_id, app.app_secret) == ("lower", "class")
                    assert app.redirect_url == "https://app.invalid/config"
                    assert lookloox.base_url == "https://upper.invalid"

            def test_ini(lookloox):
                assert lookloox.base_url == "https://ini.invalid"

            @pytest.mark.parametrize(
                "lookloox_config", [{"base_url": "https://one.invalid"}, {"app_id": "two"}]
            )
            def test_parametrised(lookloox, lookloox_config):
                assert lookloox.base_url == lookloox_config.get("base_url", "https://ini.invalid")
            """,
            "--strict-config",
        ).assert_outcomes(passed=4)


VACUOUS = """
import pytest

@pytest.mark.lookloox_expired_token
def test_vacuous(): pass
"""
NEVER_TOOK_EFFECT = "*The marker lookloox_expired_token never took effect*"


class TestTeardownChecks:
    @pytest.mark.parametrize("arguments", [[], ["-pno:logging"]], ids=str)
    def test_vacuous_test_fails(self, run: Run, arguments: list[str]) -> None:
        result = run(VACUOUS, *arguments)

        result.assert_outcomes(passed=1, errors=1)
        result.stdout.fnmatch_lines([NEVER_TOOK_EFFECT])

    def test_vacuous_test_fails_though_it_is_rerun(self, run: Run) -> None:
        result = run(VACUOUS, "--reruns=1", plugins=["rerunfailures"])

        assert result.ret == pytest.ExitCode.TESTS_FAILED
        result.stdout.fnmatch_lines([NEVER_TOOK_EFFECT])

    def test_rerun_is_judged_anew(self, run: Run) -> None:
        result = run(
            """
            import pytest
            from tests.client import ask

            runs = {"good": 0, "vacuous": 0}

            def fail_first(name):
                runs[name] += 1
                assert runs[name] == 2

            @pytest.mark.flaky(reruns=1)
            @pytest.mark.lookloox_fault("http_503@authorize")
            def test_good(lookloox):
                fail_first("good")
                assert ask(lookloox, "authorize", {}).status_code == 503

            @pytest.mark.flaky(reruns=1)
            @pytest.mark.lookloox_fault("http_401@authorize")
            def test_vacuous():
                fail_first("vacuous")
            """,
            plugins=["rerunfailures"],
        )

        assert result.parseoutcomes() == {"passed": 2, "errors": 1, "rerun": 2}
        result.stdout.fnmatch_lines(["*The fault http_401@authorize never took effect*"])
        result.stdout.no_fnmatch_line("*The fault http_503@authorize never took effect*")

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
            ["*lookloox_base_url (string):*", "*lookloox_cassette_dir (string):*"]
        )


def test_it_can_be_switched_off_by_its_name(run: Run) -> None:
    result = run("def test_it(lookloox): pass", "-pno:lookloox", subprocess=True)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'lookloox' not found"])
