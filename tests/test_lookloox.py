"""`LookLoox` as a test or a script uses it."""

from __future__ import annotations

import datetime
import inspect
import pydoc
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests

from pytest_lookloox import LookLoox, UserInfo, build_user_info
from pytest_lookloox.options import OPTION_NAMES, Settings
from tests.client import ask, authorize, caller, get_user_info, key_in, log_in, visit

pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")

INVALID_KEY = "Bad Request, invalid auth_key"
MEMBERS = """
    base_url app user approve issue_auth_key issue_access_token add_user remove_user register_app
    disable_app advance inject_fault calls stub forge_callback check start stop sign_in vary
    disable_api callback_url ca_file serve
"""

NOT_JSON = build_user_info() | {"user_birthdate": datetime.date(1994, 3, 21)}


@pytest.fixture
def provider() -> Iterator[LookLoox]:
    with LookLoox() as opened:
        yield opened


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
        del defaults["user"]
        assert defaults == {name: getattr(Settings, name) for name in defaults}

    def test_help_explains_each_option_and_member(self) -> None:
        text = pydoc.plain(pydoc.render_doc(LookLoox))

        assert not [name for name in OPTION_NAMES if f"`{name}" not in text]
        members = set(MEMBERS.split()) - {"ca_file"}
        assert not [name for name in members if not inspect.getdoc(getattr(LookLoox, name))]

    def test_each_option_reaches_the_options(self) -> None:
        given: dict[str, Any] = {
            **{"platform": "current", "base_url": "https://a.example:8443", "app_id": "42"},
            **{"app_secret": "sécret", "redirect_url": "myapp://callback", "user": {}},
            **{"token_lifetime": 0.5, "approved": False, "signed_in": False, "error_status": 511},
            **{"allowed_hosts": ["b.example", "localhost:8000"], "tls": True, "strict": False},
        }
        assert list(given) == list(OPTION_NAMES)
        expected = Settings(**{**given, "user": build_user_info()})
        assert LookLoox(**given)._simulation.options == expected

    def test_repr_is_one_line_without_a_secret(self) -> None:
        with LookLoox(app_secret="hush-hush") as provider:
            key = provider.issue_auth_key()
            token = authorize(provider, key).json()["access_token"]
            get_user_info(provider, token)

        assert repr(provider) == (
            f"<LookLoox https://lookloox.com, app '{provider.app.app_id}', 2 calls>"
        )
        shown = f"{provider.app!r} {provider.calls!r}"
        assert not [secret for secret in ("hush-hush", key, token) if secret in shown]


class TestConfigured:
    def test_address_and_app(self) -> None:
        provider = LookLoox(base_url="https://SISTER.example/", app_id="a b&c")

        assert provider.base_url == "https://sister.example"
        assert provider.app.login_url == "https://sister.example/api/oauth?app_id=a+b%26c"
        assert provider.callback_url("k") == "http://localhost/callback?auth_key=k"
        assert provider.ca_file is None

    def test_user_is_a_copy_and_changes_show(self, provider: LookLoox) -> None:
        provider.user["user_name"] = "changed"
        assert log_in(provider) == provider.user == build_user_info()

        provider.disable_app(provider.app.app_id)
        provider.register_app(app_id=provider.app.app_id, app_secret="rotated")
        provider.add_user(build_user_info(user_firstname="Awa"))
        assert provider.app.app_secret == "rotated"
        assert {provider.app, provider.app} == {provider.app}
        assert log_in(provider)["user_firstname"] == provider.user["user_firstname"] == "Awa"

    def test_clock_moves_by_seconds_minutes_and_hours(self, provider: LookLoox) -> None:
        provider.advance(1, 2, 3)

        assert provider._simulation.provider.clock.now().ahead.total_seconds() == 3 * 3600 + 121


def test_memory_outlives_the_block() -> None:
    provider = LookLoox()
    callback_url = provider.approve()
    for key_works in (True, False):
        with provider:
            answer = authorize(provider, key_in(callback_url)).json()
        assert ("access_token" in answer) is key_works


