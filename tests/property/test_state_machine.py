"""Users, apps, keys, tokens, time and faults in any order, compared with an independent model."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
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
)

from pytest_lookloox import LookLoox, build_user_info
from pytest_lookloox.provider.http import Request
from tests.property.model import Answer, AppRecord, Model

USER_IDS = st.sampled_from(["1042", "7", "8"])
APP_IDS = st.sampled_from(["test-app-id", "second", "third"])
SECRETS = st.sampled_from(["test-app-secret", "other-secret"])
BLANK = st.sampled_from(["", " ", "\t\n", "\u00a0"])
UNKNOWN = st.sampled_from(["unknown", "0" * 32])
SECONDS = st.sampled_from([1, 60, 3600])
FAULTS = st.sampled_from(
    [
        "api_disabled",
        "connection_refused",
        "deleted_user",
        "empty_access_token",
        "expired_token",
        "http_500",
        "read_timeout",
        "reused_auth_key",
        "unknown_app",
        "unknown_token",
        "wrong_app_secret",
    ]
)


class LookLooxMachine(RuleBasedStateMachine):
    """Each rule does something to the provider and lets the model judge the answer."""

    keys: Bundle[str] = Bundle("keys")
    tokens: Bundle[str] = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        # The model counts whole seconds; a slow machine must not add one.
        self._stopped_clock = time_machine.travel(0, tick=False)
        self._stopped_clock.start()
        self.requests = 0

    def teardown(self) -> None:
        self._stopped_clock.stop()

    @initialize(lifetime=st.sampled_from([60, 3600]), status=st.sampled_from([200, 400, 401]))
    def start(self, lifetime: int, status: int) -> None:
        self.provider = LookLoox(token_lifetime=lifetime, error_status=status)
        app = self.provider.app
        self.model = Model(lifetime, status, visitor="1042")
        self.model.users["1042"] = self.provider.user
        self.model.apps[app.app_id] = AppRecord(app.app_secret, app.redirect_url)

    def ask(self, endpoint: str, params: dict[str, str]) -> Answer:
        self.requests += 1
        request = Request("GET", f"/api/{endpoint}", urlencode(params))
        response = self.provider._simulation.handle(request)
        is_lost = response.fault is not None
        content_type = response.header("Content-Type") or ""
        text = response.body.decode()
        body = json.loads(text) if content_type == "application/json" else text
        return Answer(response.status, content_type, body, response.header("Location"), is_lost)

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
    @rule(fault=FAULTS)
    def inject_fault(self, fault: str) -> None:
        self.provider.inject_fault(fault, times=1)
        self.model.fault = fault

    @precondition(lambda self: self.model.users)
    @rule(target=keys, data=st.data())
    def issue_auth_key(self, data: st.DataObject) -> str:
        user_id = data.draw(st.sampled_from(sorted(self.model.users)))
        auth_key = self.provider.issue_auth_key(user_id)
        self.model.note_auth_key("test-app-id", user_id, auth_key)
        return auth_key

    @precondition(lambda self: self.model.users)
    @rule(target=tokens, data=st.data())
    def issue_access_token(self, data: st.DataObject) -> str:
        user_id = data.draw(st.sampled_from(sorted(self.model.users)))
        access_token = self.provider.issue_access_token(user_id)
        self.model.note_token("test-app-id", user_id, access_token)
        return access_token

    @rule(target=keys, app_id=APP_IDS | BLANK | UNKNOWN)
    def visit(self, app_id: str) -> Any:
        auth_key = self.model.judge_oauth(app_id, self.ask("oauth", {"app_id": app_id}))
        return multiple() if auth_key is None else auth_key

    @rule(target=tokens, auth_key=keys)
    def log_in_at_first_app(self, auth_key: str) -> Any:
        return self.log_in("test-app-id", auth_key)

    @rule(target=tokens, app_id=APP_IDS, auth_key=keys)
    def log_in(self, app_id: str, auth_key: str) -> Any:
        secret = self.model.apps[app_id].secret if app_id in self.model.apps else "none"
        return self._authorize({"app_id": app_id, "app_secret": secret, "auth_key": auth_key})

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
    )
    def authorize_wrongly(self, params: dict[str, str]) -> Any:
        return self._authorize(params)

    def _authorize(self, params: dict[str, str]) -> Any:
        access_token = self.model.judge_authorize(params, self.ask("authorize", params))
        return multiple() if access_token is None else access_token

    @rule(target=tokens, app_id=APP_IDS)
    def visit_and_log_in(self, app_id: str) -> Any:
        auth_key = self.visit(app_id)
        return self.log_in(app_id, auth_key) if isinstance(auth_key, str) else multiple()

    @rule(access_token=tokens)
    def get_user_info(self, access_token: str) -> None:
        self._get_user_info(access_token)

    @rule(access_token=BLANK | UNKNOWN)
    def get_user_info_with_wrong_token(self, access_token: str) -> None:
        self._get_user_info(access_token)

    def _get_user_info(self, access_token: str) -> None:
        params = {"access_token": access_token}
        self.model.judge_get_user_info(params, self.ask("get_user_info", params))

    @rule()
    def get_user_info_without_token(self) -> None:
        self.model.judge_get_user_info({}, self.ask("get_user_info", {}))

    @invariant()
    def each_request_is_recorded(self) -> None:
        if hasattr(self, "provider"):
            assert len(self.provider.calls) == self.requests

    @invariant()
    def no_secret_is_shown(self) -> None:
        if hasattr(self, "provider"):
            shown = repr([self.provider, *self.provider.calls, self.provider.app])
            assert not [secret for secret in self.model.seen if secret in shown]
            assert "test-app-secret" not in shown


TestLookLoox = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")(
    LookLooxMachine.TestCase
)
TestLookLoox.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
