"""`POST /_control`: what a test in another language may do with a served provider."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import requests

from pytest_lookloox import LookLoox, build_user_info
from pytest_lookloox.cli.control import control
from pytest_lookloox.lookloox import view
from pytest_lookloox.provider.http import Request, json_response
from pytest_lookloox.transports.server import Server
from tests.client import get_user_info, visit

BOB = build_user_info(user_id="7", user_firstname="Bob")

Do = Callable[..., Any]


@pytest.fixture
def do(lookloox: LookLoox) -> Do:
    """Carry out one or more actions, such as `{"do": "advance", "hours": 1}`."""

    def carry_out(*actions: dict[str, Any] | bytes) -> Any:
        for action in actions:
            body = action if isinstance(action, bytes) else json.dumps(action).encode()
            response = control(lookloox, Request("POST", "/_control", body=body))
        assert response.status == (400 if "error" in response.data else 200)
        [answer] = response.data.values()
        return answer

    return carry_out


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("approve", r"http://localhost/callback\?auth_key=[0-9a-f]{32}"),
        ("forge_callback", r"http://localhost/callback\?auth_key=[0-9a-f]{32}"),
        ("issue_auth_key", "[0-9a-f]{32}"),
        ("issue_access_token", "[0-9a-f]{32}"),
    ],
)
def test_results(do: Do, name: str, pattern: str) -> None:
    assert re.fullmatch(pattern, do({"do": name}))


TOKEN = {"do": "issue_access_token"}
PROFILES = [
    ([{"do": "add_user", "user_info": BOB}, {**TOKEN, "user": "7"}], [], "Bob"),
    ([{**TOKEN, "user": BOB}], [], "Bob"),
    ([{**TOKEN, "user": BOB}], [{"do": "remove_user", "user_id": "7"}], "[]"),
    ([TOKEN], [{"do": "advance", "hours": 1, "seconds": 1}], "expired access_token"),
    ([TOKEN], [{"do": "vary", "name": "extra_fields", "times": 1}], "api_version"),
    ([TOKEN], [{"do": "inject_fault", "name": "http_401", "times": 1}], "Unauthorized"),
]


@pytest.mark.parametrize(("before", "after", "expected"), PROFILES)
def test_actions_change_the_profile(
    lookloox: LookLoox, do: Do, before: list[Any], after: list[Any], expected: str
) -> None:
    token = do(*before)

    assert all(do(action) is None for action in after)
    assert expected in get_user_info(lookloox, token).text


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"do": "disable_app", "app_id": "test-app-id"}, "the application you&#x27;re trying"),
        ({"do": "disable_api"}, "disabled by the admin"),
    ],
)
def test_switching_off(lookloox: LookLoox, do: Do, action: dict[str, str], message: str) -> None:
    assert do(action) is None
    assert message in visit(lookloox).text


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"do=approve", id="form"),
        pytest.param(b"\xff\xfe\xff", id="not text"),
        pytest.param(b"[" * 100_000, id="too deep"),
        pytest.param(b"null", id="null"),
        pytest.param(b'["approve"]', id="list"),
        pytest.param(b"{}", id="nothing to do"),
        pytest.param(b'{"do": null}', id="do null"),
        pytest.param(b'{"do": ["approve"]}', id="do a list"),
        pytest.param(b'{"do": "stop"}', id="unknown"),
        pytest.param(b'{"do": "_known_user"}', id="private"),
    ],
)
def test_unknown_action_is_told_the_known_ones(do: Do, body: bytes) -> None:
    assert do(body).startswith('expected a JSON object with "do", one of: approve, issue_auth_key,')


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"do": "approve", "user": "unheard-of"}, "no user 'unheard-of'; known: '1042'"),
        ({"do": "approve", "person": 1}, "unexpected keyword argument 'person'"),
        ({"do": "remove_user"}, "missing 1 required positional argument: 'user_id'"),
        ({"do": "remove_user", "user_id": ["7"]}, "takes a user_id string, not list"),
        ({"do": "add_user", "user_info": "7"}, "add_user: add_user() takes a user_info dict"),
        ({"do": "disable_app", "app_id": "x"}, "no app 'x'; registered: 'test-app-id'"),
        ({"do": "inject_fault", "name": "http_410"}, "did you mean 'http_401'"),
        ({"do": "advance", "hours": -1}, "forward only"),
        ({"do": "advance", "hours": "one"}, "unsupported type"),
        ({"do": "advance", "hours": 1e300}, "too large"),
        ({"do": "advance", "hours": float("nan")}, "nan"),
    ],
)
def test_wrong_arguments(do: Do, action: dict[str, Any], message: str) -> None:
    assert message.lower() in do(action).lower()


class TestThroughTheServer:
    @pytest.fixture
    def served(self) -> Iterator[LookLoox]:
        simulation = LookLoox()._simulation
        with Server() as server, server.serving(simulation.handle):
            provider = view(simulation, server.base_url)
            server.control = partial(control, provider)
            yield provider

    def post(self, served: LookLoox, name: str, method: str = "POST", **headers: str) -> Any:
        url = f"{served.base_url}/_control"
        return requests.request(method, url, json={"do": name}, headers=headers, timeout=5)

    def test_it_is_carried_out_and_not_recorded(self, served: LookLoox) -> None:
        response = self.post(served, "disable_api")

        assert (response.status_code, response.json()) == (200, {"result": None})
        assert served.calls == []
        assert "disabled by the admin" in visit(served).text

    @pytest.mark.parametrize(
        ("method", "headers"),
        [
            ("GET", {}),
            ("PUT", {}),
            ("DELETE", {}),
            ("POST", {"Origin": "http://evil.example"}),
            ("POST", {"Host": "evil.example"}),
        ],
    )
    def test_only_programs_on_this_machine_may_post(
        self, served: LookLoox, method: str, headers: dict[str, str]
    ) -> None:
        response = self.post(served, "disable_api", method, **headers)

        assert response.status_code == 403
        assert response.text == "Only POST from this machine, and from no web page.\n"
        assert visit(served).status_code == 302

    def test_other_machines_may_not(self) -> None:
        request = Request("POST", "/_control", headers={"Host": "127.0.0.1"})

        with Server() as server:
            server.control = lambda _: json_response({})
            assert server.answer(request, server.socket, "127.0.0.1").status == 200
            assert server.answer(request, server.socket, "192.0.2.1").status == 403
