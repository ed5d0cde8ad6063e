"""The Look Loox API: its state and its three endpoints, in the order of their checks."""

from __future__ import annotations

import os
import threading

from pytest_lookloox.provider import browser, facts, pages
from pytest_lookloox.provider.clock import Clock
from pytest_lookloox.provider.facts import Fact, is_blank
from pytest_lookloox.provider.http import Request, Response, json_response, redirect
from pytest_lookloox.provider.models import App, Grant
from pytest_lookloox.provider.user_info import UserInfo


class Provider:
    """Look Loox as `facts` describe it: apps, users, grants, and an answer to every request.

    With `approved`, every user approved every app before; with `signed_in`, a visitor without a
    session is signed in as `visitor_id`; `error_status` is that of JSON errors.
    """

    def __init__(
        self,
        *,
        token_lifetime: float = facts.TOKEN_LIFETIME,
        approved: bool = True,
        signed_in: bool = True,
        error_status: int = 200,
    ) -> None:
        self.apps: dict[str, App] = {}
        self.users: dict[str, UserInfo] = {}
        self.visitor_id: str | None = None
        self.user_by_session: dict[str, str] = {}
        self.api_enabled = True
        self.signed_in = signed_in
        self.clock = Clock()
        self.lock = threading.RLock()
        self._token_lifetime = token_lifetime
        self._approved_by_all = approved
        self._error_status = error_status
        self._disabled_apps: set[str] = set()
        self._approvals: set[tuple[str, str]] = set()
        self._grants: dict[tuple[str, str], Grant] = {}
        # Every key and token ever issued; the grant tells whether it is still the valid one.
        self._grant_by_key: dict[str, Grant] = {}
        self._grant_by_token: dict[str, Grant] = {}

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        with self.lock:
            endpoint = facts.ENDPOINT_BY_PATH.get(request.path)
            if endpoint == facts.OAUTH:
                return self.oauth(request, request.params().get("app_id", ""))
            if endpoint == facts.AUTHORIZE:
                return self.authorize(request.params())
            if endpoint == facts.GET_USER_INFO:
                return self.get_user_info(request.params())
            if request.path.startswith(facts.API_PREFIX):
                return self._error(facts.OTHER_API_PATH)
            return browser.answer_page(self, request)

    def oauth(self, request: Request, app_id: str) -> Response:
        """Answer a browser that follows the login link of this app."""
        visitor_id = browser.visitor_of(self, request)
        if visitor_id is None:
            return pages.sign_in_page(request, list(self.users.values()), app_id)
        if is_blank(app_id):
            return pages.not_found_page(request, facts.OAUTH_NO_APP_ID)
        if not self.api_enabled:
            return pages.error_page(request, facts.OAUTH_API_DISABLED)
        if not self.is_usable(app_id):
            return pages.error_page(request, facts.OAUTH_UNKNOWN_APP)
        if not self._approved_by_all and (app_id, visitor_id) not in self._approvals:
            return pages.consent_page(request, self.apps[app_id], self.users[visitor_id])
        auth_key = self.issue_auth_key(app_id, visitor_id)
        return redirect(self.apps[app_id].callback_url(auth_key), facts.OAUTH_REDIRECT)

    def authorize(self, params: dict[str, str]) -> Response:
        """Answer an app that trades an auth_key for a token."""
        app_id = params.get("app_id", "")
        if is_blank(app_id):
            return self._error(facts.AUTHORIZE_NO_APP_ID)
        if is_blank(params.get("app_secret")):
            return self._error(facts.AUTHORIZE_NO_APP_SECRET)
        if is_blank(params.get("auth_key")):
            return self._error(facts.AUTHORIZE_NO_AUTH_KEY)
        if not self.api_enabled:
            return self._error(facts.AUTHORIZE_API_DISABLED)
        if not self.is_usable(app_id):
            return self._error(facts.AUTHORIZE_UNKNOWN_APP)
        if params["app_secret"] != self.apps[app_id].app_secret:
            return self._error(facts.AUTHORIZE_WRONG_APP_SECRET)
        if not self.spend_auth_key(params["auth_key"], app_id):
            return self._error(facts.AUTHORIZE_BAD_AUTH_KEY)
        user_id = self._grant_by_key[params["auth_key"]].user_id
        token = self.issue_access_token(app_id, user_id)
        return json_response({"access_token": token}, facts.AUTHORIZE_TOKEN)

    def get_user_info(self, params: dict[str, str]) -> Response:
        """Answer an app that reads a profile."""
        access_token = params.get("access_token", "")
        if is_blank(access_token):
            return self._error(facts.USER_INFO_NO_TOKEN)
        if not self.api_enabled:
            return self._error(facts.USER_INFO_API_DISABLED)
        grant = self._grant_by_token.get(access_token)
        if not grant or grant.access_token != access_token:
            return self._error(facts.USER_INFO_UNKNOWN_TOKEN)
        if self._is_expired(grant):
            return self._error(facts.USER_INFO_EXPIRED_TOKEN)
        if grant.user_id not in self.users:
            return json_response([], facts.USER_INFO_NO_USER)
        return json_response({"user_info": dict(self.users[grant.user_id])}, facts.USER_INFO)

    def register_app(self, app: App) -> None:
        """Register an app, or change a registered one; it is enabled afterwards."""
        self.apps[app.app_id] = app
        self._disabled_apps.discard(app.app_id)

    def disable_app(self, app_id: str) -> None:
        """Answer this app like an unknown one."""
        self._disabled_apps.add(app_id)

    def is_usable(self, app_id: str) -> bool:
        """Return whether the app is registered and not disabled."""
        return app_id in self.apps and app_id not in self._disabled_apps

    def approve(self, app_id: str, user_id: str) -> None:
        """Let the app read the user's profile."""
        self._approvals.add((app_id, user_id))

    def issue_auth_key(self, app_id: str, user_id: str) -> str:
        """Return a new auth_key; the user's earlier unspent one for this app is void (O)."""
        with self.lock:
            grant = self._grant(app_id, user_id)
            grant.auth_key = os.urandom(16).hex()
            self._grant_by_key[grant.auth_key] = grant
            return grant.auth_key

    def issue_access_token(self, app_id: str, user_id: str) -> str:
        """Return the user's token: the present one, not renewed, while it lives, else a new one."""
        with self.lock:
            grant = self._grant(app_id, user_id)
            if self._is_expired(grant):
                grant.access_token = os.urandom(16).hex()
                grant.issued_at = self.clock.now()
                self._grant_by_token[grant.access_token] = grant
            return grant.access_token

    def spend_auth_key(self, auth_key: str, app_id: str) -> bool:
        """Void the auth_key, as if the app had used it; return whether it was valid till then."""
        grant = self._grant_by_key.get(auth_key)
        if not grant or grant.auth_key != auth_key or grant.app_id != app_id:
            return False
        grant.auth_key = ""
        return True

    def expire_access_token(self, access_token: str) -> None:
        """Let the token be past its life; ignore an unknown one."""
        grant = self._grant_by_token.get(access_token)
        if grant and grant.access_token == access_token:
            grant.issued_at = None

    def secrets(self) -> set[str]:
        """Return every secret, key and token of this provider, valid or not."""
        app_secrets = (app.app_secret for app in list(self.apps.values()))
        return {*app_secrets, *list(self._grant_by_key), *list(self._grant_by_token)}

    def _grant(self, app_id: str, user_id: str) -> Grant:
        return self._grants.setdefault((app_id, user_id), Grant(app_id, user_id))

    def _is_expired(self, grant: Grant) -> bool:
        issued = grant.issued_at
        return not issued or self.clock.seconds_since(issued) > self._token_lifetime

    def _error(self, fact: Fact) -> Response:
        return json_response({"error": True, "message": fact.message}, fact, self._error_status)
