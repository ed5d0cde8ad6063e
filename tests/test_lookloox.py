"""`LookLoox` as a script uses it: without pytest's fixtures and markers."""

from __future__ import annotations

import datetime
import html
import re
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

import pytest
import requests
from requests.adapters import HTTPAdapter

from pytest_lookloox import App, LookLoox, UserInfo, build_user_info
from pytest_lookloox.faults import EXPIRED_TOKEN, REUSED_AUTH_KEY
from pytest_lookloox.scenarios import Scenario

# These ask in every wrong way, on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")

Result = TypeVar("Result")

INVALID_KEY = "Bad Request, invalid auth_key"
EXPIRED_TOKEN_MESSAGE = "Bad Request, expired access_token"
UNKNOWN_APP = "We're sorry, but the application"


def get(lookloox: LookLoox, endpoint: str, **params: str) -> requests.Response:
    url = f"{lookloox.base_url}/api/{endpoint}"
    return requests.get(url, params=params, allow_redirects=False, timeout=5)


def login(lookloox: LookLoox, auth_key: str, app: App | None = None) -> requests.Response:
    app = app or lookloox.app
    return get(
        lookloox,
        "authorize",
        app_id=app.app_id,
        app_secret=app.app_secret,
        auth_key=auth_key,
    )


def key_in(callback_url: str) -> str:
    return callback_url.rpartition("?auth_key=")[2]


def profile(lookloox: LookLoox, auth_key: str) -> UserInfo:
    """Whom an app logs in that trusts this key."""
    token = login(lookloox, auth_key).json()["access_token"]
    user_info: UserInfo = get(lookloox, "get_user_info", access_token=token).json()["user_info"]
    return user_info


@pytest.fixture
def provider() -> Iterator[LookLoox]:
    with LookLoox() as opened:
        yield opened


class TestContextManager:
    def test_endpoints_are_stubbed_inside_the_block_only(self) -> None:
        untouched = HTTPAdapter.send
        with LookLoox() as provider:
            assert profile(provider, key_in(provider.approve())) == provider.user
            assert HTTPAdapter.send is not untouched

        assert HTTPAdapter.send is untouched

    def test_stubs_are_taken_away_when_the_block_fails(self) -> None:
        untouched = HTTPAdapter.send
        with pytest.raises(ZeroDivisionError), LookLoox():
            raise ZeroDivisionError

        assert HTTPAdapter.send is untouched

    def test_memory_outlives_the_block(self) -> None:
        provider = LookLoox()
        with provider:
            spent = provider.issue_auth_key()
            login(provider, spent)
        with provider:
            assert login(provider, spent).json()["message"] == INVALID_KEY

        assert len(provider.calls) == 2

    def test_state_can_be_prepared_before_the_block(self) -> None:
        provider = LookLoox()
        callback = provider.approve()
        with provider:
            assert profile(provider, key_in(callback)) == provider.user

    def test_start_and_stop_do_the_same(self) -> None:
        provider = LookLoox()
        provider.start()
        try:
            assert login(provider, "unheard-of").json()["message"] == INVALID_KEY
        finally:
            provider.stop()

    def test_open_one_cannot_be_opened_again(self, provider: LookLoox) -> None:
        with pytest.raises(RuntimeError, match="open already"):
            provider.start()

        assert login(provider, provider.issue_auth_key()).json()["access_token"]

    def test_end_of_the_block_runs_the_checks(self) -> None:
        provider = LookLoox()
        provider.start()
        get(provider, "token")
        provider.stop()

        with (
            pytest.raises(AssertionError, match="/api/token is outside the Look Loox API"),
            provider,
        ):
            pass

    def test_checks_leave_a_failure_of_the_block_alone(self) -> None:
        provider = LookLoox()
        provider.start()
        get(provider, "token")
        provider.stop()

        with pytest.raises(ZeroDivisionError), provider:
            raise ZeroDivisionError

    def test_checks_can_be_turned_off(self) -> None:
        with LookLoox(strict=False) as provider:
            response = get(provider, "token")

        assert response.json()["error"] is True
        assert not provider.strict


