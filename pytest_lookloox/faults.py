"""The catalogue of faults: every way a login can go wrong, after which nobody may be logged in."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pytest_lookloox import contract, effects
from pytest_lookloox.contract import AUTHORIZE, GET_USER_INFO, OAUTH
from pytest_lookloox.effects import Instead, Spoil
from pytest_lookloox.exchange import Wire
from pytest_lookloox.variations import VARIATIONS

_ANY_SERVICE: Final = "any HTTP service"
_ANY_NETWORK: Final = "any network"
_PHP: Final = "any PHP site"
_BOTH: Final = (AUTHORIZE, GET_USER_INFO)

EXPIRED_TOKEN: Final = "expired_token"
REUSED_AUTH_KEY: Final = "reused_auth_key"
MISSING_AUTH_KEY: Final = "missing_auth_key"
WRONG_APP_SECRET: Final = "wrong_app_secret"
UNKNOWN_APP: Final = "unknown_app"
API_DISABLED: Final = "api_disabled"
EMPTY_ACCESS_TOKEN: Final = "empty_access_token"
MISSING_ACCESS_TOKEN: Final = "missing_access_token"
UNKNOWN_TOKEN: Final = "unknown_token"
DELETED_USER: Final = "deleted_user"
EMPTY_USER_INFO: Final = "empty_user_info"
MISSING_USER_INFO: Final = "missing_user_info"
TLS_ERROR: Final = "tls_error"


@dataclass(frozen=True, repr=False)
class Fault:
    """One way a login can go wrong.

    `endpoints` are where it can happen, `description` says what happens, `source` where it is
    known from, and `advice` what a good client does. `missed` is what went missing in a test where
    it never took place.

    What happens is decided by `instead`, which answers in the provider's place, so that nothing is
    spent; by `spoil`, which makes a bad answer of the provider's, after a key was spent; or by
    `barrier`, which keeps the request from ever arriving. A fault with none of the three is an
    answer of the API's own, which `provider` gives.
    """

    name: str
    endpoints: tuple[str, ...]
    description: str
    source: str
    advice: str
    missed: str = ""
    instead: Instead | None = None
    spoil: Spoil | None = None
    barrier: Wire | None = None

    def __str__(self) -> str:
        """How a test asks for it: `name`, or `name@endpoint` for one endpoint of several."""
        everywhere = self.endpoints == FAULTS[self.name].endpoints
        return self.name if everywhere else f"{self.name}@{self.endpoints[0]}"

    def __repr__(self) -> str:
        """What somebody wants to know whose test failed."""
        return f"<Fault {self}: {self.description} A good client: {self.advice}>"

    @property
    def is_of_the_api(self) -> bool:
        """Whether it is an answer of the API's own."""
        return not (self.instead or self.spoil or self.barrier)

    @property
    def why_missed(self) -> str:
        """What the client of a test did not do, so that it never took place."""
        paths = " or ".join(f"{contract.API_PREFIX}{endpoint}" for endpoint in self.endpoints)
        return self.missed or f"no request reached {paths}"

    def one_by_one(self) -> Iterator[Fault]:
        """The fault at each of its endpoints."""
        for endpoint in self.endpoints:
            yield dataclasses.replace(self, endpoints=(endpoint,))


_TRUST_NO_STATUS: Final = "Look for `error` in the body: the status is 200 all the same."
_NO_2XX: Final = "Log nobody in unless the status is 200; the visitor may try again later."
_NO_JSON: Final = "Catch the error of the JSON parser, and log nobody in."
_NETWORK: Final = "Catch it, log nobody in, and offer the visitor to try again."
_WAIT: Final = "Log nobody in; come back no earlier than `Retry-After` says."

