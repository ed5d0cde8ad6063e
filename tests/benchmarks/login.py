"""Stubs for `requests`: logins, by requests and httpx, set-up and teardown."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import pytest
import requests
import responses
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from pytest_lookloox import LookLoox
from pytest_lookloox.provider.facts import DEFAULT_BASE_URL
from pytest_lookloox.provider.models import DEFAULT_APP
from tests.benchmarks.figure import Bound, Figure
from tests.benchmarks.measure import Effort, Work, costs, is_installed
from tests.benchmarks.website import (
    ANSWERS,
    BODIES,
    OAUTH_PATH,
    REDIRECT,
    log_in,
    new_session,
    visit,
)


def login(effort: Effort) -> list[Figure]:
    contenders: dict[str, Work] = {
        "floor": visit_canned,
        "lookloox": lambda: with_lookloox(visit),
        "responses, by hand": lambda: with_responses(visit, ANSWERS),
    }
    if is_installed("requests_mock"):
        contenders["requests-mock"] = lambda: with_requests_mock(visit, ANSWERS)
    limits = {"floor": 1.35, "responses, by hand": 0.75, "requests-mock": 1}
    return compared("A login: CPU time", contenders, effort.rounds, effort.repetitions, limits)


def login_by_httpx(effort: Effort) -> list[Figure]:
    import httpx

    client = httpx.Client()  # one for all: to make its certificates takes longer than a login
    contenders: dict[str, Work] = {"lookloox": lambda: with_lookloox(lambda: log_in(client))}
    if is_installed("respx"):
        contenders["respx"] = lambda: with_respx(client)
    if is_installed("pytest_httpx"):
        contenders["pytest-httpx"] = lambda: with_pytest_httpx(client)
    limits = dict.fromkeys(list(contenders)[1:], 1.0)
    title = "A login by httpx: CPU time"
    return compared(title, contenders, effort.rounds, effort.repetitions, limits)


def opening(effort: Effort) -> list[Figure]:
    empty = "empty RequestsMock()"
    contenders: dict[str, Work] = {
        empty: lambda: with_responses(nothing, {}),
        "lookloox": lambda: with_lookloox(nothing),
    }
    if is_installed("requests_mock"):
        contenders["requests-mock"] = lambda: with_requests_mock(nothing, {})
    title = "Set-up and teardown: CPU time"
    return compared(title, contenders, effort.rounds, 10 * effort.repetitions, {empty: 1})


def compared(
    title: str,
    contenders: Mapping[str, Work],
    rounds: int,
    repetitions: int,
    limits: Mapping[str, float],
) -> list[Figure]:
    """Compare the contenders with the first one, and our plugin with the limits to its peers."""
    measured = costs(contenders, rounds, repetitions)
    bounds = tuple(Bound("lookloox", limit, peer) for peer, limit in limits.items())
    return [Figure(title, "µs", measured, next(iter(contenders)), bounds)]


def nothing() -> None:
    """Send no request."""


def with_lookloox(work: Work) -> None:
    with LookLoox():
        work()


def with_responses(work: Work, answers: dict[str, Any]) -> None:
    with responses.RequestsMock() as mock:
        stub(mock, "status", answers)
        work()


def with_requests_mock(work: Work, answers: dict[str, Any]) -> None:
    import requests_mock

    with requests_mock.Mocker() as mock:
        stub(mock, "status_code", answers)
        work()


def with_respx(client: Any) -> None:
    import respx

    with respx.mock:
        respx.get(f"{DEFAULT_BASE_URL}{OAUTH_PATH}").respond(302, headers=REDIRECT)
        for path, answer in ANSWERS.items():
            respx.get(f"{DEFAULT_BASE_URL}{path}").respond(json=answer)
        log_in(client)


def with_pytest_httpx(client: Any) -> None:
    import httpx
    from pytest_httpx import HTTPXMock
    from pytest_httpx._options import _HTTPXMockOptions

    mock = HTTPXMock(_HTTPXMockOptions())
    with pytest.MonkeyPatch.context() as patch:
        # As its fixture does.
        patch.setattr(
            httpx.HTTPTransport, "handle_request", lambda *sent: mock._handle_request(*sent)
        )
        mock.add_response(
            url=f"{DEFAULT_BASE_URL}{OAUTH_PATH}",
            match_params={"app_id": DEFAULT_APP.app_id},
            status_code=302,
            headers=REDIRECT,
        )
        for path, answer in ANSWERS.items():
            mock.add_response(url=re.compile(f"{DEFAULT_BASE_URL}{path}.*"), json=answer)
        log_in(client)


def stub(mock: Any, status: str, answers: dict[str, Any]) -> None:
    """Stub a login by hand; the two libraries name the status differently."""
    if answers:
        mock.get(f"{DEFAULT_BASE_URL}{OAUTH_PATH}", headers=REDIRECT, **{status: 302})
    for path, answer in answers.items():
        mock.get(f"{DEFAULT_BASE_URL}{path}", json=answer)


def visit_canned() -> None:
    """Log in as `visit` does, answered by the adapter: nothing is patched."""
    with new_session() as session:
        session.mount("https://", _CannedAnswers())
        log_in(session, allow_redirects=False)


class _CannedAnswers(HTTPAdapter):
    """An adapter that has the answers at hand."""

    def send(
        self, request: requests.PreparedRequest, *args: object, **options: object
    ) -> requests.Response:
        path = request.path_url.partition("?")[0]
        is_json = path in BODIES
        answer = HTTPResponse(
            body=io.BytesIO(BODIES.get(path, b"")),
            headers={"Content-Type": "application/json"} if is_json else REDIRECT,
            status=200 if is_json else 302,
            preload_content=False,
        )
        return self.build_response(request, answer)