class TestConfigured:
    def test_defaults(self) -> None:
        provider = LookLoox()

        assert provider.base_url == "https://lookloox.com"
        assert provider.app.app_id == "test-app-id"
        assert provider.app.app_secret == "test-app-secret"
        assert provider.app.redirect_url == "http://localhost/callback"
        assert provider.app.login_url == "https://lookloox.com/api/oauth?app_id=test-app-id"
        assert provider.user == build_user_info()
        assert provider.strict

    def test_options(self) -> None:
        provider = LookLoox(
            base_url="https://SISTER.example/",
            app_id="a b&c",
            app_secret="s",
            redirect_url="https://app.example/back",
            user={"user_id": 7, "user_email": ""},
        )

        assert provider.base_url == "https://sister.example"
        assert provider.app.login_url == "https://sister.example/api/oauth?app_id=a+b%26c"
        assert provider.app.callback_url("k") == "https://app.example/back?auth_key=k"
        assert provider.user == build_user_info(user_id=7, user_email="")

    def test_user_is_a_copy_free_to_change(self, provider: LookLoox) -> None:
        provider.user["user_name"] = "changed"

        assert provider.user == build_user_info()
        assert profile(provider, provider.issue_auth_key()) == build_user_info()

    def test_wrong_options_are_refused(self) -> None:
        with pytest.raises(TypeError, match="unknown option 'aproved'; did you mean 'approved'"):
            LookLoox(aproved=True)
        with pytest.raises(ValueError, match="base_url must begin with"):
            LookLoox(base_url="lookloox.com")


class TestUsers:
    @pytest.mark.parametrize("user", ["7", build_user_info(user_id="7")])
    def test_approve_takes_a_user_or_their_id(
        self, provider: LookLoox, user: str | UserInfo
    ) -> None:
        provider.add_user(build_user_info(user_id="7"))

        callback = provider.approve(user)
        assert callback.startswith(f"{provider.app.redirect_url}?auth_key=")
        assert profile(provider, key_in(callback))["user_id"] == "7"

    @pytest.mark.parametrize("user", ["7", build_user_info(user_id="7")])
    def test_issuing_takes_a_user_or_their_id(
        self, provider: LookLoox, user: str | UserInfo
    ) -> None:
        provider.add_user(build_user_info(user_id="7"))
        token = provider.issue_access_token(user)

        assert profile(provider, provider.issue_auth_key(user))["user_id"] == "7"
        assert get(provider, "get_user_info", access_token=token).json()["user_info"] == (
            build_user_info(user_id="7")
        )

    def test_token_issued_is_the_token_a_login_gets(self, provider: LookLoox) -> None:
        issued = provider.issue_access_token()

        assert login(provider, provider.issue_auth_key()).json() == {"access_token": issued}

    def test_user_approved_by_their_dict_exists_from_then_on(self, provider: LookLoox) -> None:
        provider.approve(build_user_info(user_id="7"))

        assert key_in(provider.approve("7"))

    def test_added_user_replaces_the_one_of_the_same_id(self, provider: LookLoox) -> None:
        provider.add_user({**provider.user, "user_name": "renamed"})

        assert profile(provider, provider.issue_auth_key())["user_name"] == "renamed"

    def test_added_user_is_copied(self, provider: LookLoox) -> None:
        user = build_user_info(user_id="7")
        provider.add_user(user)
        user["user_name"] = "changed"

        assert profile(provider, provider.issue_auth_key("7"))["user_name"] == "amina.diallo"

    def test_removed_user_can_come_back(self, provider: LookLoox) -> None:
        user = provider.user
        token = provider.issue_access_token()
        provider.remove_user(user["user_id"])
        assert get(provider, "get_user_info", access_token=token).json() == []

        provider.add_user(user)
        assert get(provider, "get_user_info", access_token=token).json() == {"user_info": user}

    @pytest.mark.parametrize(
        "use",
        [
            LookLoox.approve,
            LookLoox.issue_auth_key,
            LookLoox.issue_access_token,
            LookLoox.remove_user,
        ],
    )
    def test_unknown_user_is_refused(
        self, provider: LookLoox, use: Callable[[LookLoox, str], object]
    ) -> None:
        provider.add_user(build_user_info(user_id="7"))
        says = re.escape("no user '8'; known: '1042', '7'; add one with add_user(build_user_info(")

        with pytest.raises(ValueError, match=says):
            use(provider, "8")

    def test_removed_user_is_unknown(self, provider: LookLoox) -> None:
        provider.remove_user("1042")

        with pytest.raises(ValueError, match="no user '1042'; known: nobody; add one"):
            provider.approve()

    def test_forged_callback_is_valid_and_of_another_user(self, provider: LookLoox) -> None:
        forged = [provider.forge_callback() for _ in range(2)]
        victims = [profile(provider, key_in(callback)) for callback in forged]

        assert all(url.startswith(f"{provider.app.redirect_url}?auth_key=") for url in forged)
        ids = {victim["user_id"] for victim in victims} | {provider.user["user_id"]}
        assert len(ids) == 3

    def test_forged_callback_does_not_void_the_users_own_key(self, provider: LookLoox) -> None:
        callback = provider.approve()
        provider.forge_callback()

        assert profile(provider, key_in(callback)) == provider.user


