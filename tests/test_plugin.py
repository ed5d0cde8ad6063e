"""The plugin in other people's suites: fixtures, markers, options, and its own documentation."""

from __future__ import annotations

import re

import pytest
import requests

import pytest_lookloox
from pytest_lookloox import App, LookLoox, UserInfo
from pytest_lookloox.options import OPTION_NAMES
from pytest_lookloox.user_info import FIELDS, UserInfoBuilder

TIMEOUT = 5
FIXTURES = (
    "lookloox",
    "lookloox_access_token",
    "lookloox_app",
    "lookloox_auth_key",
    "lookloox_callback_url",
    "lookloox_config",
    "lookloox_server",
    "lookloox_user",
    "lookloox_user_info",
)
PARAMETRISED_FIXTURES = ("lookloox_fault", "lookloox_odd_user")
MARKERS = (
    "lookloox",
    "lookloox_expired_token",
    "lookloox_reused_auth_key",
    "lookloox_fault",
    "lookloox_cassette",
)
ALLOWED_OPTIONS = f"allowed: {', '.join(OPTION_NAMES)}"


class TestPackage:
    @pytest.mark.parametrize("name", pytest_lookloox.__all__)
    def test_every_public_name_is_there(self, name: str) -> None:
        assert getattr(pytest_lookloox, name) is not None

    def test_any_other_name_is_not(self) -> None:
        with pytest.raises(AttributeError, match="'pytest_lookloox' has no attribute 'Lookloox'"):
            _ = pytest_lookloox.Lookloox