class TestUsers:
    @pytest.mark.parametrize("user", ["7", build_user_info(user_id="7")])
    def test_user_or_user_id(self, provider: LookLoox, user: str | UserInfo) -> None:
        seven = build_user_info(user_id="7")
        provider.add_user(seven)

        assert log_in(provider, provider.approve(user)) == seven
        assert log_in(provider, provider.callback_url(provider.issue_auth_key(user))) == seven
        token = provider.issue_access_token(user)
        assert get_user_info(provider, token).json() == {"user_info": seven}

    @pytest.mark.parametrize("use", [LookLoox.add_user, LookLoox.sign_in, LookLoox.approve])
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

    @pytest.mark.parametrize("use", [LookLoox.issue_access_token, LookLoox.remove_user])
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
        with pytest.raises(ValueError, match="no whole user_info: build_user_info"):
            provider.approve({"user_firstname": "Bo"})

    @pytest.mark.parametrize(
        ("use", "user", "says"),
        [
            (LookLoox.approve, 1042, "a user is a user_info dict or a user_id string, not int"),
            (LookLoox.issue_auth_key, NOT_JSON, "user_birthdate must be a string, .* not date"),
            (LookLoox.add_user, "1042", "a user is a user_info dict, such as .* makes, not str"),
            (LookLoox.sign_in, None, "a user is a user_info dict, .* not NoneType"),
            (LookLoox.add_user, {7: "x"}, "user_info has fields by name, not 7"),
            (LookLoox.callback_url, None, r"callback_url\(\) takes an auth_key, not NoneType"),
            (LookLoox.sign_in, NOT_JSON, "user_birthdate must be a string, .* not date"),
            (LookLoox.remove_user, None, r"remove_user\(\) takes a user_id string, not NoneType"),
        ],
    )
    def test_wrong_user_is_refused_at_once(
        self, use: Callable[[LookLoox, Any], object], user: Any, says: str
    ) -> None:
        """In a client's request it would look like the client's mistake."""
        with pytest.raises(TypeError, match=says):
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
        assert {replace(second)} == {second}
        another = provider.register_app()
        assert another.redirect_url == "http://localhost/another/callback"
        assert visit(provider, another).headers["Location"].startswith(another.redirect_url)

    def test_unknown_app_cannot_be_disabled(self, provider: LookLoox) -> None:
        provider.register_app(app_id="second")
        first = provider.app.app_id

        with pytest.raises(ValueError, match=f"no app 'third'; registered: '{first}', 'second'"):
            provider.disable_app("third")

    @pytest.mark.parametrize(
        ("arguments", "error", "says"),
        [
            ({"app_secret": ""}, ValueError, "app_secret must not be blank"),
            ({"name": 7}, TypeError, "name must be a string, not int"),
            ({"app_id": 42}, TypeError, "app_id must be a string, not int"),
            ({"redirect_url": "/back"}, ValueError, "must be an absolute URL"),
        ],
    )
    def test_app_that_cannot_work_is_refused(
        self, arguments: dict[str, str], error: type[Exception], says: str
    ) -> None:
        with pytest.raises(error, match=says):
            LookLoox().register_app(**arguments)


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

        assert [call.status for call in provider.calls] == [404, 200]
        assert [(call.error or "")[:12] for call in provider.calls] == ["", "We're sorry,"]
        assert [call.body for call in provider.calls] == [answer.text for answer in answers]

    def test_other_paths_have_no_endpoint(self) -> None:
        with LookLoox(strict=False) as provider:
            requests.put(f"{provider.base_url}/api/token?a=%C3%A9", timeout=5)

        [call] = provider.calls
        assert (call.endpoint, call.method, call.path) == (None, "PUT", "/api/token")
        assert call.params == {"a": "é"}

    def test_recorded_body_is_not_the_user(self, provider: LookLoox) -> None:
        call = caller(provider, "get_user_info")
        call()
        provider.calls[0].body["user_info"]["user_name"] = "changed"

        assert call().json() == {"user_info": build_user_info()}


def test_stubs_and_server_have_one_memory(lookloox: LookLoox, lookloox_server: LookLoox) -> None:
    for user_id, first, second in [
        ("7", lookloox, lookloox_server),
        ("8", lookloox_server, lookloox),
    ]:
        first.sign_in(build_user_info(user_id=user_id))
        assert second.user == first.user == log_in(second)
        assert log_in(second, visit(second).headers["Location"])["user_id"] == user_id

    token = authorize(lookloox_server, lookloox.issue_auth_key()).json()["access_token"]
    assert get_user_info(lookloox, token).json() == {"user_info": lookloox_server.user}
    assert len(lookloox.calls) == len(lookloox_server.calls) == 12
    lookloox_server.inject_fault("http_500")
    assert caller(lookloox, "authorize")().status_code == 500
    assert visit(lookloox_server, lookloox.register_app(app_id="second")).status_code == 302


class TestServe:
    """The provider on a real port, without pytest."""

    @pytest.mark.parametrize("tls", [False, True])
    def test_same_provider_as_in_the_stubs(self, tls: bool) -> None:
        with LookLoox(tls=tls) as stubbed, stubbed.serve() as served:
            assert served.base_url.startswith("https:" if tls else "http:")
            assert log_in(served, stubbed.approve()) == stubbed.user
            assert len(served.calls) == len(stubbed.calls) == 2

    def test_end_runs_the_checks_as_a_block_does(self) -> None:
        with pytest.raises(AssertionError, match="/api/token is"), LookLoox().serve() as served:
            ask(served, "token", {})
        with pytest.raises(ZeroDivisionError), LookLoox().serve() as served:
            (ask(served, "token", {}), 1 / 0)

    def test_port_in_use(self) -> None:
        with LookLoox().serve() as served:
            port = int(served.base_url.rpartition(":")[2])
            refused = pytest.raises(OSError, match=f"cannot listen on port {port}")
            with refused, LookLoox().serve(port):
                pass