_CATALOGUE: Final = (
    Fault(
        MISSING_AUTH_KEY,
        (OAUTH,),
        "The redirect to the app comes without an auth_key.",
        contract.OAUTH_REFUSED.source,
        "Ask Look Loox for nothing, and show the login link again.",
        "nobody was sent back to the app, by approve() or /api/oauth",
    ),
    Fault(
        REUSED_AUTH_KEY,
        (AUTHORIZE,),
        f"The auth_key was spent before: “{contract.AUTHORIZE_BAD_AUTH_KEY.message}”.",
        contract.AUTHORIZE_BAD_AUTH_KEY.source,
        f"{_TRUST_NO_STATUS} Never repeat an auth_key: begin a new login.",
        "no auth_key that was handed out reached /api/authorize",
    ),
    Fault(
        WRONG_APP_SECRET,
        (AUTHORIZE,),
        f"The secret is not the app's: “{contract.AUTHORIZE_WRONG_APP_SECRET.message}”.",
        contract.AUTHORIZE_WRONG_APP_SECRET.source,
        f"{_TRUST_NO_STATUS} Tell the operator, and never show the secret.",
        "no request with all its parameters reached /api/authorize",
    ),
    Fault(
        UNKNOWN_APP,
        (AUTHORIZE,),
        "The app does not exist, or was disabled.",
        contract.AUTHORIZE_UNKNOWN_APP.source,
        f"{_TRUST_NO_STATUS} Tell the operator.",
        "no request with all its parameters reached /api/authorize",
    ),
    Fault(
        EMPTY_ACCESS_TOKEN,
        (AUTHORIZE,),
        'The answer is `{"access_token": ""}`.',
        contract.AUTHORIZE_TOKEN.source,
        "Log nobody in without a token that is a non-empty string.",
        "no good auth_key reached /api/authorize",
    ),
    Fault(
        MISSING_ACCESS_TOKEN,
        (AUTHORIZE,),
        "The answer is `{}`.",
        contract.AUTHORIZE_TOKEN.source,
        "Log nobody in without a token that is a non-empty string.",
        "no good auth_key reached /api/authorize",
    ),
    Fault(
        UNKNOWN_TOKEN,
        (GET_USER_INFO,),
        f"The token is not known: “{contract.USER_INFO_UNKNOWN_TOKEN.message}”.",
        contract.USER_INFO_UNKNOWN_TOKEN.source,
        f"{_TRUST_NO_STATUS} Begin a new login.",
        "no access token was used at /api/get_user_info",
    ),
    Fault(
        EXPIRED_TOKEN,
        (GET_USER_INFO,),
        f"The token is past its hour: “{contract.USER_INFO_EXPIRED_TOKEN.message}”.",
        contract.USER_INFO_EXPIRED_TOKEN.source,
        f"{_TRUST_NO_STATUS} Begin a new login; trust the answer, not your own clock.",
        "no access token was used at /api/get_user_info",
    ),
    Fault(
        DELETED_USER,
        (GET_USER_INFO,),
        "The user no longer exists: the answer is `[]`, a JSON list.",
        contract.USER_INFO_NO_USER.source,
        "Log nobody in unless the answer is an object; end the user's sessions.",
        "no good access token was used at /api/get_user_info",
    ),
    Fault(
        EMPTY_USER_INFO,
        (GET_USER_INFO,),
        'Every field is `""`, as in the document\'s sample.',
        contract.USER_INFO.source,
        "Log nobody in without a `user_id`: all empty ones would be one account.",
        "no good access token was used at /api/get_user_info",
    ),
    Fault(
        MISSING_USER_INFO,
        (GET_USER_INFO,),
        "The answer is `{}`.",
        contract.Source.ASSUMED.value,
        "Log nobody in unless `user_info` is an object with a `user_id`.",
        "no good access token was used at /api/get_user_info",
    ),
    Fault(
        API_DISABLED,
        _BOTH,
        "The community's admin has switched the developer API off.",
        contract.AUTHORIZE_API_DISABLED.source,
        f"{_TRUST_NO_STATUS} Offer another way to log in.",
    ),
    Fault(
        "http_400",
        _BOTH,
        "Status 400, with an error as JSON.",
        _ANY_SERVICE,
        _NO_2XX,
        instead=effects.json_error(400),
    ),
    Fault(
        "http_401",
        _BOTH,
        "Status 401, with an error as JSON.",
        _ANY_SERVICE,
        _NO_2XX,
        instead=effects.json_error(401),
    ),
    Fault(
        "http_429",
        _BOTH,
        "Status 429, too many requests, with `Retry-After`.",
        _ANY_SERVICE,
        _WAIT,
        instead=effects.json_error(429, retry_after=True),
    ),
    Fault(
        "http_500",
        _BOTH,
        "Status 500, with an HTML body.",
        _ANY_SERVICE,
        _NO_2XX,
        instead=effects.html_page(500),
    ),
    Fault(
        "http_502",
        _BOTH,
        "Status 502, with a proxy's HTML body.",
        _ANY_SERVICE,
        _NO_2XX,
        instead=effects.html_page(502),
    ),
    Fault(
        "http_503",
        _BOTH,
        "Status 503, with `Retry-After` and an HTML body.",
        _ANY_SERVICE,
        _WAIT,
        instead=effects.html_page(503, retry_after=True),
    ),
    Fault(
        "maintenance_page",
        _BOTH,
        "Status 200 and a page for people: down for maintenance.",
        _ANY_SERVICE,
        _NO_JSON,
        instead=effects.html_page(200, "Down for maintenance"),
    ),
    Fault(
        "redirect_to_sign_in",
        _BOTH,
        "A 302 to the sign-in page, which is HTML with status 200.",
        _ANY_SERVICE,
        "Follow no redirect: the API sends none.",
        instead=effects.sign_in_redirect,
    ),
    Fault(
        "too_many_redirects",
        _BOTH,
        "A 302 that leads to itself.",
        _ANY_SERVICE,
        "Follow no redirect: the API sends none.",
        instead=effects.redirect_loop,
    ),
    Fault(
        "empty_body",
        _BOTH,
        "Status 200 and no body at all.",
        _PHP,
        _NO_JSON,
        spoil=effects.emptied,
    ),
    Fault(
        "malformed_json",
        _BOTH,
        "The JSON has a comma too many.",
        _ANY_SERVICE,
        _NO_JSON,
        spoil=effects.malformed,
    ),
    Fault(
        "truncated_json",
        _BOTH,
        "The connection ends in the middle of the body.",
        _ANY_NETWORK,
        _NETWORK,
        spoil=effects.truncated,
    ),
    Fault(
        "php_warning",
        _BOTH,
        "A warning of PHP's, in HTML, before the JSON.",
        _PHP,
        f"{_NO_JSON} Do not search for JSON in what is none.",
        spoil=effects.after_a_php_warning,
    ),
    Fault(
        "connect_timeout",
        _BOTH,
        "No connection comes about in time.",
        _ANY_NETWORK,
        f"Set a timeout. {_NETWORK}",
        barrier=Wire.CONNECT_TIMEOUT,
    ),
    Fault(
        "read_timeout",
        _BOTH,
        "The request arrives and is carried out; the answer does not come in time.",
        _ANY_NETWORK,
        f"Set a timeout. {_NETWORK} The auth_key is spent.",
        spoil=effects.nothing_but(Wire.READ_TIMEOUT),
    ),
    Fault(
        "connection_refused",
        _BOTH,
        "Nothing listens at the address.",
        _ANY_NETWORK,
        _NETWORK,
        barrier=Wire.CONNECTION_REFUSED,
    ),
    Fault(
        "connection_reset",
        _BOTH,
        "The request arrives and is carried out; then the connection is reset.",
        _ANY_NETWORK,
        f"{_NETWORK} The auth_key is spent.",
        spoil=effects.nothing_but(Wire.CONNECTION_RESET),
    ),
    Fault(
        TLS_ERROR,
        _BOTH,
        "The certificate is not one to trust: somebody else may be answering.",
        _ANY_NETWORK,
        "Never set verify=False; log nobody in.",
        barrier=Wire.TLS_ERROR,
    ),
)

