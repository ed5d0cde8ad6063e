"""An independent model of what Look Loox must answer, written from the API's contract.

Nothing here comes from the package, so that a mistake in the one is not repeated in the other.
`Model` keeps a state of its own and judges each answer; it raises `AssertionError` where it
disagrees.
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
    """An answer as a client gets it; `is_lost` if the connection broke instead."""

    status: int
    content_type: str
    body: Any
    location: str | None
    is_lost: bool = False


@dataclass
class AppRecord:
    """A registered app."""

    secret: str
    redirect_url: str
    enabled: bool = True


@dataclass
class TokenRecord:
    """A token and when it was issued; its value is unknown if the answer was lost."""

    value: str | None
    issued_at: int
    is_expired: bool = False


Login = tuple[str, str]
"""An app's id and a user's."""


@dataclass
class Model:
    """What the provider must remember."""

    token_lifetime: int
    error_status: int
    visitor: str
    api_enabled: bool = True
    fault: str | None = None
    """Applies to the next request, key or token that it can apply to."""
    now: int = 0
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    apps: dict[str, AppRecord] = field(default_factory=dict)
    unspent: dict[Login, str] = field(default_factory=dict)
    tokens: dict[Login, TokenRecord] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def is_usable(self, app_id: str) -> bool:
        """Return whether the app exists and is enabled."""
        return app_id in self.apps and self.apps[app_id].enabled

    def note_auth_key(self, app_id: str, user_id: str, auth_key: str) -> None:
        """Note a new auth_key, which voids the user's earlier unspent one for this app."""
        self._require_new(auth_key)
        self.unspent[app_id, user_id] = auth_key

    def note_token(self, app_id: str, user_id: str, access_token: str | None) -> None:
        """Note the present token within its life, else a new one; `None` for one that is lost."""
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

    def _applies(self, fault: str) -> bool:
        applies = self.fault == fault
        self.fault = None if applies else self.fault
        return applies

    def _never_arrived(self, answer: Answer) -> bool:
        """Return whether the request did not reach the API."""
        if self._applies("http_500"):
            assert answer.status == 500
            return True
        if self._applies("connection_refused"):
            assert answer.is_lost
            return True
        assert answer.is_lost == self._applies("read_timeout")
        return False

    def judge_oauth(self, app_id: str, answer: Answer) -> str | None:
        """Judge the browser's leg; return the auth_key if the user was sent back with one."""
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
        self.note_auth_key(app_id, self.visitor, auth_key)
        return auth_key

    def judge_authorize(self, params: dict[str, str], answer: Answer) -> str | None:
        """Judge the server's leg; return the access_token if the client got one."""
        if self._never_arrived(answer):
            return None
        app_id, auth_key = params.get("app_id", ""), params.get("auth_key", "")
        for name in ("app_id", "app_secret", "auth_key"):
            if not params.get(name, "").strip():
                return self._require_error(answer, f"Bad Request, invalid {name}")
        if not self.api_enabled or self._applies("api_disabled"):
            return self._require_error(answer, API_DISABLED)
        if self._applies("unknown_app") or not self.is_usable(app_id):
            return self._require_error(answer, UNKNOWN_APP)
        is_wrong = params["app_secret"] != self.apps[app_id].secret
        if self._applies("wrong_app_secret") or is_wrong:
            return self._require_error(answer, "Bad Request, invalid app_secret")
        owners = [login for login, key in self.unspent.items() if key == auth_key]
        if not owners or owners[0][0] != app_id:
            return self._require_error(answer, "Bad Request, invalid auth_key")
        del self.unspent[owners[0]]
        if self._applies("reused_auth_key"):
            return self._require_error(answer, "Bad Request, invalid auth_key")
        is_empty = self._applies("empty_access_token")
        self._require_json(answer)
        if answer.is_lost or is_empty:
            assert answer.is_lost or answer.body == {"access_token": ""}
            self.note_token(*owners[0], None)
            return None
        assert list(answer.body) == ["access_token"]
        access_token: str = answer.body["access_token"]
        self.note_token(*owners[0], access_token)
        return access_token

    def judge_get_user_info(self, params: dict[str, str], answer: Answer) -> None:
        """Judge the profile."""
        if self._never_arrived(answer):
            return
        access_token = params.get("access_token", "")
        if not access_token.strip():
            self._require_error(answer, "Bad Request, invalid access_token")
            return
        if not self.api_enabled or self._applies("api_disabled"):
            self._require_error(answer, API_DISABLED)
            return
        owners = [login for login, token in self.tokens.items() if token.value == access_token]
        if self._applies("unknown_token") or not owners:
            self._require_error(answer, "Bad Request, invalid access_token")
            return
        token = self.tokens[owners[0]]
        token.is_expired |= self._applies("expired_token")
        if self._is_expired(token):
            self._require_error(answer, "Bad Request, expired access_token")
            return
        self._require_json(answer)
        user_info = self.users.get(owners[0][1])
        is_gone = user_info is None or self._applies("deleted_user")
        assert answer.is_lost or answer.body == ([] if is_gone else {"user_info": user_info})

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