class TestApps:
    def test_registered_app_is_returned_and_works(self, provider: LookLoox) -> None:
        second = provider.register_app(
            app_id="second", app_secret="hush", redirect_url="https://second.example/back"
        )
        redirect = get(provider, "oauth", app_id="second").headers["Location"]

        assert (second.app_id, second.app_secret) == ("second", "hush")
        assert redirect.startswith("https://second.example/back?auth_key=")
        assert "access_token" in login(provider, key_in(redirect), second).json()

    def test_another_app_has_an_id_of_its_own_by_default(self, provider: LookLoox) -> None:
        assert provider.register_app().app_id != provider.app.app_id

    def test_registering_an_id_again_changes_the_app(self, provider: LookLoox) -> None:
        provider.register_app(app_id=provider.app.app_id, redirect_url="https://moved.example/")

        location = get(provider, "oauth", app_id=provider.app.app_id).headers["Location"]
        assert location.startswith("https://moved.example/?auth_key=")

    def test_disabled_app_is_enabled_by_registering_it_again(self, provider: LookLoox) -> None:
        second = provider.register_app(app_id="second", app_secret="hush")
        provider.disable_app("second")
        refused = login(provider, "any", second).json()["message"]
        provider.register_app(app_id="second", app_secret="hush")
        known = login(provider, "any", second).json()["message"]

        assert refused.startswith(UNKNOWN_APP)
        assert known == INVALID_KEY

    def test_disabling_one_app_leaves_the_other_alone(self, provider: LookLoox) -> None:
        provider.register_app(app_id="second")
        provider.disable_app("second")

        assert "access_token" in login(provider, provider.issue_auth_key()).json()

    def test_unknown_app_cannot_be_disabled(self, provider: LookLoox) -> None:
        provider.register_app(app_id="second")

        with pytest.raises(ValueError, match="no app 'third'; registered: 'test-app-id', 'second'"):
            provider.disable_app("third")

    @pytest.mark.parametrize(
        ("arguments", "error", "says"),
        [
            ({"app_id": " "}, ValueError, "app_id must not be blank"),
            ({"app_secret": ""}, ValueError, "app_secret must not be blank"),
            ({"app_id": 42}, TypeError, "app_id must be a string, not int"),
            ({"redirect_url": "/back"}, ValueError, "must be an absolute URL"),
        ],
    )
    def test_app_that_cannot_work_is_refused(
        self,
        provider: LookLoox,
        arguments: dict[str, str],
        error: type[Exception],
        says: str,
    ) -> None:
        with pytest.raises(error, match=says):
            provider.register_app(**arguments)

    def test_disabled_api_refuses_everyone(self, provider: LookLoox) -> None:
        token = provider.issue_access_token()
        provider.disable_api()
        message = "The developers module has been disabled by the admin"

        assert login(provider, provider.issue_auth_key()).json()["message"] == message
        refused = get(provider, "get_user_info", access_token=token)
        assert refused.json()["message"] == message


class TestHugeValues:
    """No server lets 1 MB of URL through, but the stubs do."""

    @pytest.mark.parametrize("name", ["app_id", "app_secret", "auth_key"])
    def test_login(self, provider: LookLoox, name: str) -> None:
        app = provider.app
        valid = {
            "app_id": app.app_id,
            "app_secret": app.app_secret,
            "auth_key": provider.issue_auth_key(),
        }
        response = get(provider, "authorize", **{**valid, name: "x" * 1_000_000})

        assert response.json()["error"] is True
        assert "access_token" in get(provider, "authorize", **valid).json()

    def test_visit(self, provider: LookLoox) -> None:
        response = get(provider, "oauth", app_id="é" * 1_000_000)

        assert UNKNOWN_APP in html.unescape(response.text)

    def test_token(self, provider: LookLoox) -> None:
        response = get(provider, "get_user_info", access_token="x" * 1_000_000)

        assert response.json()["message"] == "Bad Request, invalid access_token"

    def test_path(self) -> None:
        with LookLoox(strict=False) as provider:
            response = get(provider, "x" * 1_000_000)

        assert response.json()["message"] == "Bad Request, invalid parameters"

    def test_what_is_shown_of_it_is_short(self, provider: LookLoox) -> None:
        get(provider, "authorize", app_id="x" * 1_000_000)

        assert len(repr(provider.calls)) < 300

    def test_path_in_the_message_of_the_checks_is_short(self) -> None:
        with LookLoox(strict=False) as provider:
            get(provider, "x" * 1_000_000)

        with pytest.raises(AssertionError) as failure:
            provider.check()
        assert len(str(failure.value)) < 1000
        assert len(repr(provider.calls)) < 300


