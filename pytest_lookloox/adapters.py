"""Watches the adapters of sessions: requests-mock puts its own in the place of every other.

While a request is under way it sets `get_adapter` on the session, so that nothing ever reaches
`HTTPAdapter.send`. A data descriptor on the class sees that: it wins over the session's attribute.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any

_NAME = "get_adapter"


class AdapterWatch:
    """Stands in for `Session.get_adapter`; an adapter set on one session is handed to `beside`.

    `beside` returns the adapter to use in its place.
    """

    def __init__(self, get_adapter: Any, beside: Callable[[Any], Any]) -> None:
        self.get_adapter = get_adapter
        self._beside = beside

    def __get__(self, session: Any, owner: type) -> Any:
        if session is None:
            return self.get_adapter
        return vars(session).get(_NAME) or MethodType(self.get_adapter, session)

    def __set__(self, session: Any, get_adapter: Callable[[str], Any]) -> None:
        def watched(_: Any, url: str) -> Any:
            return self._beside(get_adapter(url))

        vars(session)[_NAME] = MethodType(watched, session)

    def __delete__(self, session: Any) -> None:
        del vars(session)[_NAME]
