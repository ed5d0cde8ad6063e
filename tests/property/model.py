"""An independent model of what Look Loox must answer, written from the API's contract.

Nothing here comes from the package, so that a mistake in the one is not repeated in the other.
`Model` keeps a state of its own and judges each answer; it raises `AssertionError` where it
disagrees.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

API_DISABLED = "The developers module has been disabled by the admin"
UNKNOWN_APP = (
    "We're sorry, but the application you're trying to use doesn't exist or has been disabled"
)
SECRET = re.compile(r"[0-9a-f]{32}")


@dataclass
class Answer:
    """An answer as a client gets it; `is_lost` if it cannot be read, or the connection broke."""

    status: int | None
    content_type: str
    body: Any
    location: str | None
    is_lost: bool = False

    def is_page(self, status: int, text: str) -> bool:
        """Return whether this is a page with that status, which contains the text."""
        is_html = self.content_type.startswith("text/html")
        return (self.status, is_html, self.location) == (status, True, None) and text in self.body


def _status(status: int) -> Callable[[Answer], bool]:
    return lambda answer: not answer.is_lost and answer.status == status


def _leads_to(pattern: str) -> Callable[[Answer], bool]:
    return lambda answer: answer.status == 302 and bool(re.search(pattern, answer.location or ""))


def _is_lost(answer: Answer) -> bool:
    return answer.is_lost


INSTEAD: dict[str, Callable[[Answer], bool]] = {
    **{f"http_{status}": _status(status) for status in (400, 401, 429, 500, 502, 503)},
    "maintenance_page": lambda answer: answer.is_page(200, "Down for maintenance"),
    "redirect_to_sign_in": _leads_to("^/sign-in$"),
    "too_many_redirects": _leads_to(r"^/api/\w+\?.*lookloox_attempt="),
    **dict.fromkeys(("connect_timeout", "connection_refused", "tls_error"), _is_lost),
}
"""What a client gets where the request is not carried out, by the name of the fault."""

AFTERWARDS: dict[str, Callable[[Answer], bool]] = {
    **dict.fromkeys(("connection_reset", "read_timeout", "truncated_json"), _is_lost),
    "empty_body": lambda answer: answer.body == "",
}
"""How an answer is lost where the request is carried out."""


def _without_comma(answer: Answer) -> Answer:
    assert answer.body[-2] == ","
    return replace(answer, body=json.loads(answer.body[:-2] + answer.body[-1]))


def _without_warning(answer: Answer) -> Answer:
    warning, end, body = answer.body.rpartition("<br />\n")
    assert end
    assert warning.startswith("<br />\n<b>Warning</b>")
    assert answer.content_type.startswith("text/html")
    return replace(answer, content_type="application/json", body=json.loads(body))


def _at_the_right_address(answer: Answer) -> Answer:
    assert _leads_to("^(https://lookloox.com)?/$")(answer)
    return replace(answer, status=None, location=None)


ALTERED: dict[str, Callable[[Answer], Answer]] = {
    "malformed_json": _without_comma,
    "php_warning": _without_warning,
    "wrong_site_address": _at_the_right_address,
}
"""What an answer was before the fault altered it; `None` for a status that it replaced."""

OF_THE_API = [
    *("api_disabled", "deleted_user", "empty_access_token", "empty_user_info", "expired_token"),
    *("missing_access_token", "missing_auth_key", "missing_user_info", "reused_auth_key"),
    *("unknown_app", "unknown_token", "wrong_app_secret"),
]
BAD_TOKENS = {"empty_access_token": {"access_token": ""}, "missing_access_token": {}}
FAULTS = sorted([*INSTEAD, *AFTERWARDS, *ALTERED, *OF_THE_API])


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

    platform: str
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

    def _from_the_api(self, answer: Answer) -> Answer | None:
        """Return what the API answered, or `None` if the request was not carried out."""
        fault = self.fault or ""
        if fault not in {*INSTEAD, *AFTERWARDS, *ALTERED}:
            assert not answer.is_lost
            return answer
        self.fault = None
        if fault in ALTERED:
            return ALTERED[fault](answer)
        assert {**INSTEAD, **AFTERWARDS}[fault](answer)
        return None if fault in INSTEAD else replace(answer, is_lost=True)

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
        redirect_url = self.apps[app_id].redirect_url
        assert answer.status == 302
        if self._applies("missing_auth_key"):
            assert answer.location == redirect_url
            self.unspent.pop((app_id, self.visitor), None)
            return None
        start, _, auth_key = (answer.location or "").rpartition("?auth_key=")
        assert start == redirect_url
        self.note_auth_key(app_id, self.visitor, auth_key)
        return auth_key

    def judge_authorize(self, method: str, params: dict[str, str], seen: Answer) -> str | None:
        """Judge the server's leg; return the access_token if the client got one.

        The parameters came in the query of a GET, or in the form of a POST.
        """
        answer = self._from_the_api(seen)
        if answer is None:
            return None
        if method != {"documented": "GET", "current": "POST"}[self.platform]:
            params = {}
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
        self._require_json(answer)
        for fault, body in BAD_TOKENS.items():
            if self._applies(fault):
                assert answer.body == body
                answer.is_lost = True
        if answer.is_lost:
            self.note_token(*owners[0], None)
            return None
        assert list(answer.body) == ["access_token"]
        access_token: str = answer.body["access_token"]
        self.note_token(*owners[0], access_token)
        return access_token

    def judge_get_user_info(self, params: dict[str, str], seen: Answer) -> None:
        """Judge the profile."""
        answer = self._from_the_api(seen)
        if answer is None:
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
        assert answer.is_lost or answer.body == self._profile(owners[0][1])

    def _profile(self, user_id: str) -> Any:
        user_info = self.users.get(user_id)
        if user_info is None or self._applies("deleted_user"):
            return []
        if self._applies("missing_user_info"):
            return {}
        if self._applies("empty_user_info"):
            return {"user_info": dict.fromkeys(user_info, "")}
        return {"user_info": self._fields(user_info)}

    def _fields(self, user_info: dict[str, Any]) -> dict[str, Any]:
        if self.platform == "documented":
            return user_info
        uploads = "https://lookloox.com/content/uploads/"
        picture = uploads + user_info["user_picture"]
        return {**user_info, "profile_picture": picture, "profile_cover": uploads}

    def _require_new(self, secret: str) -> None:
        assert SECRET.fullmatch(secret)
        assert secret not in self.seen
        self.seen.add(secret)

    def _require_page(self, answer: Answer, status: int, text: str) -> str | None:
        assert answer.is_page(status, text)
        return None

    def _require_json(self, answer: Answer) -> None:
        if not answer.is_lost:
            assert (answer.status or 200, answer.content_type) == (200, "application/json")

    def _require_error(self, answer: Answer, message: str) -> str | None:
        if not answer.is_lost:
            assert answer.body == {"error": True, "message": message}
            status = answer.status or self.error_status
            assert (status, answer.content_type) == (self.error_status, "application/json")
        return None
