"""What Look Loox must answer, as an examiner reads it in the contract: a second opinion.

Nothing here comes from the package, so that a mistake in the one is not repeated in the other.
`Model` keeps its own books and judges each answer; it raises `AssertionError` where it disagrees.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

API_DISABLED = "The developers module has been disabled by the admin"
UNKNOWN_APP = (
    "We're sorry, but the application you're trying to use doesn't exist or has been disabled"
)
SECRET = re.compile(r"[0-9a-f]{32}")


@dataclass
class Answer:
    """What came over the wire; nothing at all, if it is lost."""

    status: int
    content_type: str
    body: Any
    location: str | None
    is_lost: bool = False


@dataclass
class AppRecord:
    """An app on the dashboard."""

    secret: str
    redirect_url: str
    enabled: bool = True


@dataclass
class TokenRecord:
    """A token, and since when it lives; its value is unknown while its answer is lost."""

    value: str | None
    issued_at: int
    is_expired: bool = False


Login = tuple[str, str]
"""An app's id and a user's."""


@dataclass
class Model:
    """The provider's books."""

    token_lifetime: int
    error_status: int
    visitor: str
    api_enabled: bool = True
    fault: str | None = None
    """What befalls the next request, key or token that it can befall."""
    now: int = 0
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    apps: dict[str, AppRecord] = field(default_factory=dict)
    unspent: dict[Login, str] = field(default_factory=dict)
    tokens: dict[Login, TokenRecord] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def is_usable(self, app_id: str) -> bool:
        """Whether the app exists and is enabled."""
        return app_id in self.apps and self.apps[app_id].enabled

    def handed_out_key(self, app_id: str, user_id: str, auth_key: str) -> None:
        """A new auth_key voids the user's earlier unspent one for this app."""
        self._require_new(auth_key)
        self.unspent.pop((app_id, user_id), None)
        if not self._befalls("reused_auth_key"):
            self.unspent[app_id, user_id] = auth_key

    def handed_out_token(self, app_id: str, user_id: str, access_token: str | None) -> None:
        """The present token within its hour, else a new one; `None` for one that is lost."""
        present = self.tokens.get((app_id, user_id))
        if present is None or self._is_expired(present):
            present = self.tokens[app_id, user_id] = TokenRecord(None, self.now)
        if access_token is None:
            return
        if present.value is None:
            self._require_new(access_token)
            present.value = access_token
        assert access_token == present.value

    def _is_expired(self, token: TokenRecord) -> bool:
        return token.is_expired or self.now - token.issued_at > self.token_lifetime

    def _befalls(self, fault: str) -> bool:
        struck = self.fault == fault
        self.fault = None if struck else self.fault
        return struck

    def _was_answered_by_somebody_else(self, answer: Answer) -> bool:
        """Whether the request never came as far as Look Loox."""
        if self._befalls("http_500"):
            assert answer.status == 500
            return True
        if self._befalls("connection_refused"):
            assert answer.is_lost
            return True
        assert answer.is_lost == self._befalls("read_timeout")
        return False

    def judge_oauth(self, app_id: str, answer: Answer) -> str | None:
        """The browser's leg; returns the auth_key, if the user was sent back with one."""
        if self.visitor not in self.users:
            return self._require_page(answer, 200, "Sign in")
        if not app_id.strip():
            return self._require_page(answer, 404, "")
        if not self.api_enabled:
            return self._require_page(answer, 200, API_DISABLED)
        if not self.is_usable(app_id):
            return self._require_page(answer, 200, UNKNOWN_APP.replace("'", "&#x27;"))
        redirect_url, _, auth_key = (answer.location or "").rpartition("?auth_key=")
        assert (answer.status, redirect_url) == (302, self.apps[app_id].redirect_url)
        self.handed_out_key(app_id, self.visitor, auth_key)
        return auth_key

    def judge_authorize(self, params: dict[str, str], answer: Answer) -> str | None:
        """The server's leg; returns the access_token, if one was given."""
        if self._was_answered_by_somebody_else(answer):
            return None
        app_id, auth_key = params.get("app_id", ""), params.get("auth_key", "")
        for name in ("app_id", "app_secret", "auth_key"):
            if not params.get(name, "").strip():
                return self._require_error(answer, f"Bad Request, invalid {name}")
        if not self.api_enabled or self._befalls("api_disabled"):
            return self._require_error(answer, API_DISABLED)
        if not self.is_usable(app_id) or self._befalls("unknown_app"):
            return self._require_error(answer, UNKNOWN_APP)
        is_wrong = params["app_secret"] != self.apps[app_id].secret
        if is_wrong or self._befalls("wrong_app_secret"):
            return self._require_error(answer, "Bad Request, invalid app_secret")
        owners = [login for login, key in self.unspent.items() if key == auth_key]
        if not owners or owners[0][0] != app_id:
            return self._require_error(answer, "Bad Request, invalid auth_key")
        del self.unspent[owners[0]]
        is_empty = self._befalls("empty_access_token")
        self._require_json(answer)
        if answer.is_lost or is_empty:
            assert answer.is_lost or answer.body == {"access_token": ""}
            self.handed_out_token(*owners[0], None)
            return None
        assert list(answer.body) == ["access_token"]
        access_token: str = answer.body["access_token"]
        self.handed_out_token(*owners[0], access_token)
        return access_token

    def judge_get_user_info(self, params: dict[str, str], answer: Answer) -> str | None:
        """The profile; nothing to go on with comes of it."""
        if self._was_answered_by_somebody_else(answer):
            return None
        access_token = params.get("access_token", "")
        if not access_token.strip():
            return self._require_error(answer, "Bad Request, invalid access_token")
        if not self.api_enabled or self._befalls("api_disabled"):
            return self._require_error(answer, API_DISABLED)
        owners = [login for login, token in self.tokens.items() if token.value == access_token]
        if not owners or self._befalls("unknown_token"):
            return self._require_error(answer, "Bad Request, invalid access_token")
        token = self.tokens[owners[0]]
        token.is_expired |= self._befalls("expired_token")
        if self._is_expired(token):
            return self._require_error(answer, "Bad Request, expired access_token")
        self._require_json(answer)
        user_info = self.users.get(owners[0][1])
        is_gone = user_info is None or self._befalls("deleted_user")
        assert answer.is_lost or answer.body == ([] if is_gone else {"user_info": user_info})
        return None

    def _require_new(self, secret: str) -> None:
        assert SECRET.fullmatch(secret)
        assert secret not in self.seen
        self.seen.add(secret)

    def _require_page(self, answer: Answer, status: int, text: str) -> str | None:
        assert answer.status == status
        assert answer.content_type.startswith("text/html")
        assert answer.location is None
        assert text in answer.body
        return None

    def _require_json(self, answer: Answer) -> None:
        if not answer.is_lost:
            assert (answer.status, answer.content_type) == (200, "application/json")

    def _require_error(self, answer: Answer, message: str) -> str | None:
        if not answer.is_lost:
            assert answer.body == {"error": True, "message": message}
            assert (answer.status, answer.content_type) == (self.error_status, "application/json")
        return None
