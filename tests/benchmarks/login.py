"""Stubs for `requests`: logins, set-up and teardown, and a login from a recording."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import requests
import responses
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from pytest_lookloox import LookLoox
from pytest_lookloox.cassettes import library
from pytest_lookloox.lookloox import view
from pytest_lookloox.provider.facts import DEFAULT_BASE_URL
from pytest_lookloox.simulation import play
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
    visit_bare,
)


def login(effort: Effort) -> list[Figure]:
    return [_login("A login: CPU time", visit, visit_canned, (1.35, 0.75, 1), effort)]


def bare(effort: Effort) -> list[Figure]:
    title = "A login with bare requests.get: CPU time"
    return [_login(title, visit_bare, visit_canned_bare, (1.3, 0.85, 1), effort)]


def opening(effort: Effort) -> list[Figure]:
    empty = "empty RequestsMock()"
    contenders: dict[str, Work] = {
        empty: lambda: with_responses(nothing, {}),
        "lookloox": lambda: with_lookloox(nothing),
    }
    if is_installed("requests_mock"):
        contenders["requests-mock"] = lambda: with_requests_mock(nothing, {})
    return [
        Figure(
            "Set-up and teardown: CPU time",
            "µs",
            costs(contenders, effort.rounds, 10 * effort.repetitions),
            base=empty,
            bounds=(Bound("lookloox", 1, empty),),
        )
    ]


def replaying(effort: Effort) -> list[Figure]:
    file = library.find_cassette("login", Path())
    contenders: dict[str, Work] = {
        "lookloox": lambda: with_lookloox(visit),
        "lookloox_cassette": lambda: with_cassette(file, visit),
    }
    return [
        Figure(
            "A login from a recording: CPU time",
            "µs",
            costs(contenders, effort.rounds, effort.repetitions),
            base="lookloox",
            bounds=(Bound("lookloox_cassette", 1, "lookloox"),),
        )
    ]


def _login(
    title: str, visit: Work, floor: Work, limits: tuple[float, float, float], effort: Effort
) -> Figure:
    contenders: dict[str, Work] = {
        "floor": floor,
        "lookloox": lambda: with_lookloox(visit),
        "responses, one catch-all": lambda: with_catch_all(visit),
        "responses, by hand": lambda: with_responses(visit, ANSWERS),
    }
    if is_installed("requests_mock"):
        contenders["requests-mock"] = lambda: with_requests_mock(visit, ANSWERS)
    peers = ("floor", "responses, by hand", "requests-mock")
    bounds = (Bound("lookloox", limit, peer) for limit, peer in zip(limits, peers, strict=True))
    measured = costs(contenders, effort.rounds, effort.repetitions)
    return Figure(title, "µs", measured, base="floor", bounds=tuple(bounds))


def nothing() -> None:
    """Send no request."""


def with_lookloox(work: Work) -> None:
    with LookLoox():
        work()


def with_responses(work: Work, answers: dict[str, Any]) -> None:
    with responses.RequestsMock() as mock:
        if answers:
            mock.get(f"{DEFAULT_BASE_URL}{OAUTH_PATH}", status=302, headers=REDIRECT)
        for path, answer in answers.items():
            mock.get(f"{DEFAULT_BASE_URL}{path}", json=answer)
        work()


def with_requests_mock(work: Work, answers: dict[str, Any]) -> None:
    import requests_mock

    with requests_mock.Mocker() as mock:
        if answers:
            mock.get(f"{DEFAULT_BASE_URL}{OAUTH_PATH}", status_code=302, headers=REDIRECT)
        for path, answer in answers.items():
            mock.get(f"{DEFAULT_BASE_URL}{path}", json=answer)
        work()


def with_catch_all(work: Work) -> None:
    with responses.RequestsMock() as mock:
        mock.add(_CatchAll("GET", DEFAULT_BASE_URL))
        work()


def with_cassette(file: Path, work: Work) -> None:
    with view(play(library.load(file), {}, use_up=True)):
        work()


def visit_canned() -> None:
    """Log in as `visit` does, answered by the adapter: nothing is patched."""
    with new_session() as session:
        session.mount("https://", _CannedAnswers())
        log_in(session.get)


def visit_canned_bare() -> None:
    """Log in as `visit_bare` does, answered by the adapter: the least that has to be patched."""
    real_send = HTTPAdapter.send
    HTTPAdapter.send = _CannedAnswers.send  # type: ignore[method-assign, assignment]
    try:
        visit_bare()
    finally:
        HTTPAdapter.send = real_send  # type: ignore[method-assign]


class _CannedAnswers(HTTPAdapter):
    """An adapter that has the answers at hand."""

    def send(
        self, request: requests.PreparedRequest, *args: object, **options: object
    ) -> requests.Response:
        return self.build_response(request, _canned_answer(request))


class _CatchAll(responses.BaseResponse):
    """The least that a stub of one's own for `responses` can be: no logic at all."""

    def matches(self, request: requests.PreparedRequest) -> tuple[bool, str]:
        return True, ""

    def get_response(self, request: requests.PreparedRequest) -> HTTPResponse:
        return _canned_answer(request)


def _canned_answer(request: requests.PreparedRequest) -> HTTPResponse:
    path = request.path_url.partition("?")[0]
    is_json = path in BODIES
    return HTTPResponse(
        body=io.BytesIO(BODIES.get(path, b"")),
        headers={"Content-Type": "application/json"} if is_json else REDIRECT,
        status=200 if is_json else 302,
        preload_content=False,
    )
