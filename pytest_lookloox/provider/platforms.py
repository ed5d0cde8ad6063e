"""The two behaviours of the API: what its document promises, and what today's servers do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pytest_lookloox.provider import facts
from pytest_lookloox.provider.http import Request


@dataclass(frozen=True)
class Platform:
    """What differs between the two; everything else is the same.

    `authorize_method` is `"GET"`, with the parameters in the query, or `"POST"`, with the
    parameters in the form; a token works for `token_lifetime` seconds; `has_newer_fields` adds
    `profile_picture` and `profile_cover` to the 14 fields.
    """

    name: str
    authorize_method: str
    token_lifetime: int
    has_newer_fields: bool

    def method_of(self, endpoint: str) -> str:
        """Return the method that clients have to use at an endpoint."""
        return self.authorize_method if endpoint == facts.AUTHORIZE else "GET"

    def refuses(self, path: str, method: str) -> bool:
        """Return whether this is a call of `authorize` that only the other platform reads."""
        is_other = method in {"GET", "POST"} - {self.authorize_method}
        return is_other and facts.ENDPOINT_BY_PATH.get(path) == facts.AUTHORIZE

    def params_of(self, request: Request) -> dict[str, str]:
        """Return the parameters that the server reads, from one place only."""
        endpoint = facts.ENDPOINT_BY_PATH.get(request.path, "")
        return request.form() if self.method_of(endpoint) == "POST" else request.query_params()


DOCUMENTED: Final = Platform("documented", "GET", 3600, has_newer_fields=False)
"""What the document promises (D)."""

CURRENT: Final = Platform("current", "POST", 60, has_newer_fields=True)
"""What servers do (O): the POST from version 4.0.4 of the platform on, the rest in every trace."""

PLATFORMS: Final = {platform.name: platform for platform in (DOCUMENTED, CURRENT)}
"""Both by name."""