class TestCalls:
    def test_every_request_is_remembered_in_order(self, provider: LookLoox) -> None:
        app = provider.app
        redirect = get(provider, "oauth", app_id=app.app_id)
        key = key_in(redirect.headers["Location"])
        token = login(provider, key).json()["access_token"]
        get(provider, "get_user_info", access_token=token)
        login(provider, key)

        calls = provider.calls
        assert [call.endpoint for call in calls] == [
            "oauth",
            "authorize",
            "get_user_info",
            "authorize",
        ]
        assert [call.params for call in calls[:3]] == [
            {"app_id": app.app_id},
            {"app_id": app.app_id, "app_secret": app.app_secret, "auth_key": key},
            {"access_token": token},
        ]
        assert [call.status for call in calls] == [302, 200, 200, 200]
        assert [call.body for call in calls] == [
            "",
            {"access_token": token},
            {"user_info": provider.user},
            {"error": True, "message": INVALID_KEY},
        ]
        assert [call.error for call in calls] == [None, None, None, INVALID_KEY]

    def test_page_is_remembered_as_its_text(self, provider: LookLoox) -> None:
        response = get(provider, "oauth")

        (call,) = provider.calls
        assert (call.endpoint, call.status, call.error) == ("oauth", 404, None)
        assert call.body == response.text

    def test_error_page_is_remembered_with_its_message(self, provider: LookLoox) -> None:
        get(provider, "oauth", app_id="unheard-of")

        (call,) = provider.calls
        assert str(call.error).startswith(UNKNOWN_APP)

    def test_other_paths_have_no_endpoint(self) -> None:
        with LookLoox(strict=False) as provider:
            requests.put(f"{provider.base_url}/api/token?a=%C3%A9", timeout=5)

        (call,) = provider.calls
        assert (call.endpoint, call.method, call.path) == (None, "PUT", "/api/token")
        assert call.params == {"a": "é"}

    def test_without_a_request_there_are_none(self, provider: LookLoox) -> None:
        provider.approve()
        provider.issue_access_token()

        assert provider.calls == []

    def test_remembered_body_does_not_change_with_the_user(self, provider: LookLoox) -> None:
        token = provider.issue_access_token()
        get(provider, "get_user_info", access_token=token)
        provider.calls[0].body["user_info"]["user_name"] = "changed"

        again = get(provider, "get_user_info", access_token=token).json()
        assert again["user_info"]["user_name"] == "amina.diallo"


class TestCheck:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/api/token"),
            ("GET", "/api/authorize/"),
            ("GET", "/oauth"),
            ("POST", "/api/authorize"),
            ("HEAD", "/api/get_user_info"),
        ],
    )
    def test_request_outside_the_api_is_a_problem(self, method: str, path: str) -> None:
        with LookLoox(strict=False) as provider:
            requests.request(method, f"{provider.base_url}{path}", timeout=5)

        with pytest.raises(AssertionError, match=f"{method} {path} is outside the Look Loox API"):
            provider.check()

    def test_message_names_the_api_and_the_way_out(self) -> None:
        with LookLoox(strict=False) as provider:
            get(provider, "token")
            get(provider, "tokens")

        with pytest.raises(AssertionError) as failure:
            provider.check()
        api = "GET /api/oauth, GET /api/authorize, GET /api/get_user_info"
        first, second, last = str(failure.value).splitlines()
        assert first.startswith("GET /api/token ")
        assert second.startswith("GET /api/tokens ")
        assert api in first
        assert "@pytest.mark.lookloox(strict=False)" in last

    def test_errors_of_the_api_are_no_problem(self, provider: LookLoox) -> None:
        get(provider, "oauth")
        login(provider, "unheard-of")
        get(provider, "get_user_info", access_token="unheard-of")
        provider.check()

        assert len(provider.calls) == 3

    @pytest.mark.parametrize("name", [EXPIRED_TOKEN, REUSED_AUTH_KEY])
    def test_required_scenario_that_never_took_place_is_a_problem(self, name: str) -> None:
        provider = LookLoox()
        provider.plan(Scenario(name, required=True))

        with pytest.raises(AssertionError, match=f"{name} never took effect"):
            provider.check()

    @pytest.mark.parametrize("name", [EXPIRED_TOKEN, REUSED_AUTH_KEY])
    def test_other_scenarios_need_not_take_place(self, name: str) -> None:
        provider = LookLoox()
        provider.plan(Scenario(name))
        provider.check()

        assert provider.calls == []

    def test_key_that_was_handed_out_but_not_used_proves_nothing(self) -> None:
        with LookLoox(strict=False) as provider:
            provider.plan(Scenario(REUSED_AUTH_KEY, required=True))
            provider.approve()
            login(provider, "some-other-key")

        with pytest.raises(AssertionError, match="no auth_key that was handed out reached"):
            provider.check()

    def test_token_that_was_issued_but_not_used_proves_nothing(self) -> None:
        with LookLoox(strict=False) as provider:
            provider.plan(Scenario(EXPIRED_TOKEN, required=True))
            provider.issue_access_token()
            get(provider, "get_user_info", access_token="some-other-token")

        with pytest.raises(AssertionError, match="no access token was used"):
            provider.check()


