"""What is known of the Look Loox API 1.1, fact by fact, and where each fact comes from.

Every answer that the simulator gives refers to one `Fact` of this module; the table in the
README is written from `FACTS`. Nothing else in the package repeats a message, a path or a letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Source(str, Enum):
    """Where a fact about the API is known from."""

    DOCUMENTED = "D"
    """The provider's public API document says so."""
    OBSERVED = "O"
    """The document is silent; read from the platform's public traces and public clients."""
    ASSUMED = "A"
    """Neither source tells; the most ordinary behaviour was chosen."""


# Each fact is one of a kind, and asked for at every request: compared by identity.
@dataclass(frozen=True, eq=False)
class Fact:
    """One thing the API does.

    `topic` is an endpoint's name or `"everywhere"`, `case` says when it applies, `answer` what
    happens then, and `source` holds one letter, or a letter for each part (`"D, form O"`).
    `message` is the text in an error's body, or `None` where the fact is no error.
    """

    topic: str
    case: str
    answer: str
    source: str
    message: str | None = None


def _error(topic: str, case: str, message: str, source: str) -> Fact:
    return Fact(topic, case, f"“{message}”", source, message)


_D: Final = Source.DOCUMENTED.value
_O: Final = Source.OBSERVED.value
_A: Final = Source.ASSUMED.value

DEFAULT_BASE_URL: Final = "https://lookloox.com"
TOKEN_LIFETIME: Final = 3600
API_PREFIX: Final = "/api/"
OAUTH: Final = "oauth"
AUTHORIZE: Final = "authorize"
GET_USER_INFO: Final = "get_user_info"
EVERYWHERE: Final = "everywhere"
ENDPOINTS: Final = (OAUTH, AUTHORIZE, GET_USER_INFO)
ENDPOINT_BY_PATH: Final = {f"{API_PREFIX}{name}": name for name in ENDPOINTS}
LOGIN_PATH: Final = f"{API_PREFIX}{OAUTH}"
SECRET_PARAMETERS: Final = frozenset({"app_secret", "auth_key", "access_token"})

_API_DISABLED = "The developers module has been disabled by the admin"
_UNKNOWN_APP = (
    "We're sorry, but the application you're trying to use doesn't exist or has been disabled"
)
_INVALID_APP_ID = "Bad Request, invalid app_id"
_INVALID_APP_SECRET = "Bad Request, invalid app_secret"
_INVALID_AUTH_KEY = "Bad Request, invalid auth_key"
_INVALID_ACCESS_TOKEN = "Bad Request, invalid access_token"
_EXPIRED_ACCESS_TOKEN = "Bad Request, expired access_token"
_INVALID_PARAMETERS = "Bad Request, invalid parameters"

OAUTH_SIGN_IN = Fact(OAUTH, "visitor not signed in to Look Loox", "sign-in page", _O)
OAUTH_NO_APP_ID = Fact(OAUTH, "`app_id` missing or blank", "HTML page, status 404", _O)
OAUTH_API_DISABLED = _error(
    OAUTH, "developer API switched off", _API_DISABLED, f"message {_O}, HTML with status 200 {_A}"
)
OAUTH_UNKNOWN_APP = _error(
    OAUTH, "unknown or disabled app", _UNKNOWN_APP, f"message {_O}, HTML with status 200 {_A}"
)
OAUTH_CONSENT = Fact(OAUTH, "first time this user meets this app", "consent page", _D)
OAUTH_REDIRECT = Fact(
    OAUTH,
    "user approved this app",
    "302 to the redirect URL + `?auth_key=…`, even if it has a query string already",
    f"{_D}, 302 and second question mark {_O}",
)
OAUTH_NEW_KEY = Fact(
    OAUTH, "a new auth_key at each visit", "the user's earlier unspent one is void", _O
)
OAUTH_REFUSED = Fact(OAUTH, "user turns the request down", "no redirect", _A)

