"""Beside requests-mock, which puts an adapter of its own in the place of every other.

While a request is under way it sets `get_adapter` on the session, so that nothing ever reaches
`HTTPAdapter.send`. A data descriptor on the class sees that: it wins over the session's attribute.
Belongs to `stubs`, and is imported by nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter, HTTPAdapter

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


class Beside(BaseAdapter):
    """The adapter of requests-mock, with the provider behind it for what it has no stub for."""

    def __init__(self, adapter: BaseAdapter, is_simulated: Callable[[str], bool]) -> None:
        super().__init__()
        self._adapter = adapter
        self._is_simulated = is_simulated

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        """Ask requests-mock first, and the provider if it says that it does not know the URL."""
        try:
            return self._adapter.send(request, *args, **options)
        except Exception as error:
            # By name: requests-mock need not be installed. Its stubs raise whatever they like.
            if type(error).__name__ != "NoMockAddress" or not self._is_simulated(str(request.url)):
                raise
        return HTTPAdapter().send(request, *args, **options)
