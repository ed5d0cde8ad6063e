"""A recording in the provider's place, as a test suite meets it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from pytest_lookloox import App, LookLoox, build_user_info
from pytest_lookloox.cassette.library import find, shipped_directory
from pytest_lookloox.cassette.replayed import ReplayedLookLoox
from pytest_lookloox.exchange import Request

LOGIN = (shipped_directory() / "login.yaml").read_text(encoding="utf-8")
KEY = "a" * 24
TOKEN = "b" * 24


def ask(provider: LookLoox, endpoint: str, **params: str) -> Any:
    url = f"{provider.base_url}/api/{endpoint}"
    return requests.get(url, params, verify=provider.ca_file, timeout=5).json()


def authorize(provider: LookLoox, auth_key: str, **params: str) -> Any:
    app = provider.app
    given = {"app_id": app.app_id, "app_secret": app.app_secret, "auth_key": auth_key, **params}
    return ask(provider, "authorize", **given)


def key_in(callback_url: str) -> str:
    return callback_url.partition("auth_key=")[2]


class TestAnswers:
    @pytest.mark.lookloox_cassette("login")
    def test_login(self, lookloox: LookLoox) -> None:
        token = authorize(lookloox, key_in(lookloox.approve()))
        assert token == {"access_token": f"{TOKEN}00000001"}
        assert ask(lookloox, "get_user_info", **token) == {"user_info": lookloox.user}

    @pytest.mark.lookloox_cassette("login")
    def test_browser(self, lookloox: LookLoox) -> None:
        back = requests.get(lookloox.app.login_url, allow_redirects=False, timeout=5)
        assert back.status_code == 302
        assert back.headers["Location"] == lookloox.app.callback_url(f"{KEY}00000001")
        ask(lookloox, "get_user_info", **authorize(lookloox, key_in(back.headers["Location"])))

    @pytest.mark.lookloox_cassette("login_again")
    def test_login_again_brings_the_same_token(self, lookloox: LookLoox) -> None:
        first = authorize(lookloox, key_in(lookloox.approve()))
        ask(lookloox, "get_user_info", **first)
        second = authorize(lookloox, key_in(lookloox.approve()))
        ask(lookloox, "get_user_info", **second)
        assert first == second

    @pytest.mark.lookloox_cassette("expired_token")
    def test_expired_token(self, lookloox: LookLoox) -> None:
        token = authorize(lookloox, lookloox.issue_auth_key())
        body = ask(lookloox, "get_user_info", **token)
        assert body == {"error": True, "message": "Bad Request, expired access_token"}
        assert [call.error for call in lookloox.calls] == [None, body["message"]]

    @pytest.mark.lookloox_cassette("deleted_user")
    def test_deleted_user(self, lookloox: LookLoox, lookloox_access_token: str) -> None:
        assert ask(lookloox, "get_user_info", access_token=lookloox_access_token) == []

    @pytest.mark.lookloox_cassette("documented_sample")
    def test_documented_sample(self, lookloox: LookLoox, lookloox_access_token: str) -> None:
        body = ask(lookloox, "get_user_info", access_token=lookloox_access_token)
        assert body == {"user_info": build_user_info.empty()}
        assert lookloox.user == build_user_info.empty()

    @pytest.mark.parametrize("secret", ["mistyped", "ü+%"])
    @pytest.mark.lookloox_cassette("wrong_app_secret")
    def test_any_wrong_secret_is_the_recorded_one(self, lookloox: LookLoox, secret: str) -> None:
        body = authorize(lookloox, lookloox.issue_auth_key(), app_secret=secret)
        assert body["message"] == "Bad Request, invalid app_secret"

    @pytest.mark.lookloox_cassette("unknown_app")
    def test_any_other_app_is_the_unknown_one(self, lookloox: LookLoox) -> None:
        body = authorize(lookloox, lookloox.issue_auth_key(), app_id="other")
        assert "doesn't exist or has been disabled" in body["message"]

    @pytest.mark.lookloox_cassette("missing_parameters")
    def test_missing_parameters(self, lookloox: LookLoox) -> None:
        app, auth_key = lookloox.app, lookloox.issue_auth_key()
        url = f"{lookloox.base_url}/api/oauth"
        assert requests.get(url, timeout=5).status_code == 404
        answers = [
            ask(lookloox, "authorize", app_secret=app.app_secret, auth_key=auth_key),
            ask(lookloox, "authorize", app_id=app.app_id, auth_key=auth_key),
            ask(lookloox, "authorize", app_id=app.app_id, app_secret=app.app_secret),
            ask(lookloox, "get_user_info"),
        ]
        assert [answer["message"].rpartition(" ")[2] for answer in answers] == [
            "app_id",
            "app_secret",
            "auth_key",
            "access_token",
        ]

    @pytest.mark.parametrize(
        "scheme", ["http", pytest.param("https", marks=pytest.mark.lookloox(tls=True))]
    )
    @pytest.mark.lookloox_cassette("login")
    def test_on_a_real_port(self, lookloox_server: LookLoox, scheme: str) -> None:
        assert lookloox_server.base_url.startswith(f"{scheme}:")
        token = authorize(lookloox_server, key_in(lookloox_server.approve()))
        assert ask(lookloox_server, "get_user_info", **token)["user_info"]["user_id"] == "1042"

    @pytest.mark.lookloox_cassette("login")
    @pytest.mark.lookloox(strict=False)
    def test_real_port_tells_what_was_not_recorded(self, lookloox_server: LookLoox) -> None:
        answer = requests.get(f"{lookloox_server.base_url}/api/get_user_info", timeout=5)
        assert answer.status_code == 501
        assert "does not hold GET /api/get_user_info" in answer.text


class TestFixtures:
    """They answer with the recording's own values."""

    @pytest.mark.lookloox_cassette("reused_auth_key")
    def test_app_user_and_key(
        self,
        lookloox: LookLoox,
        lookloox_app: App,
        lookloox_user: dict[str, Any],
        lookloox_auth_key: str,
        lookloox_callback_url: str,
    ) -> None:
        assert (lookloox_app.app_id, lookloox_app.app_secret) == ("test-app-id", "test-app-secret")
        assert lookloox_user == build_user_info()
        assert lookloox_auth_key == f"{KEY}00000001"
        assert lookloox_callback_url == f"http://localhost/callback?auth_key={lookloox_auth_key}"
        assert authorize(lookloox, lookloox_auth_key)["error"] is True

    @pytest.mark.lookloox_cassette("login")
    @pytest.mark.lookloox(
        app_id="mine", app_secret="my-secret", redirect_url="http://app.example/cb"
    )
    def test_configured_app_is_understood(self, lookloox: LookLoox) -> None:
        callback_url = lookloox.approve()
        assert callback_url.startswith("http://app.example/cb?auth_key=")
        assert lookloox.app.app_id == "test-app-id"
        token = authorize(lookloox, key_in(callback_url), app_id="mine", app_secret="my-secret")
        assert "user_info" in ask(lookloox, "get_user_info", **token)

    @pytest.mark.lookloox_cassette("login")
    @pytest.mark.lookloox(base_url="https://sister.example", strict=False)
    def test_another_community(self, lookloox: LookLoox) -> None:
        back = requests.get(
            "https://sister.example/api/oauth?app_id=test-app-id",
            allow_redirects=False,
            timeout=5,
        )
        assert back.status_code == 302

    @pytest.mark.lookloox_cassette("login")
    @pytest.mark.lookloox(strict=False)
    def test_no_more_keys_than_recorded(self, lookloox: LookLoox) -> None:
        lookloox.approve()
        with pytest.raises(ValueError, match="'login' hands out no further auth_key"):
            lookloox.approve()

    @pytest.mark.lookloox_cassette("login")
    @pytest.mark.lookloox(strict=False)
    @pytest.mark.parametrize(
        ("name", "arguments"),
        [
            ("add_user", ({},)),
            ("remove_user", ("1042",)),
            ("register_app", ()),
            ("disable_app", ("test-app-id",)),
            ("disable_api", ()),
            ("advance", (1,)),
            ("forge_callback", ()),
        ],
    )
    def test_recording_cannot_be_changed(
        self, lookloox: LookLoox, name: str, arguments: tuple[Any, ...]
    ) -> None:
        with pytest.raises(RuntimeError, match=rf"{name}\(\) cannot change a recording"):
            getattr(lookloox, name)(*arguments)


