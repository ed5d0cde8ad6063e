"""`POST /_control`: what a test in another language may do with a served provider."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from pytest_lookloox import LookLoox, build_user_info
from pytest_lookloox.cli import control as control_module
from pytest_lookloox.cli.control import ACTIONS, Control
from pytest_lookloox.lookloox import view
from pytest_lookloox.options import Settings
from pytest_lookloox.provider.http import Request, json_response
from pytest_lookloox.provider.models import DEFAULT_APP
from pytest_lookloox.simulation import Simulation
from pytest_lookloox.transports.server import Server
from tests.client import authorize, get_user_info, key_in, visit

BOB = build_user_info(user_id="7", user_firstname="Bob")
TOKEN = {"do": "issue_access_token"}

Do = Callable[..., Any]


@pytest.fixture
def control() -> Control:
    return Control(lambda: Simulation(Settings(signed_in=False, approved=False, strict=False)))


@pytest.fixture
def provider(control: Control) -> Iterator[LookLoox]:
    with view(control.simulation) as provider:
        yield provider


@pytest.fixture
def do(control: Control) -> Do:
    """Carry out actions, such as `{"do": "advance", "hours": 1}`; return the last one's answer."""

    def carry_out(*actions: dict[str, Any] | bytes) -> Any:
        for action in actions:
            body = action if isinstance(action, bytes) else json.dumps(action).encode()
            response = control.handle(Request("POST", "/_control", body=body))
        assert response.status == (400 if "error" in response.data else 200)
        return response.data.get("error") or response.data["result"]

    return carry_out


@pytest.mark.parametrize("action", ACTIONS)
def test_documented_arguments_are_those_of_the_method(action: str) -> None:
    name = action.partition("(")[0]
    method = getattr(Control, name, None) or getattr(LookLoox, name)
    _, *names = inspect.signature(method).parameters

    assert action.replace(", app)", ")") == f"{name}({', '.join(names)})"


@pytest.mark.parametrize(
    "name", ["approve", "forge_callback", "issue_auth_key", "issue_access_token"]
)
def test_results(do: Do, name: str) -> None:
    assert re.fullmatch(r"(http://localhost/callback\?auth_key=)?[0-9a-f]{32}", do({"do": name}))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([{"do": "add_user", "user_info": BOB}, {**TOKEN, "user": "7"}], [], "Bob"),
        ([{"do": "sign_in", "user_info": BOB}, TOKEN], [], "Bob"),
        ([{**TOKEN, "user": BOB}], [{"do": "remove_user", "user_id": "7"}], "[]"),
        ([TOKEN], [{"do": "advance", "hours": 1, "seconds": 1}], "expired access_token"),
        ([TOKEN], [{"do": "vary", "name": "extra_fields", "times": 1}], "api_version"),
        ([TOKEN], [{"do": "inject_fault", "name": "http_401", "times": 1}], "Unauthorized"),
    ],
)
def test_actions_change_the_profile(
    provider: LookLoox, do: Do, before: list[Any], after: list[Any], expected: str
) -> None:
    token = do(*before)

    assert all(do(action) is None for action in after)
    assert expected in get_user_info(provider, token).text


@pytest.mark.parametrize(
    ("action", "page"),
    [
        ({"do": "sign_in", "user_info": BOB}, "Bob"),
        ({"do": "disable_app", "app_id": DEFAULT_APP.app_id}, "the application you&#x27;re trying"),
        ({"do": "disable_api"}, "disabled by the admin"),
    ],
)
def test_actions_change_what_a_browser_sees(
    provider: LookLoox, do: Do, action: dict[str, Any], page: str
) -> None:
    assert "<h1>Sign in</h1>" in visit(provider).text
    assert do({"do": "sign_in", "user_info": build_user_info()}, action) is None
    assert page in visit(provider).text


def test_calls_contain_no_secret(provider: LookLoox, do: Do) -> None:
    key = do({"do": "issue_auth_key"})
    token = authorize(provider, key).json()["access_token"]
    requests.get(f"{provider.base_url}/api/get_user_info", {"token": token}, timeout=5)

    text = json.dumps(calls := do({"do": "calls"}))

    assert not [secret for secret in (key, token, DEFAULT_APP.app_secret) if secret in text]
    good = {"app_id": DEFAULT_APP.app_id, "app_secret": "***", "auth_key": "***"}
    bad = {"error": True, "message": "Bad Request, invalid access_token"}
    assert [(call["endpoint"], call["params"], call["status"], call["body"]) for call in calls] == [
        ("authorize", good, 200, {"access_token": "***"}),
        ("get_user_info", {"token": "***"}, 200, bad),
    ]
    assert calls[1]["error"] == bad["message"]
    assert calls[1]["reason"] == "access_token was sent as token"