class TestFixtures:
    def test_they_are_there_by_name_without_a_conftest(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(f"def test_all({', '.join(FIXTURES)}): pass")

        pytester.runpytest_inprocess().assert_outcomes(passed=1)

    def test_app(self, lookloox: LookLoox, lookloox_app: App) -> None:
        assert lookloox_app is lookloox.app
        assert lookloox_app.login_url == "https://lookloox.com/api/oauth?app_id=test-app-id"

    def test_user(self, lookloox_user: UserInfo) -> None:
        assert tuple(lookloox_user) == FIELDS

    def test_user_infos_do_not_share_an_identity(
        self, lookloox_user: UserInfo, lookloox_user_info: UserInfoBuilder
    ) -> None:
        users = [lookloox_user, *(lookloox_user_info() for _ in range(3))]

        for field in ("user_id", "user_name", "user_email"):
            assert len({user[field] for user in users}) == 4

    @pytest.mark.parametrize("_round", [1, 2])
    def test_user_infos_are_the_same_in_every_test(
        self, lookloox_user_info: UserInfoBuilder, _round: int
    ) -> None:
        assert lookloox_user_info()["user_id"] == "2001"

    def test_callback_url_and_auth_key_agree(
        self, lookloox_app: App, lookloox_callback_url: str, lookloox_auth_key: str
    ) -> None:
        assert lookloox_callback_url == f"{lookloox_app.redirect_url}?auth_key={lookloox_auth_key}"

    def test_auth_key_works(self, lookloox: LookLoox, lookloox_auth_key: str) -> None:
        login = {
            "app_id": lookloox.app.app_id,
            "app_secret": lookloox.app.app_secret,
            "auth_key": lookloox_auth_key,
        }

        answer = requests.get(
            f"{lookloox.base_url}/api/authorize", params=login, timeout=TIMEOUT
        ).json()

        assert set(answer) == {"access_token"}

    def test_access_token_works(self, lookloox: LookLoox, lookloox_access_token: str) -> None:
        answer = requests.get(
            f"{lookloox.base_url}/api/get_user_info",
            params={"access_token": lookloox_access_token},
            timeout=TIMEOUT,
        ).json()

        assert answer == {"user_info": lookloox.user}

    @pytest.mark.lookloox(token_lifetime=5)
    def test_access_token_is_in_its_first_second(
        self, lookloox: LookLoox, lookloox_access_token: str
    ) -> None:
        lookloox.advance(seconds=5)

        assert lookloox.issue_access_token() == lookloox_access_token


class TestMarkerAlone:
    @pytest.mark.parametrize(
        ("marker", "outcomes"),
        [
            ("lookloox", {"passed": 1}),
            # The error is the teardown check's: it shows that the scenario was planned.
            ("lookloox_expired_token", {"passed": 1, "errors": 1}),
            ("lookloox_reused_auth_key", {"passed": 1, "errors": 1}),
        ],
    )
    def test_it_pulls_the_stubs_in(
        self, pytester: pytest.Pytester, marker: str, outcomes: dict[str, int]
    ) -> None:
        pytester.makepyfile(
            f"""
            import pytest, requests

            @pytest.mark.{marker}
            def test_it():
                url = "https://lookloox.com/api/authorize"
                assert requests.get(url, timeout=5).json()["error"] is True
            """
        )

        pytester.runpytest_inprocess().assert_outcomes(**outcomes)

    def test_it_does_so_for_the_marked_test_only(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            import pytest

            MARKED = pytest.param(True, marks=pytest.mark.lookloox)

            @pytest.mark.parametrize("marked", [False, MARKED, False])
            def test_parameter(marked, request):
                assert ("lookloox" in request.fixturenames) is marked

            @pytest.mark.lookloox
            class TestMarked:
                def test_it(self, request):
                    assert "lookloox" in request.fixturenames

            def test_unmarked(request):
                assert "lookloox" not in request.fixturenames
            """
        )

        pytester.runpytest_inprocess().assert_outcomes(passed=5)

    def test_a_marker_of_the_suites_own_does_not(self, pytester: pytest.Pytester) -> None:
        pytester.makeini("[pytest]\nmarkers = lookloox_slow: a marker of this suite")
        pytester.makepyfile(
            """
            import pytest

            @pytest.mark.lookloox_slow
            def test_it(request):
                assert "lookloox" not in request.fixturenames
            """
        )

        pytester.runpytest_inprocess().assert_outcomes(passed=1)

    def test_fixtures_of_wider_scope_are_still_set_up_first(
        self, pytester: pytest.Pytester
    ) -> None:
        pytester.makepyfile(
            """
            import pytest
            from requests.adapters import HTTPAdapter

            REAL = HTTPAdapter.send

            @pytest.fixture(scope="session")
            def before():
                return HTTPAdapter.send

            @pytest.mark.lookloox
            def test_it(before):
                assert before is REAL
                assert HTTPAdapter.send is not REAL
            """
        )

        pytester.runpytest_inprocess().assert_outcomes(passed=1)


class TestMarkerAloneAndParametrisedConfig:
    CONFTEST = """
import pytest
import requests

@pytest.fixture(params=["one", "two"])
def lookloox_config(request):
    return {"base_url": f"https://{request.param}.invalid"}

@pytest.fixture
def answer(request):
    host = request.node.callspec.params["lookloox_config"]
    return requests.get(f"https://{host}.invalid/api/authorize", timeout=5).text
"""
    OWN_ITEMS = """
def pytest_pycollect_makeitem(collector, name, obj):
    if name.startswith("test_"):
        return list(collector._genfunctions(name, obj))
"""
    ON_THE_FUNCTION = """
import pytest

@pytest.mark.lookloox
def test_it(answer):
    assert "invalid app_id" in answer

@pytest.mark.lookloox_fault("http_503@authorize")
@pytest.mark.parametrize("number", [1, 2])
def test_fault(number, answer):
    assert "503" in answer

def test_unmarked(request):
    assert not hasattr(request.node, "callspec")
"""
    ON_THE_CLASS = """
import pytest

class Login:
    def test_it(self, request):
        marked = request.node.get_closest_marker("lookloox") is not None
        assert hasattr(request.node, "callspec") is marked

@pytest.mark.lookloox
class TestMarked(Login):
    class TestNested:
        def test_it(self, answer):
            assert "invalid app_id" in answer

class TestUnmarked(Login):
    pass
"""
    ON_THE_MODULE = """
import pytest

pytestmark = [pytest.mark.lookloox, pytest.mark.lookloox(signed_in=False)]

def test_it(answer):
    assert "invalid app_id" in answer

def test_server(lookloox_server, request):
    assert "lookloox" not in request.fixturenames
"""

    @pytest.mark.parametrize("processes", ["0", "2"])
    @pytest.mark.parametrize(
        ("suite", "passed"),
        [(ON_THE_FUNCTION, 2 + 4 + 1), (ON_THE_CLASS, 2 + 2 + 1), (ON_THE_MODULE, 2 + 2)],
    )
    def test_one_test_for_each_parameter(
        self, pytester: pytest.Pytester, suite: str, passed: int, processes: str
    ) -> None:
        pytester.makeconftest(self.CONFTEST)
        pytester.makepyfile(suite)

        pytester.runpytest_subprocess("-n", processes).assert_outcomes(passed=passed)

    def test_where_the_suite_makes_its_items_itself(self, pytester: pytest.Pytester) -> None:
        pytester.makeconftest(self.CONFTEST + self.OWN_ITEMS)
        pytester.makepyfile(self.ON_THE_FUNCTION)

        pytester.runpytest_inprocess().assert_outcomes(passed=2 + 4 + 1)


# From the closest to the outermost: where an option may be set, and how it is written there.
LAYERS = {
    "test marker": '@pytest.mark.lookloox(base_url="https://test-marker.invalid")',
    "class marker": '@pytest.mark.lookloox(base_url="https://class-marker.invalid")',
    "module marker": 'pytestmark = pytest.mark.lookloox(base_url="https://module-marker.invalid")',
    "class config": (
        '@pytest.fixture\n    def lookloox_config(self): return {"base_url": '
        '"https://class-config.invalid"}'
    ),
    "module config": (
        '@pytest.fixture\ndef lookloox_config(): return {"base_url": '
        '"https://module-config.invalid"}'
    ),
    "conftest config": (
        'import pytest\n@pytest.fixture\ndef lookloox_config(): return {"base_url": '
        '"https://conftest-config.invalid"}'
    ),
    "ini": "lookloox_base_url = https://ini.invalid",
}
WINNERS = [
    "https://test-marker.invalid",
    "https://class-marker.invalid",
    "https://module-marker.invalid",
    "https://class-config.invalid",
    "https://module-config.invalid",
    "https://conftest-config.invalid",
    "https://ini.invalid",
    "https://lookloox.com",
]


class TestPrecedence:
    @pytest.mark.parametrize(("closest", "winner"), list(enumerate(WINNERS)))
    def test_the_closest_layer_wins(
        self, pytester: pytest.Pytester, closest: int, winner: str
    ) -> None:
        present = {**dict.fromkeys(LAYERS, ""), **dict(list(LAYERS.items())[closest:])}
        pytester.makeini(f"[pytest]\n{present['ini']}")
        pytester.makeconftest(present["conftest config"])
        pytester.path.joinpath("test_layers.py").write_text(
            f"""
import pytest

{present["module marker"]}
{present["module config"]}

{present["class marker"]}
class TestLayers:
    {present["class config"]}

    {present["test marker"]}
    def test_it(self, lookloox):
        assert lookloox.base_url == "{winner}"
""",
            encoding="utf-8",
        )

        pytester.runpytest_inprocess().assert_outcomes(passed=1)

    def test_it_is_decided_option_by_option(self, pytester: pytest.Pytester) -> None:
        pytester.makeini("[pytest]\nlookloox_base_url = https://ini.invalid")
        pytester.makepyfile(
            """
            import pytest

            pytestmark = pytest.mark.lookloox(app_secret="module", error_status=400)

            @pytest.fixture
            def lookloox_config():
                return {"redirect_url": "https://app.invalid/config", "app_id": "config"}

            @pytest.mark.lookloox(app_id="class", app_secret="class")
            class TestOptions:
                @pytest.mark.lookloox(app_id="test")
                def test_it(self, lookloox):
                    app = lookloox.app
                    assert (app.app_id, app.app_secret) == ("test", "class")
                    assert app.redirect_url == "https://app.invalid/config"
                    assert lookloox.base_url == "https://ini.invalid"
                    assert lookloox.strict
            """
        )

        pytester.runpytest_inprocess().assert_outcomes(passed=1)

    def test_two_markers_on_one_test_the_lower_one_wins(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            import pytest

            @pytest.mark.lookloox(app_id="upper", app_secret="upper")
            @pytest.mark.lookloox(app_id="lower")
            def test_it(lookloox):
                assert (lookloox.app.app_id, lookloox.app.app_secret) == ("lower", "upper")
            """
        )

        pytester.runpytest_inprocess().assert_outcomes(passed=1)

    def test_a_config_may_use_other_fixtures(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            import pytest

            @pytest.fixture(scope="session")
            def app_id():
                return "from a fixture"

            @pytest.fixture
            def lookloox_config(app_id):
                return {"app_id": app_id}

            def test_it(lookloox):
                assert lookloox.app.app_id == "from a fixture"
            """
        )

        pytester.runpytest_inprocess().assert_outcomes(passed=1)


WRONG_MARKERS = [
    ("lookloox(bas_url='x')", "unknown option 'bas_url'; did you mean 'base_url'? "),
    ("lookloox(zzz=1)", "unknown option 'zzz'; "),
]
POSITIONAL_MARKERS = ["lookloox('https://sister.invalid')", "lookloox({'app_id': 'x'})"]
WRONG_VALUES = [
    ("app_id=7", "app_id must be a string, not int"),
    ("app_secret=' '", "app_secret must not be blank"),
    ("approved='yes'", "approved must be True or False, not str"),
    ("strict=0", "strict must be True or False, not int"),
    ("user='amina'", "user must be a dict of user_info fields, not str"),
    ("user={'user_mail': ''}", "did you mean 'user_email'?"),
    ("token_lifetime='1h'", "token_lifetime must be a number of seconds, not str"),
    ("token_lifetime=True", "token_lifetime must be a number of seconds, not bool"),
    ("token_lifetime=0", "use @pytest.mark.lookloox_expired_token"),
    ("error_status=True", "error_status must be a whole number, not bool"),
    (
        "error_status=302",
        "error_status must be 200, or a registered status from 400 to 511, not 302",
    ),
    ("allowed_hosts='localhost'", "allowed_hosts must be a list of host names, not str"),
    ("allowed_hosts=['http://localhost']", "without a scheme, not 'http://localhost'"),
    ("base_url='lookloox.com'", "base_url must begin with https:// or http://"),
    ("redirect_url='/callback'", "redirect_url must be an absolute URL"),
]
WRONG_TIMES = [
    ("times=0", "times must be 1 or more, not 0"),
    ("times=-1", "times must be 1 or more, not -1"),
    ("times=True", "times must be a whole number or None, not bool"),
    ("times='2'", "times must be a whole number or None, not str"),
    ("times=1.0", "times must be a whole number or None, not float"),
    ("0", "times must be 1 or more, not 0"),
    ("1, 2", "too many positional arguments"),
    ("time=1", "got an unexpected keyword argument 'time'"),
]


class TestWrongUse:
    """Errors of the test's author, in one line each and before the test runs."""

    def message(self, pytester: pytest.Pytester, marker: str) -> str:
        """What a test with this marker says instead of running."""
        pytester.makepyfile(
            f"""
            import pytest

            @pytest.mark.{marker}
            def test_it():
                pass
            """
        )
        return self.usage_error(pytester)

    def usage_error(self, pytester: pytest.Pytester) -> str:
        """The one usage error with which a run of the suite ends."""
        result = pytester.runpytest_inprocess()
        result.assert_outcomes(errors=1)
        [message] = [
            found[1]
            for line in result.outlines
            if (found := re.fullmatch(r"E +(?:[\w.]*\.)?UsageError: (.*)", line))
        ]
        return message

    @pytest.mark.parametrize(("marker", "reason"), WRONG_MARKERS)
    def test_unknown_option(self, pytester: pytest.Pytester, marker: str, reason: str) -> None:
        message = self.message(pytester, marker)

        assert message == f"@pytest.mark.lookloox: {reason}{ALLOWED_OPTIONS}"

    @pytest.mark.parametrize("marker", POSITIONAL_MARKERS)
    def test_positional_option(self, pytester: pytest.Pytester, marker: str) -> None:
        message = self.message(pytester, marker)

        assert message.startswith("@pytest.mark.lookloox takes options by name, not ")
        assert message.endswith(f"; {ALLOWED_OPTIONS}")

    @pytest.mark.parametrize(("option", "reason"), WRONG_VALUES)
    def test_wrong_value(self, pytester: pytest.Pytester, option: str, reason: str) -> None:
        message = self.message(pytester, f"lookloox({option})")

        assert message.startswith("@pytest.mark.lookloox: ")
        assert reason in message

    @pytest.mark.parametrize("marker", ["lookloox_expired_token", "lookloox_reused_auth_key"])
    @pytest.mark.parametrize(("arguments", "reason"), WRONG_TIMES)
    def test_wrong_times(
        self, pytester: pytest.Pytester, marker: str, arguments: str, reason: str
    ) -> None:
        message = self.message(pytester, f"{marker}({arguments})")

        assert message.startswith(f"@pytest.mark.{marker}: {reason}")
        assert message.endswith("; allowed: times=N, or nothing")

    def test_wrong_option_on_the_class_is_found_though_a_closer_one_wins(
        self, pytester: pytest.Pytester
    ) -> None:
        pytester.makepyfile(
            """
            import pytest

            @pytest.mark.lookloox(app_id=7)
            class TestIt:
                @pytest.mark.lookloox(app_id="right")
                def test_it(self):
                    pass
            """
        )

        assert self.usage_error(pytester).startswith("@pytest.mark.lookloox: app_id must be")

    @pytest.mark.parametrize(
        ("config", "reason"),
        [
            ("None", f"must return a dict of options, not NoneType; {ALLOWED_OPTIONS}"),
            ("['app_id']", f"must return a dict of options, not list; {ALLOWED_OPTIONS}"),
            ("{'appid': 'x'}", ": unknown option 'appid'; did you mean 'app_id'? "),
            ("{1: 'x'}", f": unknown option 1; {ALLOWED_OPTIONS}"),
            ("{'app_id': 7}", ": app_id must be a string, not int"),
        ],
    )
    def test_wrong_config(self, pytester: pytest.Pytester, config: str, reason: str) -> None:
        pytester.makepyfile(
            f"""
            import pytest

            @pytest.fixture
            def lookloox_config():
                return {config}

            def test_it(lookloox):
                pass
            """
        )

        message = self.usage_error(pytester)

        assert message.startswith("The fixture lookloox_config")
        assert reason in message

    @pytest.mark.parametrize("value", ["lookloox.com", "https://lookloox.com/api"])
    def test_wrong_ini_option(self, pytester: pytest.Pytester, value: str) -> None:
        pytester.makeini(f"[pytest]\nlookloox_base_url = {value}")
        pytester.makepyfile("def test_it(lookloox): pass")

        message = self.usage_error(pytester)

        assert message.startswith("The ini option lookloox_base_url: base_url must be")
        assert repr(value) in message

    def test_the_message_is_not_buried_in_the_plugins_own_code(
        self, pytester: pytest.Pytester
    ) -> None:
        pytester.makepyfile(
            """
            import pytest

            @pytest.mark.lookloox(zzz=1)
            def test_it():
                pass
            """
        )

        result = pytester.runpytest_inprocess()

        result.stdout.no_fnmatch_line("*pytest_lookloox*.py:*")

    def test_the_next_test_runs_as_if_nothing_had_been(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            """
            import pytest
            from requests.adapters import HTTPAdapter

            REAL = HTTPAdapter.send

            @pytest.mark.lookloox(zzz=1)
            def test_wrong():
                pass

            def test_next():
                assert HTTPAdapter.send is REAL
            """
        )

        pytester.runpytest_inprocess("-p", "no:randomly").assert_outcomes(passed=1, errors=1)


class TestSwitchedOff:
    def test_by_its_entry_point_name(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile("def test_it(lookloox): pass")

        result = pytester.runpytest_subprocess("-p", "no:lookloox")

        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["*fixture 'lookloox' not found"])


class TestDocumentation:
    def test_markers(self, pytester: pytest.Pytester) -> None:
        text = str(pytester.runpytest_inprocess("--markers").stdout)

        found = re.findall(r"^@pytest\.mark\.(lookloox\w*)\(.*\): \S", text, re.MULTILINE)
        assert tuple(found) == MARKERS

    def test_the_marker_names_every_option(self, pytester: pytest.Pytester) -> None:
        text = str(pytester.runpytest_inprocess("--markers").stdout)

        [line] = re.findall(r"^@pytest\.mark\.lookloox\(.*", text, re.MULTILINE)
        assert [name for name in OPTION_NAMES if not re.search(rf"\b{name}\b", line)] == []

    def test_fixtures(self, pytester: pytest.Pytester) -> None:
        text = str(pytester.runpytest_inprocess("--fixtures").stdout)

        found = re.findall(r"^(lookloox\w*) -- \S+plugin\.py:\d+\n    \S", text, re.MULTILINE)
        assert sorted(found) == sorted((*FIXTURES, *PARAMETRISED_FIXTURES))

    def test_ini_option(self, pytester: pytest.Pytester) -> None:
        result = pytester.runpytest_inprocess("--help")

        result.stdout.fnmatch_lines(["*lookloox_base_url (string):*"])


def test_the_same_suite_with_strict_markers_and_strict_config(pytester: pytest.Pytester) -> None:
    pytester.makeini(
        "[pytest]\naddopts = --strict-markers --strict-config -W error\n"
        "lookloox_base_url = https://sister.invalid"
    )
    pytester.makepyfile(
        """
        import pytest

        pytestmark = pytest.mark.lookloox(strict=False)

        @pytest.mark.lookloox_expired_token
        def test_expired_token(): pass

        @pytest.mark.lookloox_reused_auth_key(times=1)
        def test_reused_auth_key(): pass

        def test_ini(lookloox): assert lookloox.base_url == "https://sister.invalid"
        """
    )

    pytester.runpytest_inprocess().assert_outcomes(passed=3)


def test_marker_alone_stubs_before_the_tests_own_fixtures(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        import requests

        @pytest.fixture(scope="module")
        def database():
            return []

        @pytest.fixture
        def profile(database):
            url = "https://lookloox.com/api/get_user_info"
            return requests.get(url, {"access_token": "unheard-of"}, timeout=5).json()

        @pytest.mark.lookloox
        def test_it(profile):
            assert profile["error"]
        """
    )

    pytester.runpytest_inprocess().assert_outcomes(passed=1)
