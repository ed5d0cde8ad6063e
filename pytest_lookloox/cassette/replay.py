"""A recording in the provider's place: it answers what was recorded, and nothing else."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pytest_lookloox.app import App
from pytest_lookloox.calls import Call
from pytest_lookloox.cassette.comparison import (
    Comparison,
    compared,
    is_same_endpoint,
    not_recorded,
    not_used_up,
)
from pytest_lookloox.cassette.model import (
    ISSUE_ACCESS_TOKEN,
    ISSUE_AUTH_KEY,
    Cassette,
    Exchange,
    parsed,
)
from pytest_lookloox.conduct import Conduct
from pytest_lookloox.contract import ENDPOINT_BY_PATH, is_blank
from pytest_lookloox.exchange import NoAnswer, Request, Response, Wire
from pytest_lookloox.user_info import identity

_log = logging.getLogger(__name__)


class Replay:
    """Answers from a cassette, in order for each endpoint; offers what a `Provider` does.

    `app` is the registered app under the test's own address; `configured` leads from values that
    the test configured to those that the recording has in their place.
    """

    def __init__(self, cassette: Cassette, app: App, configured: Mapping[str, str]) -> None:
        self.calls: list[Call] = []
        self.problems: list[str] = []
        self.apps = {app.app_id: app}
        self.users = {identity(cassette.user): cassette.user}
        self.conduct = Conduct()
        self.scenarios: tuple[()] = ()
        self._cassette = cassette
        self._redirect_url = app.redirect_url
        self._configured = configured
        # By identity: an equal one may be recorded, too.
        self._unused = {id(exchange): exchange for exchange in cassette.exchanges}
        self._keys = list(_keys(cassette))
        self._tokens = list(_tokens(cassette))
        self._own = {
            cassette.app.app_id,
            cassette.app.app_secret,
            *(key for key, _ in self._keys),
            *(token for token, _ in self._tokens),
        }
        self._sent_for: dict[str, str] = {}
        self._lock = threading.Lock()

    def handle(self, request: Request) -> Response:
        """The next recorded answer of the endpoint; raises `NoAnswer` if it is another's."""
        with self._lock:
            params = request.params()
            exchange = self._next(request, params)
            self._use(exchange)
            self._bind(exchange, params)
            response = self._response(exchange)
            self.calls.append(_call(request, params, response))
            return response

    def keep_the_door(self, doorkeeper: Callable[[Wire | None], None] | None) -> None:
        """Nothing befalls a recording, so nobody is kept out."""

    def approve(self, app_id: str, user_id: str) -> None:
        """The user of a recording has decided already."""

    def callback_url(self, app: App, auth_key: str) -> str:
        """Where the user is sent with an auth_key."""
        return app.callback_url(auth_key)

    def issue_auth_key(self, app_id: str, user_id: str) -> str:
        """The next auth_key that was handed out; the request that did so counts as used."""
        with self._lock:
            return self._hand_out(self._keys, "auth_key")

    def issue_access_token(self, app_id: str, user_id: str) -> str:
        """The next access_token that was handed out; the requests up to it count as used."""
        with self._lock:
            return self._hand_out(self._tokens, "access_token")

    def unused(self) -> list[str]:
        """What the test did not ask for, as one problem or none."""
        return [not_used_up(self._cassette, [*self._unused.values()])] if self._unused else []

    def _hand_out(self, values: list[tuple[str, tuple[Exchange, ...]]], name: str) -> str:
        for value, sources in values:
            if not sources or self._is_unused(sources[-1]):
                values.remove((value, sources))
                self._use(*sources)
                return value
        raise ValueError(
            f"the recording {self._cassette.name!r} hands out no further {name}: "
            "ask for as many as were recorded"
        )

    def _is_unused(self, exchange: Exchange) -> bool:
        return id(exchange) in self._unused

    def _use(self, *exchanges: Exchange) -> None:
        for exchange in exchanges:
            self._unused.pop(id(exchange), None)

    def _next(self, request: Request, params: Mapping[str, str]) -> Exchange:
        # Of each endpoint, what was recorded first comes first.
        for exchange in self._unused.values():
            if is_same_endpoint(exchange, request):
                if self._compared(exchange, request, params).is_same:
                    return exchange
                break
        comparisons = [self._compared(other, request, params) for other in self._cassette.exchanges]
        problem = not_recorded(self._cassette, request, params, comparisons)
        self.problems.append(problem)
        # An app may catch what it gets here: the log shows why a test of its pages then fails.
        _log.warning(problem)
        raise NoAnswer(problem)

    def _compared(
        self, exchange: Exchange, request: Request, params: Mapping[str, str]
    ) -> Comparison:
        return compared(
            exchange, request, params, self._stands_for, used=not self._is_unused(exchange)
        )

    def _stands_for(self, recorded: str, sent: str) -> bool:
        """Whether a value that was sent is the one that a placeholder stands for."""
        sent = self._configured.get(sent, sent)
        if recorded == sent or is_blank(recorded) or is_blank(sent):
            return is_blank(recorded) == is_blank(sent)
        if recorded in self._own or sent in self._own:
            return False
        # Some wrong secret, say: any value will do, as long as it is the same each time.
        return self._sent_for.get(recorded, sent) == sent

    def _bind(self, exchange: Exchange, params: Mapping[str, str]) -> None:
        for name, recorded in exchange.params.items():
            if recorded not in self._own:
                self._sent_for[recorded] = params[name]

    def _response(self, exchange: Exchange) -> Response:
        location = exchange.location
        if location is not None:
            location = location.replace(self._cassette.app.redirect_url, self._redirect_url, 1)
        return Response(
            fact=None,
            status=exchange.status,
            content_type=exchange.content_type or "",
            data=_data(exchange.body),
            body=exchange.body,
            location=location,
            headers=exchange.other_headers,
        )


def _data(body: bytes) -> Any:
    """What a body means: of each test's own, to be changed at will."""
    if not body:
        return ""
    try:
        return parsed(body)
    except ValueError:
        return body.decode(errors="replace")


def _keys(cassette: Cassette) -> Iterator[tuple[str, tuple[Exchange, ...]]]:
    """The auth_keys that were handed out, each with the request that did so, if one did."""
    for exchange in cassette.exchanges:
        for step in exchange.before:
            if step.action == ISSUE_AUTH_KEY:
                yield step.value, ()
        if exchange.auth_key is not None:
            yield exchange.auth_key, (exchange,)


def _tokens(cassette: Cassette) -> Iterator[tuple[str, tuple[Exchange, ...]]]:
    """The access_tokens that were handed out, each with the requests that led to it."""
    source_of_key = dict(_keys(cassette))
    for exchange in cassette.exchanges:
        for step in exchange.before:
            if step.action == ISSUE_ACCESS_TOKEN:
                yield step.value, ()
        if exchange.access_token is not None:
            sources = source_of_key.get(exchange.params.get("auth_key", ""), ())
            yield exchange.access_token, (*sources, exchange)


def _call(request: Request, params: Mapping[str, str], response: Response) -> Call:
    failed = isinstance(response.data, dict) and response.data.get("error")
    return Call(
        endpoint=ENDPOINT_BY_PATH.get(request.path),
        params=params,
        status=response.status,
        body=response.data,
        error=response.data.get("message") if failed else None,
        method=request.method,
        path=request.path,
    )