class TestScenarios:
    def test_expired_token_strikes_the_tokens_when_they_are_used(self, provider: LookLoox) -> None:
        scenario = Scenario(EXPIRED_TOKEN, required=True)
        provider.plan(scenario)
        token = provider.issue_access_token()
        answers = [get(provider, "get_user_info", access_token=token).json() for _ in range(2)]

        assert [answer["message"] for answer in answers] == [EXPIRED_TOKEN_MESSAGE] * 2
        assert scenario.took_place

    def test_client_that_logs_in_again_recovers_from_one_expired_token(
        self, provider: LookLoox
    ) -> None:
        provider.plan(Scenario(EXPIRED_TOKEN, 1))
        first = login(provider, provider.issue_auth_key()).json()["access_token"]
        assert "error" in get(provider, "get_user_info", access_token=first).json()

        assert profile(provider, provider.issue_auth_key()) == provider.user

    def test_reused_key_has_been_spent_before(self, provider: LookLoox) -> None:
        scenario = Scenario(REUSED_AUTH_KEY, required=True)
        provider.plan(scenario)
        messages = [login(provider, key_in(provider.approve())).json() for _ in range(2)]

        assert [answer["message"] for answer in messages] == [INVALID_KEY] * 2
        assert scenario.took_place

    def test_client_that_starts_over_recovers_from_one_reused_key(self, provider: LookLoox) -> None:
        provider.plan(Scenario(REUSED_AUTH_KEY, 1))
        first = login(provider, key_in(provider.approve())).json()
        second = login(provider, key_in(provider.approve())).json()

        assert first["message"] == INVALID_KEY
        assert "access_token" in second


class TestRepr:
    def test_no_secret_is_shown(self) -> None:
        with LookLoox(app_secret="hush-hush") as provider:
            key = provider.issue_auth_key()
            token = login(provider, key).json()["access_token"]
            get(provider, "get_user_info", access_token=token)

        shown = f"{provider!r} {provider.app!r} {provider.calls!r}"
        assert [secret for secret in ("hush-hush", key, token) if secret in shown] == []

    def test_provider_is_shown_in_one_line(self, provider: LookLoox) -> None:
        login(provider, "any")

        assert repr(provider) == "<LookLoox https://lookloox.com, app 'test-app-id', 1 calls>"


class TestTwoProviders:
    @pytest.fixture
    def sister(self) -> Iterator[LookLoox]:
        with LookLoox(base_url="https://sister.example", user={"user_id": "7"}) as opened:
            yield opened

    def test_each_answers_for_its_own_host(self, provider: LookLoox, sister: LookLoox) -> None:
        assert profile(provider, provider.issue_auth_key())["user_id"] == "1042"
        assert profile(sister, sister.issue_auth_key())["user_id"] == "7"
        assert (len(provider.calls), len(sister.calls)) == (2, 2)

    def test_keys_and_tokens_of_one_mean_nothing_to_the_other(
        self, provider: LookLoox, sister: LookLoox
    ) -> None:
        token = provider.issue_access_token()

        assert login(sister, provider.issue_auth_key()).json()["message"] == INVALID_KEY
        assert "error" in get(sister, "get_user_info", access_token=token).json()

    def test_first_may_close_first(self) -> None:
        first = LookLoox()
        second = LookLoox(base_url="https://second.example")
        untouched = HTTPAdapter.send
        first.start()
        second.start()
        first.stop()
        try:
            assert login(second, "any").json()["message"] == INVALID_KEY
            with pytest.raises(requests.ConnectionError, match=r"only https://second\.example is"):
                login(first, "any")
        finally:
            second.stop()

        assert HTTPAdapter.send is untouched


