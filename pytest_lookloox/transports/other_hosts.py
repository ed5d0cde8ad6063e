"""Requests to other hosts than the provider: which are let through, and why others are refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pytest_lookloox.provider import urls
from pytest_lookloox.provider.redaction import redact_url

_NO_HOST = ("http://0.invalid/", "https://0.invalid/")
"""A prefix that lets these through lets everything through."""


def is_let_through(prefixes: Iterable[str | re.Pattern[str]], url: str) -> bool:
    """Return whether a mock's passthrough prefix that names a host lets this URL through.

    A blanket prefix such as `"http"`, which some mocks set for themselves, is not a permission.
    """
    for prefix in prefixes:
        pattern = prefix if isinstance(prefix, re.Pattern) else re.compile(re.escape(prefix))
        if pattern.match(url) and not any(map(pattern.match, _NO_HOST)):
            return True
    return False


def refusal(method: str, url: str, simulated: Iterable[str], *, is_app: bool) -> str:
    """Return why a request is refused, and the ways out; `is_app`: the URL is the app's own."""
    shown = f"{method} {redact_url(url)} was refused"
    if is_app:
        return (
            f"{shown}: this is the redirect to your own app, which no server answers here. Let "
            "your app's test client follow it, client.get(lookloox.approve()), or stop at the "
            "redirect with allow_redirects=False. An app that really listens goes into "
            f"allowed_hosts=[{str(urls.host_of(url))!r}]."
        )
    address = redact_url(url).partition("?")[0]
    return (
        f"{shown}: only {', '.join(simulated)} is simulated, and no test reaches the network by "
        f"surprise. Stub the other service with lookloox.stub.{method.lower()}({address!r}, …), "
        f"or let it through with "
        f"@pytest.mark.lookloox(allowed_hosts=[{urls.host_of(url).name!r}])."
    )


def to_text(sent: Any) -> str:
    """Return a part of a request as text, `""` for a body that is neither text nor bytes."""
    if isinstance(sent, bytes):
        return sent.decode(errors="replace")
    return sent if isinstance(sent, str) else ""
