"""`LookLoox` as a test or a script uses it."""

from __future__ import annotations

import dataclasses
import datetime
import html
import inspect
import pydoc
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from pytest_lookloox import LookLoox, UserInfo, build_user_info
from pytest_lookloox.options import OPTION_NAMES, Options
from tests.client import ask, authorize, caller, get_user_info, key_in, log_in, visit

pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")

INVALID_KEY = "Bad Request, invalid auth_key"
UNKNOWN_APP = "We're sorry, but the application"
API_DISABLED = "The developers module has been disabled by the admin"
MEMBERS = """
    base_url app user approve issue_auth_key issue_access_token add_user remove_user register_app
    disable_app advance inject_fault calls stub forge_callback check start stop sign_in vary
    disable_api callback_url ca_file
"""


@pytest.fixture
def provider() -> Iterator[LookLoox]:
    with LookLoox() as opened:
        yield opened


def message(answer: requests.Response) -> str | None:
    text: str | None = answer.json().get("message")
    return text


class TestInterface:
    def test_members_are_those_that_the_tour_promises(self) -> None:
        for owner in (LookLoox, LookLoox()):
            public = {name for name in dir(owner) if not name.startswith("_")}
            assert public == set(MEMBERS.split())

    def test_signature_shows_each_option(self) -> None:
        parameters = inspect.signature(LookLoox).parameters
        defaults = {name: parameter.default for name, parameter in parameters.items()}

        assert list(parameters) == list(OPTION_NAMES)
        assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in parameters.values())
        assert defaults == {name: getattr(Options, name, None) for name in OPTION_NAMES}

    def test_help_explains_each_option_and_member(self) -> None:
        text = pydoc.plain(pydoc.render_doc(LookLoox))

        assert not [name for name in OPTION_NAMES if f"`{name}" not in text]
        members = set(MEMBERS.split()) - {"ca_file"}
        assert not [name for name in members if not inspect.getdoc(getattr(LookLoox, name))]

    def test_each_option_reaches_the_options(self) -> None:
        given: dict[str, Any] = {
            "base_url": "https://sister.example",
            "app_id": "42",
            "app_secret": "s",
            "redirect_url": "https://app.example/back",
            "user": {"user_id": "7"},
            "token_lifetime": 60,
            "approved": False,
            "signed_in": False,
            "error_status": 400,
            "allowed_hosts": ["api.example"],
            "tls": True,
            "strict": False,
        }
        assert list(given) == list(OPTION_NAMES)
        assert LookLoox(**given)._simulation.options == Options(**given)

    def test_wrong_options_are_refused(self) -> None:
        with pytest.raises(TypeError, match="unexpected keyword argument 'aproved'"):
            LookLoox(aproved=True)  # type: ignore[call-arg]
        with pytest.raises(ValueError, match="base_url must begin with"):
            LookLoox(base_url="lookloox.com")

    def test_repr_is_one_line_without_a_secret(self) -> None:
        with LookLoox(app_secret="hush-hush") as provider:
            key = provider.issue_auth_key()
            token = authorize(provider, key).json()["access_token"]
            get_user_info(provider, token)

        assert repr(provider) == "<LookLoox https://lookloox.com, app 'test-app-id', 2 calls>"
        shown = f"{provider.app!r} {provider.calls!r}"
        assert not [secret for secret in ("hush-hush", key, token) if secret in shown]