class SlowToCompare(str):
    """An app_id that keeps the provider busy in the middle of a login, so that threads meet there.

    Plain ones are compared so fast that a missing lock would show once in many hundred rounds;
    with this one it shows in most.
    """

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        for _ in range(20_000):
            pass
        return str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other


class TestThreads:
    @pytest.fixture(autouse=True)
    def _eager_switching(self) -> Iterator[None]:
        """Let threads take turns as often as possible, so that a missing lock shows."""
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        yield
        sys.setswitchinterval(interval)

    @staticmethod
    def at_once(work: Callable[[], Result], threads: int = 12) -> list[Result]:
        """What each of many threads got that began at the same moment."""
        start = threading.Barrier(threads)
        results: list[Result] = []

        def run() -> None:
            start.wait(timeout=30)
            results.append(work())

        workers = [threading.Thread(target=run) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return results

    def test_of_many_threads_with_one_key_exactly_one_wins(self) -> None:
        rounds = 10
        with LookLoox(app_id=SlowToCompare("slow-app")) as provider:
            keys = (provider.issue_auth_key() for _ in range(rounds))
            answers = [self.at_once(partial(login, provider, key)) for key in keys]

        winners = [sum("access_token" in answer.json() for answer in tried) for tried in answers]
        assert winners == [1] * rounds
        assert [len(tried) for tried in answers] == [12] * rounds
        assert len(provider.calls) == 12 * rounds

    def test_many_threads_get_the_same_token(self, provider: LookLoox) -> None:
        for _ in range(20):
            tokens = self.at_once(provider.issue_access_token)

            assert len(tokens) == 12
            assert set(tokens) == {provider.issue_access_token()}
            provider.advance(hours=2)

    def test_of_keys_made_by_many_threads_one_stays_valid(self, provider: LookLoox) -> None:
        for _ in range(20):
            keys = self.at_once(provider.issue_auth_key)
            answers = [login(provider, key).json() for key in keys]

            assert sum("access_token" in answer for answer in answers) == 1


class TestChanges:
    def test_registered_app_that_changes_is_the_app(self) -> None:
        provider = LookLoox()
        provider.register_app(app_id=provider.app.app_id, app_secret="rotated")
        assert provider.app.app_secret == "rotated"

    def test_signed_in_user_who_changes_is_the_user(self) -> None:
        provider = LookLoox()
        provider.add_user(build_user_info(user_firstname="Awa"))
        assert provider.user["user_firstname"] == "Awa"

    @pytest.mark.parametrize("user", [1042, ["1042"]])
    def test_user_who_is_neither_dict_nor_id(self, user: Any) -> None:
        with pytest.raises(TypeError, match="a user_info dict or a user_id string"):
            LookLoox().approve(user)

    @pytest.mark.parametrize("user", ["1042", None])
    def test_added_user_who_is_no_dict(self, user: Any) -> None:
        with pytest.raises(TypeError, match=r"build_user_info\(…\) makes"):
            LookLoox().add_user(user)

    @pytest.mark.parametrize("user", ["1042", None])
    def test_signed_in_user_who_is_no_dict(self, user: Any) -> None:
        with pytest.raises(TypeError, match=r"sign_in\(\) takes a user_info dict, such as"):
            LookLoox().sign_in(user)

    @pytest.mark.parametrize(
        "use", [LookLoox.add_user, LookLoox.sign_in, LookLoox.approve, LookLoox.issue_auth_key]
    )
    def test_user_whom_json_cannot_tell(self, use: Callable[[LookLoox, UserInfo], object]) -> None:
        """Before a client's request, where it would pass for a mistake of the client's."""
        says = "user_birthdate must be a string, a number or None, not date"

        with pytest.raises(TypeError, match=says):
            use(LookLoox(), build_user_info() | {"user_birthdate": datetime.date(1994, 3, 21)})

    def test_removed_user_who_is_no_id(self) -> None:
        with pytest.raises(TypeError, match="takes a user_id string, not NoneType"):
            LookLoox().remove_user(None)  # type: ignore[arg-type]
