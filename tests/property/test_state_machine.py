"""Users, apps, keys, tokens, time and faults in any order, compared with an independent model."""

from __future__ import annotations

import json
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlencode

import httpx
import pytest
import requests
import time_machine
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pytest_lookloox import LookLoox, build_user_info
from pytest_lookloox.faults import catalogue
from pytest_lookloox.provider.http import FORM_TYPE, Request
from pytest_lookloox.provider.models import DEFAULT_APP
from tests.property.examples import examples
from tests.property.model import FAULTS, Answer, AppRecord, Model

pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")

USER_IDS = st.sampled_from(["1042", "7", "8"])
FIRST_APP = DEFAULT_APP.app_id
APP_IDS = st.sampled_from([FIRST_APP, "second", "third"])
SECRETS = st.sampled_from([DEFAULT_APP.app_secret, "other-secret"])
METHODS = st.sampled_from(["GET", "POST"])
BLANK = st.sampled_from(["", " ", "\t\n", "\u00a0"])
UNKNOWN = st.sampled_from(["unknown", "0" * 32])
SECONDS = st.sampled_from([1, 60, 61, 3600])


def answer_of(status: int, content_type: str, text: str, location: str | None) -> Answer:
    """Return an answer with its JSON, unless something else is called JSON."""
    body: Any = text
    if content_type == "application/json":
        with suppress(ValueError):
            body = json.loads(text)
    return Answer(status, content_type, body, location)