@pytest.mark.lookloox_cassette("login")
@pytest.mark.lookloox(strict=False)
class TestComparison:
    """What a request gets that the recording does not hold."""

    def refusal(self, provider: LookLoox, endpoint: str, **params: str) -> str:
        with pytest.raises(requests.ConnectionError) as caught:
            ask(provider, endpoint, **params)
        assert isinstance(caught.value.request, requests.PreparedRequest)
        return str(caught.value)

    def test_every_parameter_is_compared(self, lookloox: LookLoox) -> None:
        text = self.refusal(
            lookloox, "authorize", app_id="test-app-id", app_secret="s3cr3t", auth_key="", more="1"
        )
        file = shipped_directory() / "login.yaml"
        assert text.splitlines() == [
            f"The recording 'login' ({file}) does not hold GET /api/authorize"
            "?app_id=test-app-id&app_secret=***&auth_key=***&more=1.",
            "The nearest is in line 38: GET /api/authorize?app_id&app_secret&auth_key",
            "  app_id      the same",
            "  app_secret  another value than the recorded one",
            "  auth_key    sent blank",
            "  more        sent, but not recorded",
            "Let the client send what was recorded, in the recorded order and with the values of "
            "lookloox_app; or record anew: python -m pytest_lookloox record --help.",
        ]

    def test_parameter_that_was_not_sent(self, lookloox: LookLoox) -> None:
        text = self.refusal(lookloox, "get_user_info")
        assert "  access_token  recorded, but not sent\n" in text

    def test_request_that_was_answered_already(self, lookloox: LookLoox) -> None:
        token = lookloox.issue_access_token()
        ask(lookloox, "get_user_info", access_token=token)
        text = self.refusal(lookloox, "get_user_info", access_token=token)
        assert "line 45: GET /api/get_user_info?access_token, which was answered already\n" in text

    def test_own_value_in_the_wrong_place(self, lookloox: LookLoox) -> None:
        text = self.refusal(lookloox, "get_user_info", access_token=lookloox.issue_auth_key())
        assert "access_token  another value than the recorded one" in text

    @pytest.mark.lookloox_cassette("login_again")
    def test_request_out_of_order(self, lookloox: LookLoox) -> None:
        lookloox.approve()
        lookloox.approve()
        app = lookloox.app
        text = self.refusal(
            lookloox,
            "authorize",
            app_id=app.app_id,
            app_secret=app.app_secret,
            auth_key=f"{KEY}00000002",
        )
        assert "It comes later: another request of this endpoint is recorded before it." in text

    def test_path_that_is_none(self, lookloox: LookLoox) -> None:
        text = self.refusal(lookloox, "unheard-of")
        assert "does not hold GET /api/unheard-of.\nThe nearest is in line 29:" in text

    def test_method_that_is_none(self, lookloox: LookLoox) -> None:
        answer = lookloox.handle(Request("POST", "/api/authorize"))
        assert b"The nearest is in line 38: GET /api/authorize?" in answer.body