FAULTS: Final = {fault.name: fault for fault in _CATALOGUE}
"""The catalogue: each fault by its name, in the order of a login."""


def one_by_one() -> list[Fault]:
    """Every fault at every endpoint."""
    return [single for fault in FAULTS.values() for single in fault.one_by_one()]


def find(name: str) -> Fault:
    """The fault of that `name` or `name@endpoint`.

    Raises `ValueError` for an unknown one, naming the nearest, and `TypeError` for what is no name.
    """
    if not isinstance(name, str):
        raise TypeError(f"a fault is asked for by its name, not {type(name).__name__}")
    bare, _, endpoint = name.partition("@")
    fault = FAULTS.get(bare)
    if fault is not None and not endpoint:
        return fault
    if fault is not None and endpoint in fault.endpoints:
        return dataclasses.replace(fault, endpoints=(endpoint,))
    raise ValueError(_unknown(name, fault))


def _unknown(name: str, fault: Fault | None) -> str:
    if fault is not None:
        return f"no fault {name!r}: {fault.name} happens at {' and '.join(fault.endpoints)}"
    if name in VARIATIONS:
        return (
            f"{name!r} is no fault but a variation of a good answer, which a client has to "
            f"survive: lookloox.vary({name!r})"
        )
    nearest = difflib.get_close_matches(name, [*FAULTS, *map(str, one_by_one())], n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(map(repr, nearest))}? " if nearest else ""
    return f"unknown fault {name!r}; {hint}python -m pytest_lookloox faults lists them all"