class TestConfigured:
    def test_defaults(self) -> None:
        provider = LookLoox()

        assert provider.base_url == "https://lookloox.com"
        assert provider.app.app_id == "test-app-id"
        assert provider.app.app_secret == "test-app-secret"
        assert provider.app.redirect_url == "http://localhost/callback"
        assert provider.app.login_url == "https://lookloox.com/api/oauth?app_id=test-app-id"
        assert provider.user == build_user_info()
        assert provider.ca_file is None

    def test_address_and_app(self) -> None:
        provider = LookLoox(base_url="https://SISTER.example/", app_id="a b&c")

        assert provider.base_url == "https://sister.example"
        assert provider.app.login_url == "https://sister.example/api/oauth?app_id=a+b%26c"
        assert provider.callback_url("k") == "http://localhost/callback?auth_key=k"

    def test_options_of_the_provider(self) -> None:
        with LookLoox(error_status=401, token_lifetime=60, approved=False) as provider:
            token = provider.issue_access_token()
            provider.advance(seconds=60)
            assert get_user_info(provider, token).ok
            provider.advance(seconds=1)
            assert get_user_info(provider, token).status_code == 401
            assert "Log in With" in visit(provider).text
            provider.approve()
            assert visit(provider).status_code == 302
        with LookLoox(signed_in=False) as provider:
            assert visit(provider).status_code == 200

    def test_user_is_a_copy_free_to_change(self, provider: LookLoox) -> None:
        provider.user["user_name"] = "changed"

        assert log_in(provider) == provider.user == build_user_info()

    def test_changes_show(self, provider: LookLoox) -> None:
        provider.register_app(app_id=provider.app.app_id, app_secret="rotated")
        provider.add_user(build_user_info(user_firstname="Awa"))

        assert provider.app.app_secret == "rotated"
        assert log_in(provider)["user_firstname"] == provider.user["user_firstname"] == "Awa"

    def test_clock_moves_by_hours_minutes_and_seconds(self, provider: LookLoox) -> None:
        provider.advance(1, 2, 3)

        assert provider._simulation.provider.clock.now().ahead == datetime.timedelta(
            hours=3, minutes=2, seconds=1
        )
        with pytest.raises(ValueError, match=r"advance\(\) moves time forward only"):
            provider.advance(minutes=-1)


class TestStubs:
    def test_endpoints_are_stubbed_inside_the_block_only(self) -> None:
        untouched = HTTPAdapter.send
        with LookLoox() as provider:
            assert HTTPAdapter.send is not untouched
            assert log_in(provider) == provider.user

        assert HTTPAdapter.send is untouched
        with pytest.raises(ZeroDivisionError), LookLoox():
            raise ZeroDivisionError
        assert HTTPAdapter.send is untouched

    def test_memory_outlives_the_block(self) -> None:
        provider = LookLoox()
        callback_url = provider.approve()
        with provider:
            log_in(provider, callback_url)
        provider.start()
        try:
            assert message(authorize(provider, key_in(callback_url))) == INVALID_KEY
        finally:
            provider.stop()

        assert len(provider.calls) == 3

    def test_open_one_cannot_be_opened_again(self, provider: LookLoox) -> None:
        with pytest.raises(RuntimeError, match="open already"):
            provider.start()

        assert log_in(provider)

    def test_other_services_can_be_stubbed(self, provider: LookLoox) -> None:
        provider.stub.get("https://api.example/", json={"mine": True})

        assert requests.get("https://api.example/", timeout=5).json() == {"mine": True}


