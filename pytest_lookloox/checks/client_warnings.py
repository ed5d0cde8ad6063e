"""Warnings about a client's mistakes that a passing test would hide.

Each is a subclass of `LookLooxClientWarning`, so that a line of `filterwarnings` turns one of them
off, or all, and `-W error` turns them into errors.
"""

from __future__ import annotations

import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterable
from logging import LogRecord
from typing import Any
from urllib.parse import urlsplit

from pytest_lookloox.provider import facts
from pytest_lookloox.provider.facts import is_blank
from pytest_lookloox.provider.http import Request, Response
from pytest_lookloox.provider.redaction import is_in
from pytest_lookloox.provider.urls import host_of, is_loopback

__tracebackhide__ = True

_ENDPOINT_BY_SECRET = {
    "access_token": facts.GET_USER_INFO,
    "app_secret": facts.AUTHORIZE,
    "auth_key": facts.AUTHORIZE,
}
_LIBRARIES = {"pytest_lookloox", "requests", "responses", "urllib3", "httpx", "contextlib"}
_NO_CLIENT = {"_pytest", "pluggy", "http", "socketserver", "concurrent", "asyncio"}


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


class UnusedFaultWarning(LookLooxClientWarning):
    """A fault or variation that the test asked for never took effect."""


class ClientObserver:
    """Collects the client's mistakes; at the end of the test, `issue()` warns of them.

    Issued inside the client's own call, a warning that is turned into an error could be swallowed
    there. `secrets` returns every secret, key and token of the test.
    """

    def __init__(self, secrets: Callable[[], set[str]]) -> None:
        self._secrets = secrets
        self.pending: deque[tuple[LookLooxClientWarning, tuple[str, int]]] = deque()
        self._used: set[str] = set()

    def issue(self) -> None:
        """Warn of the mistakes that were not issued before, each with the client's line."""
        while self.pending:
            warning, (file, line) = self.pending.popleft()
            try:
                warnings.warn_explicit(warning, None, file, line)
            except LookLooxClientWarning:
                # As an error, it would not tell the place.
                raise type(warning)(f"{warning} ({file}:{line})") from None

    def observe(self, request: Request, response: Response) -> None:
        """Look at one request to the provider and its answer."""
        params = request.params()
        endpoint = facts.ENDPOINT_BY_PATH.get(request.path)
        secrets = [name for name in _ENDPOINT_BY_SECRET if not is_blank(params.get(name))]
        for name in secrets:
            needed_at = _ENDPOINT_BY_SECRET[name]
            if endpoint not in (None, needed_at):
                message = f"{name} was sent to /api/{endpoint}; only /api/{needed_at} needs it"
                self._add(MisdirectedSecretWarning, message)
        self._observe_connection(request, secrets)
        # After these answers, a key or token is of no more use.
        if response.fact in (facts.AUTHORIZE_TOKEN, facts.AUTHORIZE_BAD_AUTH_KEY):
            mistake = "an auth_key was used twice, and is valid once"
            self._observe_use(params["auth_key"], AuthKeyReuseWarning, mistake)
        elif response.fact is facts.USER_INFO_EXPIRED_TOKEN:
            mistake = "an access_token was used again after it had expired"
            self._observe_use(params["access_token"], ExpiredTokenReuseWarning, mistake)

    def observe_other_host(self, host: str, texts: Iterable[str]) -> None:
        """Look at a request to another host, made of these texts."""
        if any(is_in(secret, text) for text in texts for secret in self._secrets()):
            self._add(
                MisdirectedSecretWarning,
                f"a secret, key or token of Look Loox was sent to {host}; keep it between "
                "your server and the provider, whose address is the option base_url",
            )

    def observe_log(self, record: LogRecord) -> None:
        """Look at what the client logged: the message and the traceback, as they were formatted."""
        message = getattr(record, "message", record.msg)
        text = f"{message}\n{record.exc_text or ''}"
        if any(is_in(secret, text) for secret in self._secrets()):
            self._add(
                SecretInLogWarning,
                f"the logger {record.name!r} wrote a secret, key or token; log the endpoint and "
                "the error message instead",
                (record.pathname, record.lineno),
            )

    def observe_registration(self, redirect_url: str) -> None:
        """Look at an app's redirect URL."""
        if urlsplit(redirect_url).query:
            self._add(
                RedirectUrlQueryWarning,
                "the redirect URL has a query string, and Look Loox appends ?auth_key=… all the "
                "same, so the app cannot read either; register one without",
            )

    def observe_unused(self, origin: str, why: str, place: tuple[str, int]) -> None:
        """Look at a fault or variation that a test's body asked for at this line in vain."""
        message = f"the {origin} never took effect: {why}; let the client go that far, or remove it"
        self._add(UnusedFaultWarning, message, place)

    def _observe_connection(self, request: Request, secrets: list[str]) -> None:
        host = request.origin.partition("://")[2]
        is_plain = secrets and request.origin.startswith("http:")
        if is_plain and not is_loopback(host_of(request.origin).name):
            sent = ", ".join(secrets)
            self._add(PlainHttpWarning, f"{sent} was sent to {host} over plain http; use https")
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
        self, secret: str, category: type[LookLooxClientWarning], mistake: str
    ) -> None:
        if secret in self._used:
            self._add(category, f"{mistake}; begin a new login instead")
        self._used.add(secret)

    def _add(
        self,
        category: type[LookLooxClientWarning],
        message: str,
        place: tuple[str, int] | None = None,
    ) -> None:
        self.pending.append((category(f"{message}."), place or place_of_client()))


def place_of_client() -> tuple[str, int]:
    """Return the file and line of the client's own code, if it runs here."""
    frame: Any = sys._getframe(1)
    while (package := frame.f_globals.get("__name__", "").partition(".")[0]) in _LIBRARIES:
        frame = frame.f_back
    if package in _NO_CLIENT:
        return "Look Loox", 0
    return frame.f_code.co_filename, frame.f_lineno
