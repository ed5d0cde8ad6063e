"""The client's conduct: what works in a test, and is a mistake all the same. It warns, never fails.

Each mistake is a subclass of `LookLooxClientWarning`, so that a line of `filterwarnings` turns one
of them off, or all, and `-W error` turns them into errors.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from pytest_lookloox import contract
from pytest_lookloox.contract import Fact, is_blank
from pytest_lookloox.exchange import Request
from pytest_lookloox.urls import is_loopback

_LEGITIMATE = {
    "access_token": contract.GET_USER_INFO,
    "app_secret": contract.AUTHORIZE,
    "auth_key": contract.AUTHORIZE,
}
_UNMISTAKABLE = 16
"""Characters that make a secret too long to be a part of some word."""
_NOT_THE_CLIENT = {"pytest_lookloox", "requests", "responses", "urllib3"}


class LookLooxClientWarning(UserWarning):
    """The client does something that works in a test, and is a mistake all the same."""


class PlainHttpWarning(LookLooxClientWarning):
    """A secret, key or token was sent over plain http, where others can read it."""


class MisdirectedSecretWarning(LookLooxClientWarning):
    """A secret, key or token was sent to an endpoint or a host that it is not for."""


class NoVerificationWarning(LookLooxClientWarning):
    """The provider's certificate was not verified: `verify=False`."""


class NoTimeoutWarning(LookLooxClientWarning):
    """A request had no time-out: a silent provider would hang the website."""


class AuthKeyReuseWarning(LookLooxClientWarning):
    """An auth_key was used twice, although it is valid once."""


class ExpiredTokenReuseWarning(LookLooxClientWarning):
    """An access_token was used again after the provider had called it expired."""


class SecretInLogWarning(LookLooxClientWarning):
    """A secret, key or token stands in the log."""


class RedirectUrlQueryWarning(LookLooxClientWarning):
    """The redirect URL has a query string, and Look Loox appends another one."""


class Conduct:
    """Notices mistakes; `warn()` reports them, once each, to whoever stands in the door."""

    def __init__(self) -> None:
        self.secrets: set[str] = set()
        """Every secret, key and token of this test."""
        self._noticed: list[LookLooxClientWarning] = []
        self._answered_keys: set[str] = set()
        self._expired_tokens: set[str] = set()

    def warn(self) -> None:
        """Warn of what was noticed since the last time, at the client's own line."""
        while self._noticed:
            warnings.warn(self._noticed.pop(0), stacklevel=_level_of_the_client())

    def asked(self, endpoint: str | None, params: Mapping[str, str], fact: Fact | None) -> None:
        """The provider was asked, and answered with this fact."""
        for name, legitimate in _LEGITIMATE.items():
            if endpoint not in (None, legitimate) and not is_blank(params.get(name)):
                self._notice(
                    MisdirectedSecretWarning,
                    f"{name} was sent to /api/{endpoint}; only /api/{legitimate} needs it",
                )
        if fact in (contract.AUTHORIZE_TOKEN, contract.AUTHORIZE_BAD_AUTH_KEY):
            self._key_was_answered(params["auth_key"])
        if fact is contract.USER_INFO_EXPIRED_TOKEN:
            self._token_had_expired(params["access_token"])

    def sent(self, url: str, request: Request, timeout: Any) -> None:
        """The client sent the provider a request, with this time-out of `requests`."""
        parts = urlsplit(url)
        if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
            names = ", ".join(sorted(_secret_names(request.params())))
            if names:
                self._notice(
                    PlainHttpWarning,
                    f"{names} was sent to {parts.netloc} over plain http; use https",
                )
        if not request.verifies:
            self._notice(
                NoVerificationWarning,
                f"{parts.netloc} was asked with verify=False, so anybody could have answered; "
                "leave verify out, or name the authority's file",
            )
        if not _is_limited(timeout):
            self._notice(
                NoTimeoutWarning,
                f"{parts.path} was asked without a time-out; pass timeout=5, say",
            )

    def sent_elsewhere(self, host: str, texts: Iterable[str]) -> None:
        """The client sent a request to some other host, made of these texts."""
        if any(map(self._gives_away, texts)):
            self._notice(
                MisdirectedSecretWarning,
                f"a secret, key or token of Look Loox was sent to {host}; keep it between "
                "your server and the provider",
            )

    def logged(self, logger: str, message: str) -> None:
        """The client logged a message."""
        if self._gives_away(message):
            self._notice(
                SecretInLogWarning,
                f"the logger {logger!r} wrote a secret, key or token; log the endpoint and the "
                "error message instead",
            )

    def registered(self, redirect_url: str) -> None:
        """An app was registered with this redirect URL."""
        if urlsplit(redirect_url).query:
            self._notice(
                RedirectUrlQueryWarning,
                "the redirect URL has a query string, and Look Loox appends ?auth_key=… all the "
                "same, so the app cannot read either; register one without",
            )

    def _gives_away(self, text: str) -> bool:
        """Whether a secret, key or token stands in a text, a short one as a word of its own.

        An app's secret is what a suite says it is: `"secret"` is none in "invalid app_secret".
        """
        return any(
            secret in text
            and (
                len(secret) >= _UNMISTAKABLE
                or re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", text)
            )
            # A copy: another thread may be handed a key meanwhile.
            for secret in tuple(self.secrets)
        )

    def _key_was_answered(self, auth_key: str) -> None:
        if auth_key in self._answered_keys:
            self._notice(
                AuthKeyReuseWarning,
                "an auth_key was used twice, and is valid once; begin a new login instead",
            )
        self._answered_keys.add(auth_key)

    def _token_had_expired(self, access_token: str) -> None:
        if access_token in self._expired_tokens:
            self._notice(
                ExpiredTokenReuseWarning,
                "an access_token was used again after it had been answered as expired; begin a "
                "new login instead",
            )
        self._expired_tokens.add(access_token)

    def _notice(self, category: type[LookLooxClientWarning], message: str) -> None:
        self._noticed.append(category(f"{message}."))


def _secret_names(params: Mapping[str, str]) -> set[str]:
    return {name for name in _LEGITIMATE if not is_blank(params.get(name))}


def _is_limited(timeout: Any) -> bool:
    """Whether a time-out of `requests` limits both connecting and reading."""
    if isinstance(timeout, tuple):
        return None not in timeout
    return timeout is not None


def _level_of_the_client() -> int:
    """How far above `warnings.warn` the client's own code stands, for its `stacklevel`."""
    level = 1
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] in _NOT_THE_CLIENT:
        frame = frame.f_back
        level += 1
    return level