class TestUsers:
    @pytest.mark.parametrize("user", ["7", build_user_info(user_id="7")])
    def test_user_or_user_id(self, provider: LookLoox, user: str | UserInfo) -> None:
        seven = build_user_info(user_id="7")
        provider.add_user(seven)

        callback_url = provider.approve(user)
        assert callback_url.startswith(f"{provider.app.redirect_url}?auth_key=")
        assert log_in(provider, callback_url) == seven
        assert log_in(provider, provider.callback_url(provider.issue_auth_key(user))) == seven
        token = provider.issue_access_token(user)
        assert get_user_info(provider, token).json() == {"user_info": seven}

    def test_issued_token_is_the_token_of_a_login(self, provider: LookLoox) -> None:
        issued = provider.issue_access_token()

        assert caller(provider, "authorize")().json() == {"access_token": issued}

    @pytest.mark.parametrize(
        "use",
        [LookLoox.add_user, LookLoox.sign_in, LookLoox.approve, LookLoox.issue_auth_key],
    )
    def test_user_who_is_new_exists_afterwards(
        self, provider: LookLoox, use: Callable[[LookLoox, UserInfo], object]
    ) -> None:
        user = build_user_info(user_id="7")
        use(provider, user)
        user["user_name"] = "changed"

        assert log_in(provider, provider.approve("7")) == build_user_info(user_id="7")

    def test_signed_in_user_is_the_visitor(self, provider: LookLoox) -> None:
        seven = build_user_info(user_id="7")
        provider.sign_in(seven)

        assert provider.user == seven
        assert log_in(provider, visit(provider).headers["Location"]) == seven
        assert log_in(provider, provider.approve("1042")) == build_user_info()

    def test_removed_user_can_come_back(self, provider: LookLoox) -> None:
        user, token = provider.user, provider.issue_access_token()
        provider.remove_user(user["user_id"])
        assert get_user_info(provider, token).json() == []

        provider.add_user(user)
        assert get_user_info(provider, token).json() == {"user_info": user}

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

        provider.remove_user("1042")
        provider.remove_user("7")
        with pytest.raises(ValueError, match="no user '1042'; known: none; add one"):
            provider.approve()

    @pytest.mark.parametrize(
        ("use", "user", "says"),
        [
            (LookLoox.approve, 1042, "a user is a user_info dict or a user_id string, not int"),
            (LookLoox.issue_auth_key, ["1042"], "a user is a user_info .* string, not list"),
            (LookLoox.add_user, "1042", r"add_user\(\) takes a user_info .* makes, not str"),
            (LookLoox.add_user, None, r"build_user_info\(…\) makes, not NoneType"),
            (LookLoox.sign_in, "1042", r"sign_in\(\) takes a user_info dict, such as .* not str"),
            (LookLoox.remove_user, None, r"remove_user\(\) takes a user_id string, not NoneType"),
        ],
    )
    def test_other_types_are_refused(
        self, use: Callable[[LookLoox, Any], object], user: Any, says: str
    ) -> None:
        with pytest.raises(TypeError, match=says):
            use(LookLoox(), user)

    @pytest.mark.parametrize(
        "use", [LookLoox.add_user, LookLoox.sign_in, LookLoox.approve, LookLoox.issue_auth_key]
    )
    def test_value_that_is_not_json(self, use: Callable[[LookLoox, UserInfo], object]) -> None:
        """It is refused here: in a client's request it would look like the client's mistake."""
        user = build_user_info() | {"user_birthdate": datetime.date(1994, 3, 21)}

        with pytest.raises(TypeError, match=r"user_birthdate must be a string, .* not date"):
            use(LookLoox(), user)

    def test_forged_callbacks_are_valid_and_of_other_users(self, provider: LookLoox) -> None:
        callback_url = provider.approve()
        forged = [provider.forge_callback() for _ in range(2)]

        assert all(url.startswith(f"{provider.app.redirect_url}?auth_key=") for url in forged)
        users = [log_in(provider, url) for url in (callback_url, *forged)]
        assert users[0] == provider.user
        assert len({user["user_id"] for user in users}) == 3


