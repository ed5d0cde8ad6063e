"""The login of three requests, set-up and checks included, next to other stubs for `requests`."""

from __future__ import annotations

import io

import requests
import responses
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from pytest_lookloox import LookLoox
from pytest_lookloox.contract import DEFAULT_BASE_URL, LOGIN_PATH
from tests.benchmarks.figure import Bound, Figure
from tests.benchmarks.side_by_side import Effort, costs, installed
from tests.benchmarks.website import ANSWERS, BODIES, CALLBACK_URL, log_in, session, visit

JSON = {"Content-Type": "application/json"}


def figures(effort: Effort) -> list[Figure]:
    contenders = {
        "floor": floor,
        "lookloox": lookloox,
        "catch-all on responses": catch_all_on_responses,
        "responses, by hand": responses_by_hand,
    }
    if installed("requests_mock"):
        contenders["requests-mock"] = requests_mock_by_hand
    return [
        Figure(
            "A login: CPU time",
            "µs",
            costs(contenders, effort.rounds, effort.repetitions, unit=1e-6),
            base="floor",
            bounds=(
                Bound("lookloox", 1.45, "floor"),
                Bound("lookloox", 0.8, "responses, by hand"),
                Bound("lookloox", 1, "requests-mock"),
            ),
        )
    ]


def lookloox() -> None:
    with LookLoox():
        visit()


def responses_by_hand() -> None:
    with responses.RequestsMock() as mock:
        mock.get(f"{DEFAULT_BASE_URL}{LOGIN_PATH}", status=302, headers={"Location": CALLBACK_URL})
        for path, answer in ANSWERS.items():
            mock.get(f"{DEFAULT_BASE_URL}{path}", json=answer)
        visit()


def requests_mock_by_hand() -> None:
    import requests_mock

    with requests_mock.Mocker() as mock:
        to_the_app = {"Location": CALLBACK_URL}
        mock.get(f"{DEFAULT_BASE_URL}{LOGIN_PATH}", status_code=302, headers=to_the_app)
        for path, answer in ANSWERS.items():
            mock.get(f"{DEFAULT_BASE_URL}{path}", json=answer)
        visit()


def catch_all_on_responses() -> None:
    with responses.RequestsMock() as mock:
        mock.add(_CatchAll("GET", DEFAULT_BASE_URL))
        visit()


def floor() -> None:
    with session() as client:
        client.mount("https://", _CannedAnswers())
        log_in(client)


class _CatchAll(responses.BaseResponse):
    """The least that a stub of one's own for `responses` can be: no logic at all."""

    def matches(self, request: requests.PreparedRequest) -> tuple[bool, str]:
        return True, ""

    def get_response(self, request: requests.PreparedRequest) -> HTTPResponse:
        return _canned_answer(request)


class _CannedAnswers(HTTPAdapter):
    """What `requests` itself costs: nothing is patched, and the answer is there already."""

    def send(
        self, request: requests.PreparedRequest, *args: object, **options: object
    ) -> requests.Response:
        return self.build_response(request, _canned_answer(request))


def _canned_answer(request: requests.PreparedRequest) -> HTTPResponse:
    path = request.path_url.partition("?")[0]
    answers = path in BODIES
    return HTTPResponse(
        body=io.BytesIO(BODIES.get(path, b"")),
        headers=JSON if answers else {"Location": CALLBACK_URL},
        status=200 if answers else 302,
        preload_content=False,
    )