class LookLooxMachine(RuleBasedStateMachine):
    """Each rule does something to the provider and lets the model judge the answer."""

    faults: ClassVar = FAULTS
    keys: Bundle[str] = Bundle("keys")
    tokens: Bundle[str] = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        # The model counts whole seconds; a slow machine must not add one.
        self._stopped_clock = time_machine.travel(0, tick=False)
        self._stopped_clock.start()
        self.requests = 0
        self.opened = ExitStack()
        self.opened.callback(self._stopped_clock.stop)

    def teardown(self) -> None:
        self.opened.close()

    @initialize(
        platform=st.sampled_from(["documented", "current"]),
        lifetime=st.sampled_from([None, 60, 3600]),
        status=st.sampled_from([200, 400, 401]),
    )
    def start(self, platform: str, lifetime: int | None, status: int) -> None:
        options: Any = {"platform": platform, "token_lifetime": lifetime, "error_status": status}
        self.provider = LookLoox(**options, strict=False)
        self.address = self.open()
        app = self.provider.app
        lifetime = lifetime or {"documented": 3600, "current": 60}[platform]
        self.model = Model(platform, lifetime, status, visitor="1042")
        self.model.users["1042"] = self.provider.user
        self.model.apps[app.app_id] = AppRecord(app.app_secret, app.redirect_url)
        self.usual_method = {"documented": "GET", "current": "POST"}[platform]

    def open(self) -> str:
        """Make the provider reachable until the end of an example; return its address."""
        return self.provider.base_url

    def ask(self, endpoint: str, params: dict[str, str], method: str = "GET") -> Answer:
        self.requests += 1
        try:
            return self.send(endpoint, params, method)
        except (requests.RequestException, httpx.TransportError):
            return Answer(None, "", "", None, is_lost=True)

    def send(self, endpoint: str, params: dict[str, str], method: str) -> Answer:
        """Return the answer; raise a `requests.RequestException` if the connection breaks."""
        request = Request(method, f"/api/{endpoint}", urlencode(params))
        if method == "POST":
            form = {"Content-Type": FORM_TYPE}
            request = request._replace(query="", headers=form, body=urlencode(params).encode())
        response = self.provider._simulation.handle(request)
        if response.fault:
            raise requests.RequestException(response.fault)
        content_type, location = response.header("Content-Type"), response.header("Location")
        return answer_of(response.status, content_type or "", response.body.decode(), location)

    @rule(user_id=USER_IDS, email=st.sampled_from(["", "a@example.com"]))
    def add_user(self, user_id: str, email: str) -> None:
        user_info = build_user_info(user_id=user_id, user_email=email)
        self.provider.add_user(user_info)
        self.model.users[user_id] = user_info

    @precondition(lambda self: self.model.users)
    @rule(data=st.data())
    def remove_user(self, data: st.DataObject) -> None:
        user_id = data.draw(st.sampled_from(sorted(self.model.users)))
        self.provider.remove_user(user_id)
        del self.model.users[user_id]

    @rule(app_id=APP_IDS, secret=SECRETS, query=st.sampled_from(["", "?page=1"]))
    def register_app(self, app_id: str, secret: str, query: str) -> None:
        redirect_url = f"https://{app_id}.example/callback{query}"
        self.provider.register_app(app_id=app_id, app_secret=secret, redirect_url=redirect_url)
        self.model.apps[app_id] = AppRecord(secret, redirect_url)

    @rule(data=st.data())
    def disable_app(self, data: st.DataObject) -> None:
        app_id = data.draw(st.sampled_from(sorted(self.model.apps)))
        self.provider.disable_app(app_id)
        self.model.apps[app_id].enabled = False

    # It cannot be switched on again, and leaves little to see.
    @precondition(lambda self: self.requests > 20)
    @rule()
    def disable_api(self) -> None:
        self.provider.disable_api()
        self.model.api_enabled = False

    @rule(seconds=SECONDS)
    def advance(self, seconds: int) -> None:
        self.provider.advance(seconds=seconds)
        self.model.now += seconds

    @precondition(lambda self: self.model.fault is None)
    @rule(data=st.data())
    def inject_fault(self, data: st.DataObject) -> None:
        self.plan(data.draw(st.sampled_from(self.faults)))

    def plan(self, fault: str) -> None:
        self.provider.inject_fault(fault, times=1)
        self.model.fault = fault

    @precondition(lambda self: self.model.users)
    @rule(target=keys, data=st.data())
    def issue_auth_key(self, data: st.DataObject) -> str:
        user_id = data.draw(st.sampled_from(sorted(self.model.users)))
        auth_key = self.provider.issue_auth_key(user_id)
        self.model.note_auth_key(FIRST_APP, user_id, auth_key)
        return auth_key

    @precondition(lambda self: self.model.users)
    @rule(target=tokens, data=st.data())
    def issue_access_token(self, data: st.DataObject) -> str:
        user_id = data.draw(st.sampled_from(sorted(self.model.users)))
        access_token = self.provider.issue_access_token(user_id)
        self.model.note_token(FIRST_APP, user_id, access_token)
        return access_token

    @rule(target=keys, app_id=APP_IDS | BLANK | UNKNOWN)
    def visit(self, app_id: str) -> Any:
        auth_key = self.model.judge_oauth(app_id, self.ask("oauth", {"app_id": app_id}))
        return multiple() if auth_key is None else auth_key

    @rule(target=tokens, auth_key=keys)
    def log_in_at_first_app(self, auth_key: str) -> Any:
        return self.log_in(FIRST_APP, auth_key)

    @rule(target=tokens, app_id=APP_IDS, auth_key=keys)
    def log_in(self, app_id: str, auth_key: str) -> Any:
        secret = self.model.apps[app_id].secret if app_id in self.model.apps else "none"
        params = {"app_id": app_id, "app_secret": secret, "auth_key": auth_key}
        return self.authorize_with(params, self.usual_method)

    @rule(
        target=tokens,
        params=st.fixed_dictionaries(
            {},
            optional={
                "app_id": APP_IDS | BLANK | UNKNOWN,
                "app_secret": SECRETS | BLANK | UNKNOWN,
                "auth_key": BLANK | UNKNOWN,
            },
        ),
        method=METHODS,
    )
    def authorize_with(self, params: dict[str, str], method: str) -> Any:
        answer = self.ask("authorize", params, method)
        access_token = self.model.judge_authorize(method, params, answer)
        return multiple() if access_token is None else access_token

    @rule(target=tokens, app_id=APP_IDS)
    def log_in_step_by_step(self, app_id: str) -> Any:
        auth_key = self.visit(app_id)
        if not isinstance(auth_key, str):
            return multiple()
        access_token = self.log_in(app_id, auth_key)
        if isinstance(access_token, str):
            self.get_user_info(access_token)
        return access_token

    @rule(access_token=tokens)
    def get_user_info(self, access_token: str) -> None:
        self.get_user_info_with({"access_token": access_token})

    @rule(params=st.fixed_dictionaries({}, optional={"access_token": BLANK | UNKNOWN}))
    def get_user_info_with(self, params: dict[str, str]) -> None:
        self.model.judge_get_user_info(params, self.ask("get_user_info", params))

    @invariant()
    def each_request_is_recorded(self) -> None:
        if hasattr(self, "provider"):
            assert len(self.provider.calls) == self.requests

    @invariant()
    def no_secret_is_shown(self) -> None:
        if hasattr(self, "provider"):
            shown = repr([self.provider, *self.provider.calls, self.provider.app])
            assert not [secret for secret in self.model.seen if secret in shown]
            assert DEFAULT_APP.app_secret not in shown