def test_one_of_several_apps_is_meant(control: Control, provider: LookLoox, do: Do) -> None:
    app = provider.register_app()
    key = key_in(do({"do": "approve", "user": BOB, "app": app.app_id}))

    assert "access_token" in authorize(provider, key, app).text
    assert {call.params["app_id"] for call in control.simulation.calls} == {app.app_id}
    for name in ("issue_auth_key", "issue_access_token"):
        assert do({"do": name, "app": app.app_id}) != do({"do": name})
    assert do({"do": "approve", "app": "x"}) == (
        f"approve: no app 'x'; registered: '{DEFAULT_APP.app_id}', '{app.app_id}'"
    )
    assert "unexpected keyword argument 'app'" in do({"do": "advance", "app": app.app_id})


def test_last_calls_are_kept_and_all_are_counted(
    control: Control, provider: LookLoox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_module, "_KEPT_CALLS", 2)
    for token in "abc":
        get_user_info(provider, token)
        control.forget_early_calls()

    def answer(name: str) -> Any:
        return control.handle(
            Request("POST", "/_control", body=b'{"do": "%s"}' % name.encode())
        ).data

    assert (len(answer("calls")["result"]), answer("calls")["total"]) == (2, 3)
    assert answer("check") == {"result": None, "total": 3}
    assert answer("reset") == {"result": None}
    assert answer("calls") == {"result": [], "total": 0}


def test_check_and_reset(control: Control, provider: LookLoox, do: Do) -> None:
    do({"do": "disable_api"}, {"do": "add_user", "user_info": BOB})
    requests.post(f"{provider.base_url}/api/{'0' * 32}", timeout=5)

    assert do({"do": "check"}).startswith("check: POST /api/*** is outside the Look Loox API")
    assert do({"do": "calls"})[0]["path"] == "/api/***"
    assert do({"do": "reset"}, {"do": "check"}) is None
    assert do({"do": "calls"}) == []
    assert "7" not in control.simulation.provider.users
    assert control.simulation.provider.api_enabled


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"do=approve", id="form"),
        pytest.param(b"[" * 100_000, id="nested"),
        pytest.param(b"\xff\xfe\xff", id="not text"),
        pytest.param(b'["approve"]', id="list"),
        pytest.param(b"{}", id="nothing to do"),
        pytest.param(b'{"do": ["approve"]}', id="do a list"),
        pytest.param(b'{"do": "_redact"}', id="private"),
    ],
)
def test_unknown_action_is_told_the_known_ones(do: Do, body: bytes) -> None:
    assert do(body).startswith('expected a JSON object with "do", one of: approve, issue_auth_key,')


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"do": "approve", "person": 1}, "unexpected keyword argument 'person'"),
        ({"do": "remove_user"}, "missing 1 required positional argument: 'user_id'"),
        ({"do": "sign_in", "user_info": "7"}, "sign_in: a user is a user_info dict"),
        ({"do": "advance", "hours": -1}, "forward only"),
    ],
)
def test_wrong_arguments(do: Do, action: dict[str, Any], message: str) -> None:
    assert message in do(action)


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("POST", {}, 200),
        ("GET", {}, 403),
        ("PUT", {}, 403),
        ("POST", {"Origin": "http://evil.example"}, 403),
        ("POST", {"Host": "evil.example"}, 403),
    ],
)
def test_only_programs_on_this_machine_may_post(
    control: Control, method: str, headers: dict[str, str], status: int
) -> None:
    with Server() as server, server.serving(control.simulation.handle):
        server.control = control.handle
        url = f"{server.base_url}/_control"
        action = {"do": "disable_api"}
        response = requests.request(method, url, json=action, headers=headers, timeout=5)

    assert response.status_code == status
    assert control.simulation.provider.api_enabled is (status == 403)
    assert control.simulation.calls == []


def test_other_machines_may_not() -> None:
    request = Request("POST", "/_control", headers={"Host": "127.0.0.1"})

    with Server() as server:
        server.control = lambda _: json_response({})
        assert server.answer(request, server.socket, "127.0.0.1").status == 200
        refused = server.answer(request, server.socket, "192.0.2.1")

    assert refused.status == 403
    assert refused.body == b"Only POST from this machine, and from no web page.\n"