class TestApps:
    def test_registered_app_works(self, provider: LookLoox) -> None:
        second = provider.register_app(
            app_id="second", app_secret="hush", redirect_url="https://second.example/back", name="B"
        )

        assert (second.app_id, second.app_secret, second.name) == ("second", "hush", "B")
        assert second.login_url == f"{provider.base_url}/api/oauth?app_id=second"
        location = visit(provider, second).headers["Location"]
        assert location.startswith("https://second.example/back?auth_key=")
        assert "access_token" in authorize(provider, key_in(location), second).json()
        another = provider.register_app()
        assert another.app_id == "another-app-id"
        assert another.redirect_url == "http://localhost/another/callback"
        assert authorize(provider, key_in(visit(provider, another).headers["Location"]), another).ok

    def test_registering_an_id_again_changes_and_enables_the_app(self, provider: LookLoox) -> None:
        second = provider.register_app(app_id="second")
        provider.disable_app("second")
        assert (message(authorize(provider, "any", second)) or "").startswith(UNKNOWN_APP)
        assert "access_token" in caller(provider, "authorize")().json()

        second = provider.register_app(app_id="second", redirect_url="https://moved.example/")
        assert message(authorize(provider, "any", second)) == INVALID_KEY
        location = visit(provider, second).headers["Location"]
        assert location.startswith("https://moved.example/?auth_key=")

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
        self, arguments: dict[str, str], error: type[Exception], says: str
    ) -> None:
        with pytest.raises(error, match=says):
            LookLoox().register_app(**arguments)

    def test_disabled_api(self, provider: LookLoox) -> None:
        calls = [caller(provider, endpoint) for endpoint in ("authorize", "get_user_info")]
        provider.disable_api()

        assert [message(call()) for call in calls] == [API_DISABLED] * 2
        assert API_DISABLED in visit(provider).text


class TestCalls:
    def test_each_request_in_order(self, provider: LookLoox) -> None:
        app = provider.app
        key = key_in(visit(provider).headers["Location"])
        token = authorize(provider, key).json()["access_token"]
        get_user_info(provider, token)
        authorize(provider, key)

        credentials = {"app_id": app.app_id, "app_secret": app.app_secret, "auth_key": key}
        refused = {"error": True, "message": INVALID_KEY}
        assert [call[:5] for call in provider.calls] == [
            ("oauth", {"app_id": app.app_id}, 302, "", None),
            ("authorize", credentials, 200, {"access_token": token}, None),
            ("get_user_info", {"access_token": token}, 200, {"user_info": provider.user}, None),
            ("authorize", credentials, 200, refused, INVALID_KEY),
        ]

    def test_pages(self, provider: LookLoox) -> None:
        answers = [ask(provider, "oauth", {"app_id": app_id}) for app_id in ("", "unknown")]

        missing, unknown = provider.calls
        assert (missing.status, missing.error) == (404, None)
        assert (missing.body, unknown.body) == (answers[0].text, answers[1].text)
        assert (unknown.error or "").startswith(UNKNOWN_APP)

    def test_other_paths_have_no_endpoint(self) -> None:
        with LookLoox(strict=False) as provider:
            requests.put(f"{provider.base_url}/api/token?a=%C3%A9", timeout=5)

        [call] = provider.calls
        assert (call.endpoint, call.method, call.path) == (None, "PUT", "/api/token")
        assert call.params == {"a": "é"}

    def test_steps_without_a_request_are_not_calls(self, provider: LookLoox) -> None:
        provider.approve()
        provider.issue_access_token()
        requests.get(f"{provider.base_url}/sign-in", timeout=5)

        assert provider.calls == []

    def test_recorded_body_is_not_the_user(self, provider: LookLoox) -> None:
        call = caller(provider, "get_user_info")
        call()
        provider.calls[0].body["user_info"]["user_name"] = "changed"

        assert call().json() == {"user_info": build_user_info()}


class TestHugeValues:
    """No server accepts 1 MB of URL, but the stubs do."""

    @pytest.mark.parametrize(
        ("endpoint", "name", "says"),
        [
            ("authorize", "app_id", UNKNOWN_APP),
            ("authorize", "app_secret", "Bad Request, invalid app_secret"),
            ("authorize", "auth_key", INVALID_KEY),
            ("get_user_info", "access_token", "Bad Request, invalid access_token"),
            ("oauth", "app_id", UNKNOWN_APP),
            ("x" * 100_000, "a", "Bad Request, invalid parameters"),
        ],
        ids=lambda value: str(value)[:20],
    )
    def test_answer_and_what_is_shown(self, endpoint: str, name: str, says: str) -> None:
        with LookLoox(strict=False) as provider:
            app = provider.app
            params = {
                "app_id": app.app_id,
                "app_secret": app.app_secret,
                "auth_key": provider.issue_auth_key(),
                name: "é" * 100_000,
            }
            answer = ask(provider, endpoint, params)

        assert says in html.unescape(answer.text)
        assert len(repr(provider.calls)) < 400