def keep(pytester: pytest.Pytester, text: str, name: str = "login") -> None:
    """Let the suite have this recording of its own."""
    file = pytester.path / "cassettes" / f"{name}.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")


def run(pytester: pytest.Pytester, source: str) -> pytest.RunResult:
    pytester.makepyfile(source)
    return pytester.runpytest("-p", "no:randomly")


class TestTeardown:
    def test_unused_recording_fails_the_test(self, pytester: pytest.Pytester) -> None:
        result = run(
            pytester,
            """
            import pytest

            @pytest.mark.lookloox_cassette("login")
            def test_it(lookloox):
                lookloox.approve()
            """,
        )
        result.assert_outcomes(passed=1, errors=1)
        result.stdout.fnmatch_lines(
            [
                "The recording 'login' (*login.yaml) was not used up: the client never sent "
                "line 38: GET /api/authorize?app_id&app_secret&auth_key; line 45: "
                "GET /api/get_user_info?access_token. Let it go that far, or choose another "
                "recording.",
                "To opt out of these checks: @pytest.mark.lookloox(strict=False), or "
                "LookLoox(strict=False).",
            ]
        )

    def test_swallowed_refusal_fails_the_test(self, pytester: pytest.Pytester) -> None:
        result = run(
            pytester,
            """
            import pytest, requests

            @pytest.mark.lookloox_cassette("login")
            class TestIt:
                def test_it(self, lookloox):
                    try:
                        requests.get("https://lookloox.com/api/nothing", timeout=5)
                    except requests.RequestException:
                        pass
            """,
        )
        result.assert_outcomes(passed=1, errors=1)
        result.stdout.fnmatch_lines(["The recording 'login' * does not hold GET /api/nothing."])
        result.stdout.no_fnmatch_line("*was not used up*")

    def test_swallowed_refusal_is_told_of_where_the_body_fails_by_it(
        self, pytester: pytest.Pytester
    ) -> None:
        """A web app answers a page of its own, and the test fails without a word of ours."""
        result = run(
            pytester,
            """
            import pytest, requests

            @pytest.mark.lookloox_cassette("login")
            def test_it(lookloox):
                try:
                    requests.get(f"{lookloox.base_url}/api/get_user_info", timeout=5)
                    page = "Welcome"
                except requests.RequestException:
                    page = "Please try again later"
                assert "Welcome" in page
            """,
        )
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(
            [
                "*Captured log call*",
                "WARNING * The recording 'login' * does not hold GET /api/get_user_info.",
                "*access_token  recorded, but not sent",
            ]
        )

    @pytest.mark.parametrize(
        ("marker", "reason"),
        [
            ("lookloox_cassette", "*missing a required argument: 'name'*takes the name of a*"),
            ("lookloox_cassette(1)", "*a cassette's name must be a text, not int"),
            ("lookloox_cassette('a/b')", "*'a/b' is no cassette's name*"),
            ("lookloox_cassette('..')", "*'..' is no cassette's name*"),
            ("lookloox_cassette('login.yaml')", "*without suffix: 'login'"),
            ("lookloox_cassette('logni')", "*no cassette 'logni' in *did you mean 'login'?*"),
            ("lookloox_cassette('xyz')", "*no cassette 'xyz' in *There are: deleted_user, *"),
        ],
    )
    def test_misuse(self, pytester: pytest.Pytester, marker: str, reason: str) -> None:
        result = run(
            pytester,
            f"""
            import pytest

            @pytest.mark.{marker}
            def test_it(): pass
            """,
        )
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines([f"*@pytest.mark.lookloox_cassette: {reason}"])

    @pytest.mark.parametrize("fixture", ["lookloox_fault", "lookloox_odd_user"])
    def test_parametrised_fixture_beside_it(self, pytester: pytest.Pytester, fixture: str) -> None:
        result = run(
            pytester,
            f"""
            import pytest

            @pytest.mark.lookloox_cassette("login")
            def test_it({fixture}): pass
            """,
        )
        assert result.parseoutcomes().keys() == {"errors"}
        result.stdout.fnmatch_lines(
            [f"*@pytest.mark.lookloox_cassette and the fixture {fixture} contradict each other: *"]
        )

    def test_scenario_beside_it(self, pytester: pytest.Pytester) -> None:
        result = run(
            pytester,
            """
            import pytest

            @pytest.mark.lookloox_cassette("login")
            @pytest.mark.lookloox_expired_token
            def test_it(): pass
            """,
        )
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["*fault expired_token contradict each other*"])


