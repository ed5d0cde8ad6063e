"""What is known of the Look Loox API 1.1, fact by fact, and where each fact comes from.

Every answer of the simulator refers to one `Fact` of this module, and the table in the README is
written from `FACTS`. No other module repeats a message, a path or a source letter.
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


# Compared by identity: each fact exists once.
@dataclass(frozen=True, eq=False)
class Fact:
    """One thing the API does: its answer in one case.

    `topic` is an endpoint's name or `"everywhere"`, and `source` holds one letter, or a letter for
    each part (`"D, form O"`). `message` is the text in an error's body.
    """

    topic: str
    case: str
    answer: str
    source: str
    message: str | None = None


def _error(topic: str, case: str, message: str, source: str = "O") -> Fact:
    return Fact(topic, case, f"“{message}”", source, message)


def _blank(topic: str, name: str) -> Fact:
    return _error(topic, f"`{name}` missing or blank", f"Bad Request, invalid {name}")


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

_API_OFF = "developer API switched off"
_API_DISABLED = "The developers module has been disabled by the admin"
_NO_APP = "unknown or disabled app"
_UNKNOWN_APP = (
    "We're sorry, but the application you're trying to use doesn't exist or has been disabled"
)
_ERROR_PAGE = "message O, HTML with status 200 A"

OAUTH_SIGN_IN = Fact(OAUTH, "visitor not signed in to Look Loox", "sign-in page", "O")
OAUTH_NO_APP_ID = Fact(OAUTH, "`app_id` missing or blank", "HTML page, status 404", "O")
OAUTH_API_DISABLED = _error(OAUTH, _API_OFF, _API_DISABLED, _ERROR_PAGE)
OAUTH_UNKNOWN_APP = _error(OAUTH, _NO_APP, _UNKNOWN_APP, _ERROR_PAGE)
OAUTH_CONSENT = Fact(OAUTH, "first time this user meets this app", "consent page", "D")
OAUTH_REDIRECT = Fact(
    OAUTH,
    "user approved this app",
    "302 to the redirect URL + `?auth_key=…`, even if it has a query string already",
    "D, 302 and second question mark O",
)
OAUTH_NEW_KEY = Fact(OAUTH, "a new auth_key at each visit", "the earlier unspent one is void", "O")
OAUTH_REFUSED = Fact(OAUTH, "user turns the request down", "no redirect", "A")

AUTHORIZE_NO_APP_ID = _blank(AUTHORIZE, "app_id")
AUTHORIZE_NO_APP_SECRET = _blank(AUTHORIZE, "app_secret")
AUTHORIZE_NO_AUTH_KEY = _blank(AUTHORIZE, "auth_key")
AUTHORIZE_API_DISABLED = _error(AUTHORIZE, _API_OFF, _API_DISABLED)
AUTHORIZE_UNKNOWN_APP = _error(AUTHORIZE, _NO_APP, _UNKNOWN_APP)
AUTHORIZE_WRONG_APP_SECRET = _error(
    AUTHORIZE, "wrong `app_secret`", "Bad Request, invalid app_secret"
)
AUTHORIZE_BAD_AUTH_KEY = _error(
    AUTHORIZE,
    "`auth_key` unknown, already used, void, or another app's",
    "Bad Request, invalid auth_key",
    "single use D, message O",
)
AUTHORIZE_TOKEN = Fact(
    AUTHORIZE, "all is in order", '`{"access_token": "…"}`; the key is spent', "D"
)
AUTHORIZE_SAME_TOKEN = Fact(
    AUTHORIZE,
    "the user's token for this app is within its hour",
    "the same token, its hour not renewed; afterwards a new one replaces it",
    "O",
)

USER_INFO_NO_TOKEN = _blank(GET_USER_INFO, "access_token")
USER_INFO_API_DISABLED = _error(GET_USER_INFO, _API_OFF, _API_DISABLED)
USER_INFO_UNKNOWN_TOKEN = _error(
    GET_USER_INFO, "token unknown, or replaced by a newer one", "Bad Request, invalid access_token"
)
USER_INFO_EXPIRED_TOKEN = _error(
    GET_USER_INFO,
    "token older than 1 hour",
    "Bad Request, expired access_token",
    "1 hour D, message O",
)
USER_INFO_NO_USER = Fact(GET_USER_INFO, "the user no longer exists", "`[]`, a JSON list", "O")
USER_INFO = Fact(GET_USER_INFO, "all is in order", '`{"user_info": {…}}`, 14 fields', "D")
USER_INFO_VALUES = Fact(
    GET_USER_INFO,
    "values that may be empty or odd",
    "`null` or empty for most, a numeric gender, a relative or absolute picture",
    "O",
)
USER_INFO_EXTRA_FIELDS = Fact(
    GET_USER_INFO, "newer servers", "`profile_picture` and `profile_cover`, absolute URLs", "O"
)
ONE_MINUTE = Fact(
    GET_USER_INFO,
    "a token that ended after one minute, in one public trace",
    "not simulated, but for the option `token_lifetime`",
    "O",
)

SECRET_FORM = Fact(EVERYWHERE, "form of auth_key and access_token", "32 lower-case hex digits", "O")
NO_STATE = Fact(
    EVERYWHERE,
    "no `state`, scope, refresh token or `redirect_uri`",
    "nothing but `app_id` counts at `oauth`, and nothing else comes back",
    "silence of the document D, clients O",
)
SISTERS = Fact(
    EVERYWHERE, "sister communities", "the same API, under their own hosts", "own host D, others O"
)
JSON_STATUS = Fact(
    EVERYWHERE,
    "status and content type of `authorize` and `get_user_info`",
    "200 and `application/json`, success and error alike",
    "O",
)
QUERY_ONLY = Fact(EVERYWHERE, "parameters in a POST body", "count as missing", "O")
OTHER_METHODS = Fact(EVERYWHERE, "POST, HEAD, PUT … with a query string", "answered like GET", "A")
LAST_PARAMETER = Fact(EVERYWHERE, "a parameter given twice", "the last one counts", "A")
NOT_TRIMMED = Fact(EVERYWHERE, "white space around a value", "belongs to the value", "A")
BLANK = Fact(EVERYWHERE, "what counts as blank", "only white space, no-break space included", "O")
WHOLE_SECONDS = Fact(
    EVERYWHERE, "a token's age", "whole seconds of the machine's clock, and what was advanced", "A"
)
OTHER_API_PATH = _error(
    EVERYWHERE,
    "any other path below `/api/`, a trailing slash too",
    "Bad Request, invalid parameters",
)
OTHER_PATH = Fact(EVERYWHERE, "any path outside `/api/`", "HTML page, status 404", "A")

FACTS: Final = tuple(value for value in list(globals().values()) if isinstance(value, Fact))
"""Every fact, in the order in which an endpoint checks its cases."""


def is_blank(value: str | None) -> bool:
    """Return whether a parameter counts as missing: absent, empty or only white space (O)."""
    return not value or not value.strip()