AUTHORIZE_NO_APP_ID = _error(AUTHORIZE, "`app_id` missing or blank", _INVALID_APP_ID, _O)
AUTHORIZE_NO_APP_SECRET = _error(
    AUTHORIZE, "`app_secret` missing or blank", _INVALID_APP_SECRET, _O
)
AUTHORIZE_NO_AUTH_KEY = _error(AUTHORIZE, "`auth_key` missing or blank", _INVALID_AUTH_KEY, _O)
AUTHORIZE_API_DISABLED = _error(AUTHORIZE, "developer API switched off", _API_DISABLED, _O)
AUTHORIZE_UNKNOWN_APP = _error(AUTHORIZE, "unknown or disabled app", _UNKNOWN_APP, _O)
AUTHORIZE_WRONG_APP_SECRET = _error(AUTHORIZE, "wrong `app_secret`", _INVALID_APP_SECRET, _O)
AUTHORIZE_BAD_AUTH_KEY = _error(
    AUTHORIZE,
    "`auth_key` unknown, already used, void, or another app's",
    _INVALID_AUTH_KEY,
    f"single use {_D}, message {_O}",
)
AUTHORIZE_TOKEN = Fact(
    AUTHORIZE, "all is in order", '`{"access_token": "…"}`; the key is spent', _D
)
AUTHORIZE_SAME_TOKEN = Fact(
    AUTHORIZE,
    "the user's token for this app is within its hour",
    "the same token, its hour not renewed; afterwards a new one replaces it",
    _O,
)

USER_INFO_NO_TOKEN = _error(
    GET_USER_INFO, "`access_token` missing or blank", _INVALID_ACCESS_TOKEN, _O
)
USER_INFO_API_DISABLED = _error(GET_USER_INFO, "developer API switched off", _API_DISABLED, _O)
USER_INFO_UNKNOWN_TOKEN = _error(
    GET_USER_INFO, "token unknown, or replaced by a newer one", _INVALID_ACCESS_TOKEN, _O
)
USER_INFO_EXPIRED_TOKEN = _error(
    GET_USER_INFO, "token older than 1 hour", _EXPIRED_ACCESS_TOKEN, f"1 hour {_D}, message {_O}"
)
USER_INFO_NO_USER = Fact(GET_USER_INFO, "the user no longer exists", "`[]`, a JSON list", _O)
USER_INFO = Fact(GET_USER_INFO, "all is in order", '`{"user_info": {…}}`, 14 fields', _D)
USER_INFO_VALUES = Fact(
    GET_USER_INFO,
    "values that may be empty or odd",
    "`null` or empty for most, a numeric gender, a relative or absolute picture",
    _O,
)
USER_INFO_EXTRA_FIELDS = Fact(
    GET_USER_INFO, "newer servers", "`profile_picture` and `profile_cover`, absolute URLs", _O
)
ONE_MINUTE = Fact(
    GET_USER_INFO,
    "a token that ended after one minute, in one public trace",
    "not simulated, but for the option `token_lifetime`",
    _O,
)

SECRET_FORM = Fact(EVERYWHERE, "form of auth_key and access_token", "32 lower-case hex digits", _O)
NO_STATE = Fact(
    EVERYWHERE,
    "no `state`, scope, refresh token or `redirect_uri`",
    "nothing but `app_id` counts at `oauth`, and nothing else comes back",
    f"silence of the document {_D}, clients {_O}",
)
SISTERS = Fact(
    EVERYWHERE,
    "sister communities",
    "the same API under their own hosts",
    f"own host {_D}, others {_O}",
)
JSON_STATUS = Fact(
    EVERYWHERE,
    "status and content type of `authorize` and `get_user_info`",
    "200 and `application/json`, success and error alike",
    _O,
)
QUERY_ONLY = Fact(EVERYWHERE, "parameters in a POST body", "count as missing", _O)
OTHER_METHODS = Fact(EVERYWHERE, "POST, HEAD, PUT … with a query string", "answered like GET", _A)
LAST_PARAMETER = Fact(EVERYWHERE, "a parameter given twice", "the last one counts", _A)
NOT_TRIMMED = Fact(EVERYWHERE, "white space around a value", "belongs to the value", _A)
BLANK = Fact(EVERYWHERE, "what counts as blank", "only white space, no-break space included", _O)
WHOLE_SECONDS = Fact(
    EVERYWHERE, "a token's age", "whole seconds of the machine's clock, and what was advanced", _A
)
OTHER_API_PATH = _error(
    EVERYWHERE, "any other path below `/api/`, a trailing slash too", _INVALID_PARAMETERS, _O
)
OTHER_PATH = Fact(EVERYWHERE, "any path outside `/api/`", "HTML page, status 404", _A)

FACTS: Final = tuple(value for value in list(globals().values()) if isinstance(value, Fact))
"""Every fact, in the order in which an endpoint checks its cases."""


def is_blank(value: str | None) -> bool:
    """Whether a parameter counts as missing: absent, empty or only white space."""
    return value is None or not value.strip()