# The shipped login with another answer.
OWN = (
    LOGIN.partition('    body: \'{"user_info"')[0]
    + '    body: \'{"user_info": "of my own"}\'\n...\n'
)
# Asks for that answer.
SUITE = """
    import pytest, requests

    @pytest.mark.lookloox_cassette("login")
    def test_it(lookloox):
        url = f"{lookloox.base_url}/api/get_user_info"
        answer = requests.get(url, {"access_token": lookloox.issue_access_token()}, timeout=5)
        assert answer.json() == {"user_info": "of my own"}
    """


class TestParsing:
    """A file is parsed once a session, and again only if it is another one meanwhile."""

    CONFTEST = """
        import pytest
        from pytest_lookloox.cassette import library

        parsed = []
        original = library.cassette_format.load

        def load(file):
            parsed.append(file.name)
            return original(file)

        library.cassette_format.load = load

        @pytest.fixture(scope="session", autouse=True)
        def count():
            yield
            print(f"parsed: {', '.join(sorted(parsed))}")
        """

    def test_once_a_session(self, pytester: pytest.Pytester) -> None:
        pytester.makeconftest(self.CONFTEST)
        tests = """
            import pytest, requests

            def read_profile(provider):
                token = provider.issue_access_token()
                url = f"{provider.base_url}/api/get_user_info"
                requests.get(url, {"access_token": token}, timeout=5)

            @pytest.mark.parametrize("number", [1, 2])
            @pytest.mark.lookloox_cassette("login")
            def test_stubs(lookloox, number):
                read_profile(lookloox)

            @pytest.mark.lookloox_cassette("login")
            def test_server(lookloox_server):
                read_profile(lookloox_server)

            @pytest.mark.lookloox_cassette("expired_token")
            def test_other_recording(lookloox):
                read_profile(lookloox)
            """
        pytester.makepyfile(test_a=tests, test_b=tests)
        result = pytester.runpytest_subprocess("-q", "-s")
        result.assert_outcomes(passed=8)
        result.stdout.fnmatch_lines(["*parsed: expired_token.yaml, login.yaml"])

    def test_another_file_of_the_same_name(self, pytester: pytest.Pytester) -> None:
        keep(pytester, LOGIN)
        run(pytester, SUITE).assert_outcomes(failed=1)
        keep(pytester, OWN)
        run(pytester, SUITE).assert_outcomes(passed=1)

    def test_no_test_sees_what_another_changed(self) -> None:
        first, second = (
            ReplayedLookLoox(find("login", Path()), {}, required=False) for _ in range(2)
        )
        first.user["user_firstname"] = "Zoe"
        first.handle(Request("GET", "/api/oauth", "app_id=test-app-id"))
        assert second.user["user_firstname"] == "Amina"
        assert second.handle(Request("GET", "/api/oauth", "app_id=test-app-id")).status == 302


