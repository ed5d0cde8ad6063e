"""The Look Loox API: its state and its three endpoints, in the order of their checks."""

from __future__ import annotations

import os
import re
import threading

from pytest_lookloox.provider import browser, facts, pages, reasons
from pytest_lookloox.provider.clock import Clock
from pytest_lookloox.provider.facts import Fact, is_blank
from pytest_lookloox.provider.http import Request, Response, json_response, redirect
from pytest_lookloox.provider.models import App, Grant
from pytest_lookloox.provider.platforms import DOCUMENTED, Platform
from pytest_lookloox.provider.redaction import learn
from pytest_lookloox.provider.user_info import UserInfo


class Provider:
    """Look Loox as `facts` describe it: apps, users, grants, and an answer to every request.

    A token works for `token_lifetime` seconds, by default as long as the platform's. With
    `approved`, every user approved every app before; with `signed_in`, a visitor without a
    session is signed in as `visitor_id`; `error_status` is that of JSON errors.
    """

    def __init__(
        self,
        *,
        platform: Platform = DOCUMENTED,
        token_lifetime: float | None = None,
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
        self.platform = platform
        self._token_lifetime = token_lifetime or platform.token_lifetime
        self._approved_by_all = approved
        self._error_status = error_status
        self._disabled_apps: set[str] = set()
        self._approvals: set[tuple[str, str]] = set()
        self._grants: dict[tuple[str, str], Grant] = {}
        # Every key and token ever issued; the grant tells whether it is still the valid one.
        self._grant_by_key: dict[str, Grant] = {}
        self._grant_by_token: dict[str, Grant] = {}
        self._spent_keys: set[str] = set()

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        with self.lock:
            endpoint = facts.ENDPOINT_BY_PATH.get(request.path)
            if endpoint == facts.OAUTH:
                return self.oauth(request, request.query_params().get("app_id", ""))
            if endpoint == facts.AUTHORIZE:
                return self.authorize(request)
            if endpoint == facts.GET_USER_INFO:
                return self.get_user_info(request)
            if re.fullmatch(f"{facts.API_PREFIX}[^/]+/?", request.path):
                return self._error(facts.OTHER_API_PATH, reasons.OUTSIDE)
            return browser.answer_page(self, request)

    def oauth(self, request: Request, app_id: str) -> Response:
        """Answer a browser that follows the login link of this app."""
        visitor_id = browser.visitor_of(self, request)
        if visitor_id is None:
            return pages.sign_in_page(request, list(self.users.values()), app_id)
        if is_blank(app_id):
            reason = reasons.missing("app_id", request, request.query_params(), self.platform)
            return pages.not_found_page(request, facts.OAUTH_NO_APP_ID, reason)
        if not self.api_enabled:
            return pages.error_page(request, facts.OAUTH_API_DISABLED, reason=reasons.API_DISABLED)
        if not self.is_usable(app_id):
            reason = reasons.unknown_app(app_id, self.apps)
            return pages.error_page(request, facts.OAUTH_UNKNOWN_APP, reason=reason)
        if not self._approved_by_all and (app_id, visitor_id) not in self._approvals:
            return pages.consent_page(request, self.apps[app_id], self.users[visitor_id])
        auth_key = self.issue_auth_key(app_id, visitor_id)
        return redirect(self.apps[app_id].callback_url(auth_key), facts.OAUTH_REDIRECT)

    def authorize(self, request: Request) -> Response:
        """Answer an app that trades an auth_key for a token."""
        params = self.platform.params_of(request)
        for name, fact in (
            ("app_id", facts.AUTHORIZE_NO_APP_ID),
            ("app_secret", facts.AUTHORIZE_NO_APP_SECRET),
            ("auth_key", facts.AUTHORIZE_NO_AUTH_KEY),
        ):
            if is_blank(params.get(name)):
                return self._error(fact, reasons.missing(name, request, params, self.platform))
        app_id, auth_key = params["app_id"], params["auth_key"]
        if not self.api_enabled:
            return self._error(facts.AUTHORIZE_API_DISABLED, reasons.API_DISABLED)
        if not self.is_usable(app_id):
            return self._error(facts.AUTHORIZE_UNKNOWN_APP, reasons.unknown_app(app_id, self.apps))
        if params["app_secret"] != self.apps[app_id].app_secret:
            return self._error(facts.AUTHORIZE_WRONG_APP_SECRET, reasons.WRONG_SECRET)
        grant = self._grant_by_key.get(auth_key)
        if grant is None or not self.spend_auth_key(auth_key, app_id):
            is_spent = auth_key in self._spent_keys
            reason = reasons.bad_auth_key(grant, app_id, is_spent=is_spent)
            return self._error(facts.AUTHORIZE_BAD_AUTH_KEY, reason)
        token = self.issue_access_token(app_id, grant.user_id)
        return json_response({"access_token": token}, facts.AUTHORIZE_TOKEN)

    def get_user_info(self, request: Request) -> Response:
        """Answer an app that reads a profile."""
        params = self.platform.params_of(request)
        access_token = params.get("access_token", "")
        if is_blank(access_token):
            reason = reasons.missing("access_token", request, params, self.platform)
            return self._error(facts.USER_INFO_NO_TOKEN, reason)
        if not self.api_enabled:
            return self._error(facts.USER_INFO_API_DISABLED, reasons.API_DISABLED)
        grant = self._grant_by_token.get(access_token)
        if not grant or grant.access_token != access_token:
            is_auth_key = access_token in self._grant_by_key
            reason = reasons.unknown_token(grant, is_auth_key=is_auth_key)
            return self._error(facts.USER_INFO_UNKNOWN_TOKEN, reason)
        if self._is_expired(grant):
            age = grant.issued_at and self.clock.seconds_since(grant.issued_at)
            reason = reasons.expired(age, self._token_lifetime)
            return self._error(facts.USER_INFO_EXPIRED_TOKEN, reason)
        if grant.user_id not in self.users:
            return json_response([], facts.USER_INFO_NO_USER)._replace(reason=reasons.NO_USER)
        return json_response({"user_info": self._profile(grant)}, facts.USER_INFO)

    def register_app(self, app: App) -> None:
        """Register an app, or change a registered one; it is enabled afterwards."""
        learn(app.app_secret)
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
        self._spent_keys.add(auth_key)
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

    def _profile(self, grant: Grant) -> UserInfo:
        """Return the user's fields, with the two that only newer servers send (O)."""
        user = dict(self.users[grant.user_id])
        if self.platform.has_newer_fields:
            uploads = f"{self.apps[grant.app_id].base_url}{facts.UPLOADS_PATH}"
            picture = str(user.get("user_picture") or "")
            is_absolute = picture.startswith(("http://", "https://"))
            user.setdefault("profile_picture", picture if is_absolute else f"{uploads}{picture}")
            user.setdefault("profile_cover", uploads)
        return user

    def _is_expired(self, grant: Grant) -> bool:
        issued = grant.issued_at
        return not issued or self.clock.seconds_since(issued) > self._token_lifetime

    def _error(self, fact: Fact, reason: str) -> Response:
        error = {"error": True, "message": fact.message}
        return json_response(error, fact, self._error_status)._replace(reason=reason)
