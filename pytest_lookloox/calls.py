"""The provider's memory of what it was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pytest_lookloox.masking import masked_query, shortened


class Call(NamedTuple):
    """One request to the provider and its answer.

    `endpoint` is `"oauth"`, `"authorize"` or `"get_user_info"`, or `None` for any other path.
    `params` are the query parameters, `body` is the JSON value of the answer (a page's text where
    it was no JSON), and `error` is the error message, or `None`.
    """

    endpoint: str | None
    params: Mapping[str, str]
    status: int
    body: Any
    error: str | None
    method: str
    path: str

    def __repr__(self) -> str:
        """The call in one line, its secrets masked."""
        outcome = f": {self.error}" if self.error else ""
        query = masked_query(self.params)
        return f"<Call {self.method} {shortened(self.path)}{query} {self.status}{outcome}>"
