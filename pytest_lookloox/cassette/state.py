"""A simulator in the state in which a cassette was recorded."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from pytest_lookloox import contract
from pytest_lookloox.app import App
from pytest_lookloox.cassette import model
from pytest_lookloox.cassette.model import Step
from pytest_lookloox.exchange import Request, Response
from pytest_lookloox.provider import Provider
from pytest_lookloox.user_info import UserInfo, identity


class Simulator:
    """A provider with one app and one user, who is signed in and approved the app."""

    def __init__(self, app: App, user: UserInfo) -> None:
        self.provider = Provider(
            token_lifetime=contract.TOKEN_LIFETIME, approved=True, signed_in=True, error_status=200
        )
        self._app = app
        self._user_id = identity(user)
        self.provider.register_app(app)
        self.provider.users[self._user_id] = user
        self.provider.visitor_id = self._user_id

    def take(self, step: Step) -> str | None:
        """Let a step happen; returns the auth_key or token that it hands out."""
        if step.action == model.ISSUE_AUTH_KEY:
            return self.provider.issue_auth_key(self._app.app_id, self._user_id)
        if step.action == model.ISSUE_ACCESS_TOKEN:
            return self.provider.issue_access_token(self._app.app_id, self._user_id)
        if step.action == model.SPEND_AUTH_KEY:
            self._spend(step.value)
        elif step.action == model.REMOVE_USER:
            self.provider.users.pop(step.value, None)
        else:
            self.provider.clock.advance(seconds=step.value)
        return None

    def ask(self, method: str, path: str, params: dict[str, Any]) -> Response:
        """Ask for an answer, as a client would."""
        return self.provider.handle(Request(method, path, urlencode(params)))

    def _spend(self, auth_key: str) -> None:
        self.ask(
            "GET",
            f"{contract.API_PREFIX}{contract.AUTHORIZE}",
            {
                "app_id": self._app.app_id,
                "app_secret": self._app.app_secret,
                "auth_key": auth_key,
            },
        )
