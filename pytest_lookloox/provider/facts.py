"""What is known of the Look Loox API 1.1, fact by fact, and where each fact comes from.

Every answer of the simulator refers to one `Fact` of this module, and the table in the
documentation is written from `FACTS`. No other module repeats a message, a path or a source letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import partial
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


def _error(topic: str, case: str, message: str, source: str = "O", form: str = "") -> Fact:
    return Fact(topic, case, f"“{message}”{form}", source, message)


_translated = partial(_error, form=", in the site's language")


def _blank(topic: str, name: str) -> Fact:
    return _error(topic, f"`{name}` missing or blank", f"Bad Request, invalid {name}")


DEFAULT_BASE_URL: Final = "https://lookloox.com"
API_PREFIX: Final = "/api/"
UPLOADS_PATH: Final = "/content/uploads/"
OAUTH: Final = "oauth"
AUTHORIZE: Final = "authorize"
GET_USER_INFO: Final = "get_user_info"
EVERYWHERE: Final = "everywhere"
ENDPOINTS: Final = (OAUTH, AUTHORIZE, GET_USER_INFO)
ENDPOINT_BY_PATH: Final = {
    f"{API_PREFIX}{name}{slash}": name for slash in ("", "/") for name in ENDPOINTS
}
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
OAUTH_API_DISABLED = _translated(OAUTH, _API_OFF, _API_DISABLED, _ERROR_PAGE)
OAUTH_UNKNOWN_APP = _translated(OAUTH, _NO_APP, _UNKNOWN_APP, _ERROR_PAGE)
OAUTH_CONSENT = Fact(OAUTH, "first time this user meets this app", "consent page", "D")
OAUTH_REDIRECT = Fact(
    OAUTH,
    "user approved this app",
    "302 to the redirect URL + `?auth_key=…`, even if it has a query string already",
    "D, 302 and second question mark O",
)
OAUTH_REFUSED = Fact(
    OAUTH, "user turns the request down", "a link to the community's home, no redirect", "O"
)

AUTHORIZE_NO_APP_ID = _blank(AUTHORIZE, "app_id")
AUTHORIZE_NO_APP_SECRET = _blank(AUTHORIZE, "app_secret")
AUTHORIZE_NO_AUTH_KEY = _blank(AUTHORIZE, "auth_key")
AUTHORIZE_API_DISABLED = _translated(AUTHORIZE, _API_OFF, _API_DISABLED)
AUTHORIZE_UNKNOWN_APP = _translated(AUTHORIZE, _NO_APP, _UNKNOWN_APP)
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

USER_INFO_NO_TOKEN = _blank(GET_USER_INFO, "access_token")
USER_INFO_API_DISABLED = _translated(GET_USER_INFO, _API_OFF, _API_DISABLED)
USER_INFO_UNKNOWN_TOKEN = _error(
    GET_USER_INFO, "token unknown, or replaced by a newer one", "Bad Request, invalid access_token"
)
USER_INFO_EXPIRED_TOKEN = _error(
    GET_USER_INFO,
    "token past its life",
    "Bad Request, expired access_token",
    "1 hour D, 1 minute O, message O",
)
USER_INFO_NO_USER = Fact(GET_USER_INFO, "the user no longer exists", "`[]`, a JSON list", "O")
USER_INFO = Fact(GET_USER_INFO, "all is in order", '`{"user_info": {…}}`, 14 fields', "D")

OTHER_API_PATH = _error(
    EVERYWHERE, "any other single word below `/api/`", "Bad Request, invalid parameters"
)
OTHER_PATH = Fact(
    EVERYWHERE, "two words below `/api/`, any other path", "HTML page, status 404", "page O, 404 A"
)
OTHER_SITE_ADDRESS = Fact(
    EVERYWHERE,
    "another scheme or host than the site's own",
    "the call is carried out; a 302 to the site's home with the JSON as its body; here by a fault",
    "O",
)
MAINTENANCE = Fact(
    EVERYWHERE, "maintenance, or a banned address", "HTML page, status 200, at the API too", "O"
)

# Facts that shape answers, or are not simulated: where, in which case, what happens, source.
_RULES = r"""
oauth | a new auth_key at each visit | the earlier unspent one is void | O
oauth | how a user's consent is sent | by a form and a 302; real servers: a script | here A, there O
oauth | visitor whose account is not activated | another page; not simulated | O
authorize | `platform="documented"`: parameters | from the query of a GET, no body | D
authorize | `platform="current"`: parameters | from the form of a POST, no query | O
authorize | the user's token is within its life | the same one, its life not renewed | O
get_user_info | `platform="documented"`: a token's life | 3600 seconds | D
get_user_info | `platform="current"`: a token's life | 60 seconds | O
get_user_info | `platform="current"`: fields | 16: also `profile_picture`, `profile_cover` | O
get_user_info | most values | may be `null` or `""`, a picture an absolute URL | O
get_user_info | names and texts | in any script, or with HTML entities: `H&eacute;l&egrave;ne` | O
get_user_info | gender | in the site's language, or `N/A` | O
everywhere | auth_key, access_token, app_secret | 32 lower-case hex digits | O
everywhere | app_id | digits | O
everywhere | `state`, scope, refresh token, `redirect_uri` | do not exist | silence D, clients O
everywhere | sister communities | the same API, under their own hosts | own host D, others O
everywhere | status and type of JSON | 200, `application/json`, success and error alike | O
everywhere | form of JSON | as PHP writes it: no blanks, `/` as `\/`, beyond ASCII `\uXXXX` | O
everywhere | POST, HEAD, PUT … with a query | answered like GET, where a query is read | A
everywhere | POST at both endpoints | read by at least one community; not simulated | O
everywhere | a parameter given twice | the last one counts | A
everywhere | white space around a value | belongs to the value | A
everywhere | what counts as blank | only white space, no-break space included | O
everywhere | a token's age | whole seconds of the machine's clock, and what was advanced | A
everywhere | one trailing slash | the same endpoint | O
everywhere | session cookie of `/api/`, security headers | not simulated | O
everywhere | CORS headers | none | O
"""

FACTS: Final = (
    *(value for value in list(globals().values()) if isinstance(value, Fact)),
    *(Fact(*map(str.strip, row.split("|"))) for row in _RULES.strip().splitlines()),
)
"""Every fact: the answers, in the order in which an endpoint checks its cases, then the rules."""


def is_blank(value: str | None) -> bool:
    """Return whether a parameter counts as missing: absent, empty or only white space (O)."""
    return not value or not value.strip()
