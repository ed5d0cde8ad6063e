"""`POST /_control`: what a test in another language may ask of a served provider."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
import requests

from pytest_lookloox import LookLoox, build_user_info
from pytest_lookloox.control import controller
from pytest_lookloox.exchange import Response
from pytest_lookloox.server import Server

Control = Callable[[bytes], Response]


class Answer(NamedTuple):
    status: int
    data: Any


@pytest.fixture
def provider() -> LookLoox:
    return LookLoox(redirect_url="http://localhost/callback")


@pytest.fixture
def control(provider: LookLoox) -> Control:
    return controller(provider)


@pytest.fixture
def do(control: Control) -> Callable[..., Answer]:
    """Ask for something by its name: `do("advance", hours=1)`."""

    def ask(name: str, /, **arguments: object) -> Answer:
        response = control(json.dumps({"do": name, **arguments}).encode())
        assert json.loads(response.body) == response.data
        return Answer(response.status, response.data)

    return ask


Do = Callable[..., Answer]


def profile(provider: LookLoox, access_token: str) -> Any:
    with provider:
        url = f"{provider.base_url}/api/get_user_info"
        return requests.get(url, {"access_token": access_token}, timeout=5).json()


@pytest.mark.parametrize("name", ["approve", "forge_callback"])
def test_callback_urls(do: Do, name: str) -> None:
    status, data = do(name)

    assert status == 200
    assert data["result"].startswith("http://localhost/callback?auth_key=")


@pytest.mark.parametrize("name", ["issue_auth_key", "issue_access_token"])
def test_keys_and_tokens(do: Do, name: str) -> None:
    status, data = do(name)

    assert status == 200
    assert len(data["result"]) == 32


def test_user_is_given_whole_or_by_id(provider: LookLoox, do: Do) -> None:
    bob = build_user_info(user_id="7", user_firstname="Bob")
    do("issue_access_token", user=bob)
    token = do("issue_access_token", user="7").data["result"]

    assert profile(provider, token) == {"user_info": bob}


def test_users_come_and_go(provider: LookLoox, do: Do) -> None:
    assert do("add_user", user_info=build_user_info(user_id="7")) == (200, {"result": None})
    token = do("issue_access_token", user="7").data["result"]
    assert do("remove_user", user_id="7") == (200, {"result": None})

    assert profile(provider, token) == []


def test_time_advances(provider: LookLoox, do: Do) -> None:
    token = do("issue_access_token").data["result"]
    assert do("advance", hours=1, seconds=1) == (200, {"result": None})

    assert profile(provider, token)["message"] == "Bad Request, expired access_token"


def test_answers_vary(provider: LookLoox, do: Do) -> None:
    token = do("issue_access_token").data["result"]
    assert do("vary", name="extra_fields") == (200, {"result": None})

    assert profile(provider, token).keys() > {"user_info"}


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("disable_app", {"app_id": "test-app-id"}, "the application you're trying to use"),
        ("disable_api", {}, "disabled by the admin"),
    ],
)
def test_switching_off(
    provider: LookLoox, do: Do, name: str, arguments: dict[str, str], message: str
) -> None:
    do(name, **arguments)

    with provider:
        assert message in requests.get(provider.app.login_url, timeout=5).text.replace(
            "&#x27;", "'"
        )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"do=approve", id="form"),
        pytest.param(b"\xff\xfe\xff", id="no text"),
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
def test_body_that_asks_for_nothing_is_told_what_there_is(control: Control, body: bytes) -> None:
    response = control(body)

    assert response.status == 400
    assert response.data["error"].startswith('expected a JSON object with "do", one of: approve, ')


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("approve", {"user": "unheard-of"}, "no user 'unheard-of'; known: '1042'"),
        ("approve", {"nobody": 1}, "unexpected keyword argument 'nobody'"),
        ("remove_user", {}, "missing 1 required positional argument: 'user_id'"),
        ("remove_user", {"user_id": ["7"]}, "takes a user_id string, not list"),
        ("add_user", {"user_info": "7"}, "add_user: add_user() takes a user_info dict"),
        ("disable_app", {"app_id": "x"}, "no app 'x'; registered: 'test-app-id'"),
        ("advance", {"hours": -1}, "forward only"),
        ("advance", {"hours": "one"}, "unsupported type"),
        ("advance", {"hours": 1e300}, "too large"),
        ("advance", {"hours": float("nan")}, "nan"),
    ],
)
def test_wrong_arguments_are_told(
    do: Do, name: str, arguments: dict[str, Any], message: str
) -> None:
    status, data = do(name, **arguments)

    assert status == 400
    assert message.lower() in data["error"].lower()


class TestThroughTheServer:
    @pytest.fixture
    def server(self, provider: LookLoox, control: Control) -> Iterator[Server]:
        with Server(provider.handle) as running:
            running.control = control
            yield running

    def test_approve(self, server: Server) -> None:
        response = requests.post(f"{server.base_url}/_control", json={"do": "approve"}, timeout=5)

        assert response.status_code == 200
        assert "?auth_key=" in response.json()["result"]

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_other_methods_are_refused(self, server: Server, method: str) -> None:
        response = requests.request(method, f"{server.base_url}/_control", timeout=5)

        assert response.status_code == 403

    def test_other_machines_are_refused(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            "werkzeug.serving.WSGIRequestHandler.address_string", lambda _: "192.0.2.1"
        )
        response = requests.post(f"{server.base_url}/_control", json={"do": "approve"}, timeout=5)

        assert response.status_code == 403

    def test_it_is_no_request_of_the_api(self, provider: LookLoox, server: Server) -> None:
        requests.post(f"{server.base_url}/_control", json={"do": "disable_api"}, timeout=5)

        assert provider.calls == []

    def test_it_is_off_unless_asked_for(self, provider: LookLoox) -> None:
        with Server(provider.handle) as server:
            response = requests.post(
                f"{server.base_url}/_control", json={"do": "approve"}, timeout=5
            )

        assert response.status_code == 404