class OverStubs(LookLooxMachine):
    """The same over the stubs for `requests`."""

    request: Any = staticmethod(partial(requests.request, allow_redirects=False))

    def open(self) -> str:
        self.provider.start()
        self.opened.callback(self.provider.stop)
        return super().open()

    def send(self, endpoint: str, params: dict[str, str], method: str) -> Answer:
        url = f"{self.address}/api/{endpoint}"
        sent: Any = {"params" if method == "GET" else "data": params}
        response = self.request(method, url, **sent, timeout=5)
        content_type, location = (response.headers.get(x) for x in ("Content-Type", "Location"))
        return answer_of(response.status_code, content_type or "", response.text, location)


class OverHttpx(OverStubs):
    """The same over the stubs for httpx."""

    request = staticmethod(partial(httpx.Client().request, follow_redirects=False))


class OverServer(OverStubs):
    """The same over a real port, without the faults that take time, or https."""

    faults: ClassVar = [fault for fault in FAULTS if not fault.endswith(("_timeout", "tls_error"))]

    def open(self) -> str:
        return self.opened.enter_context(self.provider.serve()).base_url


MACHINES = [LookLooxMachine, OverStubs, OverHttpx, OverServer]


@pytest.mark.parametrize("platform", ["documented", "current"])
@pytest.mark.parametrize(
    ("machine", "fault"), [(machine, fault) for machine in MACHINES for fault in machine.faults]
)
def test_login_with_a_fault_and_the_one_after_it(
    machine: type[LookLooxMachine], fault: str, platform: str
) -> None:
    running = machine()
    with running.opened:
        running.start(platform, None, 400)
        running.plan(fault)
        auth_key = running.visit(FIRST_APP)
        # The second time, the auth_key is spent, or not.
        for _ in range(2 if isinstance(auth_key, str) else 0):
            access_token = running.log_in(FIRST_APP, auth_key)
            if isinstance(access_token, str):
                running.get_user_info(access_token)
        assert running.model.fault is None

        assert isinstance(running.log_in_step_by_step(FIRST_APP), str)
        assert running.provider.calls[-1].error is None


@pytest.mark.parametrize(
    ("machine", "number"),
    [(LookLooxMachine, 200), (OverStubs, 30), (OverHttpx, 30), (OverServer, 10)],
)
def test_any_order(machine: type[LookLooxMachine], number: int) -> None:
    run_state_machine_as_test(machine, settings=settings(examples(number), stateful_step_count=50))


def test_model_knows_every_fault() -> None:
    assert sorted(catalogue.FAULTS) == FAULTS