class TestOptionsBesideIt:
    """An option that the recording decides: a contradiction up close, a default further out."""

    MODULE = """
        import pytest
        {module}

        {outer}
        class TestIt:
            {inner}
            def test_it(self, lookloox):
                assert lookloox.user["user_firstname"] == "Amina"
        """
    CASSETTE = '@pytest.mark.lookloox_cassette("login")'
    OPTIONS = '@pytest.mark.lookloox(user={"user_firstname": "Zoe"}, approved=False, strict=False)'

    @pytest.mark.parametrize(
        ("outer", "inner"),
        [
            ("", f"{CASSETTE}\n            {OPTIONS}"),
            (CASSETTE, OPTIONS),
            (f"{CASSETTE}\n        {OPTIONS}", ""),
        ],
        ids=["both on the test", "closer than the recording", "both on the class"],
    )
    def test_contradiction(self, pytester: pytest.Pytester, outer: str, inner: str) -> None:
        result = run(pytester, self.MODULE.format(module="", outer=outer, inner=inner))
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(
            [
                "*UsageError: @pytest.mark.lookloox_cassette: a recording answers as it was "
                "recorded, whatever @pytest.mark.lookloox says of approved, user: remove these, or "
                "the marker lookloox_cassette; a recording heeds base_url, redirect_url, "
                "allowed_hosts, tls, strict, app_id, app_secret"
            ]
        )

    @pytest.mark.parametrize(
        ("module", "outer", "inner"),
        [
            ("", OPTIONS, CASSETTE),
            (f"pytestmark = {OPTIONS[1:]}", CASSETTE, ""),
            (
                "@pytest.fixture\n        def lookloox_config():"
                ' return {"user": {"user_firstname": "Zoe"}}',
                "",
                f"{CASSETTE}\n            @pytest.mark.lookloox(strict=False)",
            ),
        ],
        ids=["class", "module", "lookloox_config"],
    )
    def test_default_gives_way(
        self, pytester: pytest.Pytester, module: str, outer: str, inner: str
    ) -> None:
        run(pytester, self.MODULE.format(module=module, outer=outer, inner=inner)).assert_outcomes(
            passed=1
        )


