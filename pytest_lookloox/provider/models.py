"""What the provider remembers: apps, grants and calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from pytest_lookloox.provider.clock import Moment
from pytest_lookloox.provider.facts import DEFAULT_BASE_URL, LOGIN_PATH
from pytest_lookloox.provider.redaction import redact_query, shorten


# A class of its own eq, like `Call`: of others, a failed assertion of pytest's shows every field.
@dataclass(frozen=True, eq=False)
class App:
    """A registered app: its id, secret, name and one fixed redirect URL (D).

    Real ids are digits, and real secrets 32 lower-case hex digits (O).
    """

    app_id: str
    app_secret: str = field(repr=False)
    redirect_url: str
    name: str = "Test App"
    base_url: str = DEFAULT_BASE_URL

    def __eq__(self, other: object) -> bool:
        return isinstance(other, App) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(self.app_id)

    @property
    def login_url(self) -> str:
        """The address behind the link "Log in with Look Loox" (D)."""
        return f"{self.base_url}{LOGIN_PATH}?{urlencode({'app_id': self.app_id})}"

    def callback_url(self, auth_key: str) -> str:
        """Return the redirect URL with an auth_key, even if it has a query string already (O)."""
        return f"{self.redirect_url}?auth_key={auth_key}"


DEFAULT_APP: Final = App(
    "1029384756", "0123456789abcdef0123456789abcdef", "http://localhost/callback"
)
"""The app of a test that configures none."""


@dataclass(eq=False)
class Grant:
    """What one user granted one app: at most one unspent auth_key and one token (O)."""

    app_id: str
    user_id: str
    auth_key: str = ""
    access_token: str = ""
    issued_at: Moment | None = None  # no time: the token is past its life


class Call(NamedTuple):
    """One request to the provider and its answer.

    `endpoint` is `None` for a path outside the API, and `error` unless the answer is an error;
    `body` is the answer's JSON value, or a page's text; `reason` tells why it was answered so, if
    it was refused or a fault took effect.
    """

    endpoint: str | None
    params: Mapping[str, str]
    status: int
    body: Any
    error: str | None
    method: str
    path: str
    reason: str | None = None

    def __eq__(self, other: object) -> bool:
        return tuple.__eq__(self, other) is True

    def __repr__(self) -> str:
        """Show the call in one line, its secrets redacted."""
        outcome = f": {self.error}" if self.error else ""
        query = redact_query(self.params)
        return f"<Call {self.method} {shorten(self.path)}{query} {self.status}{outcome}>"

    def __str__(self) -> str:
        """Return the call, its answer and the reason in one line, without parameters."""
        error = self.error and shorten(self.error, 100)
        # What happens to a connection has no status, and is no message of the API's.
        answer = (f'"{error}"' if self.status else error) if error else self.status
        reason = f": {self.reason}" if self.reason else ""
        return f"{self.method} {shorten(self.path)} → {answer}{reason}"
