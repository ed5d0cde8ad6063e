"""Warnings about a client's mistakes that a passing test would hide.

Each is a subclass of `LookLooxClientWarning`, so that a line of `filterwarnings` turns one of them
off, or all, and `-W error` turns them into errors.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterable
from logging import LogRecord
from urllib.parse import urlsplit

from pytest_lookloox.provider import facts
from pytest_lookloox.provider.facts import is_blank
from pytest_lookloox.provider.http import Request, Response
from pytest_lookloox.provider.urls import host_of, is_loopback

_ENDPOINT_BY_SECRET = {
    "access_token": facts.GET_USER_INFO,
    "app_secret": facts.AUTHORIZE,
    "auth_key": facts.AUTHORIZE,
}
_UNMISTAKABLE_LENGTH = 16
"""From this length on, a secret is not part of an ordinary word."""

_NOT_THE_CLIENT = {"pytest_lookloox", "requests", "responses", "urllib3"}


class LookLooxClientWarning(UserWarning):
    """The client does something that works in a test and is a mistake."""


class PlainHttpWarning(LookLooxClientWarning):
    """A secret, key or token was sent over plain http, where others can read it."""


class MisdirectedSecretWarning(LookLooxClientWarning):
    """A secret, key or token was sent to an endpoint or a host that does not need it."""


class NoVerificationWarning(LookLooxClientWarning):
    """The provider's certificate was not verified: `verify=False`."""


class NoTimeoutWarning(LookLooxClientWarning):
    """A request had no time-out: a silent provider would hang the website."""


class AuthKeyReuseWarning(LookLooxClientWarning):
    """An auth_key was used twice, although it is valid once."""


class ExpiredTokenReuseWarning(LookLooxClientWarning):
    """An access_token was used again after the provider had called it expired."""


class SecretInLogWarning(LookLooxClientWarning):
    """The log contains a secret, key or token."""


class RedirectUrlQueryWarning(LookLooxClientWarning):
    """The redirect URL has a query string, and Look Loox appends another one."""


class ClientObserver:
    """Collects the client's mistakes; `issue()` warns of them.

    `secrets` returns every secret, key and token of the test.
    """

    def __init__(self, secrets: Callable[[], set[str]]) -> None:
        self._secrets = secrets
        self._pending: deque[LookLooxClientWarning] = deque()
        self._used: set[str] = set()

    def issue(self) -> None:
        """Warn of the mistakes that were not issued before, with the client's line as the place."""
        while True:
            try:
                warning = self._pending.popleft()
            except IndexError:  # another thread may take the last one
                return
            warnings.warn(warning, stacklevel=_stack_level_of_client())

    def observe(self, request: Request, response: Response) -> None:
        """Look at one request to the provider and its answer."""
        params = request.params()
        endpoint = facts.ENDPOINT_BY_PATH.get(request.path)
        secrets = [
            name for name in params if name in _ENDPOINT_BY_SECRET and not is_blank(params[name])
        ]
        for name in secrets:
            if endpoint not in (None, _ENDPOINT_BY_SECRET[name]):
                self._add(
                    MisdirectedSecretWarning,
                    f"{name} was sent to /api/{endpoint}; only "
                    f"/api/{_ENDPOINT_BY_SECRET[name]} needs it",
                )
        self._observe_connection(request, secrets)
        if response.fact in (facts.AUTHORIZE_TOKEN, facts.AUTHORIZE_BAD_AUTH_KEY):
            self._observe_use(
                params["auth_key"],
                AuthKeyReuseWarning,
                "an auth_key was used twice, and is valid once; begin a new login instead",
            )
        if response.fact is facts.USER_INFO_EXPIRED_TOKEN:
            self._observe_use(
                params["access_token"],
                ExpiredTokenReuseWarning,
                "an access_token was used again after it had been answered as expired; begin a "
                "new login instead",
            )

    def observe_other_host(self, host: str, texts: Iterable[str]) -> None:
        """Look at a request to another host, made of these texts."""
        if any(map(self._contains_secret, texts)):
            self._add(
                MisdirectedSecretWarning,
                f"a secret, key or token of Look Loox was sent to {host}; keep it between "
                "your server and the provider",
            )

    def observe_log(self, record: LogRecord) -> None:
        """Look at what the client logged: the message and the traceback, as they were formatted."""
        message = getattr(record, "message", record.msg)
        if self._contains_secret(f"{message}\n{record.exc_text or ''}"):
            self._add(
                SecretInLogWarning,
                f"the logger {record.name!r} wrote a secret, key or token; log the endpoint and "
                "the error message instead",
            )

    def observe_registration(self, redirect_url: str) -> None:
        """Look at an app's redirect URL."""
        if urlsplit(redirect_url).query:
            self._add(
                RedirectUrlQueryWarning,
                "the redirect URL has a query string, and Look Loox appends ?auth_key=… all the "
                "same, so the app cannot read either; register one without",
            )

    def _observe_connection(self, request: Request, secrets: list[str]) -> None:
        host = request.origin.partition("://")[2]
        is_plain = secrets and request.origin.startswith("http:")
        if is_plain and not is_loopback(host_of(request.origin).name):
            names = ", ".join(sorted(secrets))
            self._add(PlainHttpWarning, f"{names} was sent to {host} over plain http; use https")
        if not request.verifies:
            self._add(
                NoVerificationWarning,
                f"{host or 'the provider'} was called with verify=False, so any server "
                "could have answered; leave verify out, or name the authority's file",
            )
        if not request.has_timeout:
            self._add(
                NoTimeoutWarning,
                f"{request.path} was called without a time-out; pass timeout=5, for example",
            )

    def _observe_use(
        self, secret: str, category: type[LookLooxClientWarning], message: str
    ) -> None:
        """Warn of the second use of a key or token that is of no more use."""
        if secret in self._used:
            self._add(category, message)
        self._used.add(secret)

    def _contains_secret(self, text: str) -> bool:
        """Return whether the text contains a secret, a short one as a word of its own.

        A suite chooses its app's secret: `"secret"` is not one in "invalid app_secret".
        """
        return any(
            secret in text
            and (
                len(secret) >= _UNMISTAKABLE_LENGTH
                or re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", text)
            )
            for secret in self._secrets()
        )

    def _add(self, category: type[LookLooxClientWarning], message: str) -> None:
        self._pending.append(category(f"{message}."))


def _stack_level_of_client() -> int:
    """Return the `stacklevel` for `warnings.warn` at which the client's own code is."""
    level = 1
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] in _NOT_THE_CLIENT:
        frame = frame.f_back
        level += 1
    return level