class TestDirectory:
    """The suite's own recordings come first."""

    def test_own_one_comes_first(self, pytester: pytest.Pytester) -> None:
        keep(pytester, OWN)
        run(pytester, SUITE).assert_outcomes(passed=1)

    def test_ini_option(self, pytester: pytest.Pytester) -> None:
        pytester.makeini("[pytest]\nlookloox_cassette_dir = here\n")
        pytester.mkdir("here").joinpath("login.yml").write_text(OWN, encoding="utf-8")
        run(pytester, SUITE).assert_outcomes(passed=1)

    def test_two_of_one_name(self, pytester: pytest.Pytester) -> None:
        directory = pytester.mkdir("cassettes")
        for name in ("login.yaml", "login.yml"):
            (directory / name).write_text(OWN, encoding="utf-8")
        result = run(pytester, SUITE)
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["*two cassettes are named 'login': *login.yaml, *login.yml*"])

    def test_link_out_of_the_directory(self, pytester: pytest.Pytester, tmp_path: Path) -> None:
        outside = tmp_path / "outside.yaml"
        outside.write_text(OWN, encoding="utf-8")
        pytester.mkdir("cassettes").joinpath("login.yaml").symlink_to(outside)
        result = run(pytester, SUITE)
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["*login.yaml leads out of its directory*"])

    def test_blank_where_a_value_was_sent(self, pytester: pytest.Pytester) -> None:
        blank = LOGIN.replace("?access_token=bbbbbbbbbbbbbbbbbbbbbbbb00000001", "?access_token=")
        keep(pytester, blank)
        result = run(pytester, SUITE)
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["*  access_token  recorded blank, sent with a value*"])

    def test_equal_requests_are_told_apart(self, pytester: pytest.Pytester) -> None:
        head, item, last = LOGIN.partition(
            "- response:\n    method: GET\n    url: https://lookloox.com/api/get_"
        )
        doubled = f"{head}{item}{last.removesuffix('...')}".replace("\n...\n", f"\n{item}{last}")
        keep(pytester, doubled)
        result = run(pytester, SUITE.replace(' == {"user_info": "of my own"}', ""))
        result.assert_outcomes(passed=1, errors=1)
        result.stdout.fnmatch_lines(["*never sent line 57: GET /api/get_user_info?access_token.*"])

    def test_token_whose_request_was_made_by_the_client(self, pytester: pytest.Pytester) -> None:
        result = run(
            pytester,
            """
            import pytest, requests

            @pytest.mark.lookloox_cassette("login")
            @pytest.mark.lookloox(strict=False)
            def test_it(lookloox):
                app = lookloox.app
                requests.get(app.login_url, allow_redirects=False, timeout=5)
                with pytest.raises(ValueError, match="no further auth_key"):
                    lookloox.issue_auth_key()
            """,
        )
        result.assert_outcomes(passed=1)

    def test_unknown_value_has_to_be_the_same_each_time(self, pytester: pytest.Pytester) -> None:
        text = (shipped_directory() / "wrong_app_secret.yaml").read_text(encoding="utf-8")
        body = text.removesuffix("...\n")
        last = body[body.rindex("- response:") :]
        doubled = f"{body}{last}...\n"
        keep(pytester, doubled, "twice")
        result = run(
            pytester,
            """
            import pytest, requests

            @pytest.mark.lookloox_cassette("twice")
            @pytest.mark.parametrize("second", ["wrong", "mistaken"])
            def test_it(lookloox, lookloox_auth_key, second):
                for secret in ("wrong", second):
                    params = {
                        "app_id": lookloox.app.app_id,
                        "app_secret": secret,
                        "auth_key": lookloox_auth_key,
                    }
                    requests.get(f"{lookloox.base_url}/api/authorize", params, timeout=5)
            """,
        )
        result.assert_outcomes(passed=1, failed=1)
        result.stdout.fnmatch_lines(["*  app_secret  another value than the recorded one*"])

    def test_recording_of_nothing(self, pytester: pytest.Pytester) -> None:
        nothing = f"{LOGIN.partition('responses:')[0]}responses: []\n...\n"
        keep(pytester, nothing)
        result = run(pytester, SUITE.replace("lookloox.issue_access_token()", '"x"'))
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["*access_token=[*][*][*]. It holds no request at all.*"])

    def test_broken_one(self, pytester: pytest.Pytester) -> None:
        keep(pytester, "")
        result = run(pytester, SUITE)
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["*login.yaml, line 1: the file is empty"])