def test_two_providers(provider: LookLoox) -> None:
    with LookLoox(base_url="https://sister.example", user={"user_id": "7"}) as sister:
        assert (log_in(provider)["user_id"], log_in(sister)["user_id"]) == ("1042", "7")
        assert (len(provider.calls), len(sister.calls)) == (2, 2)
        assert message(authorize(sister, provider.issue_auth_key())) == INVALID_KEY


class TestStubsAndServer:
    """A test that uses both has one provider with one memory."""

    def test_signed_in_user_is_known_to_both(
        self, lookloox: LookLoox, lookloox_server: LookLoox
    ) -> None:
        for user_id, first, second in (
            ("7", lookloox, lookloox_server),
            ("8", lookloox_server, lookloox),
        ):
            user = build_user_info(user_id=user_id)
            first.sign_in(user)

            assert second.user == first.user == user
            assert log_in(second) == log_in(second, visit(second).headers["Location"]) == user

    def test_all_else_is_known_to_both(self, lookloox: LookLoox, lookloox_server: LookLoox) -> None:
        token = authorize(lookloox_server, lookloox.issue_auth_key()).json()["access_token"]
        assert get_user_info(lookloox, token).json() == {"user_info": lookloox_server.user}
        assert lookloox.calls == lookloox_server.calls
        assert len(lookloox.calls) == 2

        lookloox_server.inject_fault("http_500")
        lookloox.register_app(app_id="second")
        assert caller(lookloox, "authorize")().status_code == 500
        assert visit(lookloox_server, lookloox.register_app()).status_code == 302

    def test_addresses_are_their_own(self, lookloox: LookLoox, lookloox_server: LookLoox) -> None:
        assert lookloox.base_url == "https://lookloox.com"
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", lookloox_server.base_url)
        for provider in (lookloox, lookloox_server):
            assert provider.app.login_url.startswith(f"{provider.base_url}/api/oauth?")
            assert provider.register_app().base_url == provider.base_url


@pytest.mark.lookloox_cassette("login")
@pytest.mark.lookloox(app_id="42", app_secret="mine", redirect_url="https://app.example/back")
def test_recording_answers(lookloox: LookLoox) -> None:
    app = dataclasses.replace(lookloox.app, app_id="42", app_secret="mine")
    with pytest.raises(AssertionError, match="recording 'login'"):
        lookloox.check()

    callback_url = lookloox.approve()
    token = authorize(lookloox, key_in(callback_url), app).json()["access_token"]

    assert callback_url.startswith("https://app.example/back?auth_key=")
    assert get_user_info(lookloox, token).json() == {"user_info": lookloox.user}
    lookloox.check()


@pytest.mark.lookloox_cassette("expired_token")
def test_recording_hands_out_a_token(lookloox: LookLoox) -> None:
    assert "expired" in (message(get_user_info(lookloox, lookloox.issue_access_token())) or "")


@pytest.mark.lookloox(strict=False)
@pytest.mark.lookloox_cassette("login")
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("sign_in", (build_user_info(),)),
        ("add_user", (build_user_info(),)),
        ("remove_user", ("1042",)),
        ("register_app", ()),
        ("disable_app", ("test-app-id",)),
        ("disable_api", ()),
        ("advance", (1,)),
        ("inject_fault", ("http_500",)),
        ("vary", ("slow_answer",)),
        ("forge_callback", ()),
    ],
)
def test_recording_cannot_be_changed(
    lookloox: LookLoox, name: str, arguments: tuple[Any, ...]
) -> None:
    says = rf"^lookloox.{name}\(\) cannot change a recording: remove the marker lookloox_cassette, "
    with pytest.raises(RuntimeError, match=says):
        getattr(lookloox, name)(*arguments)
