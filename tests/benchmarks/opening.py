"""Set-up and teardown, with no request in between."""

from __future__ import annotations

import responses

from pytest_lookloox import LookLoox
from tests.benchmarks.figure import Bound, Figure
from tests.benchmarks.side_by_side import Effort, costs, installed


def figures(effort: Effort) -> list[Figure]:
    contenders = {"empty RequestsMock()": empty_requests_mock, "lookloox": lookloox}
    if installed("requests_mock"):
        contenders["requests-mock"] = empty_mocker
    return [
        Figure(
            "Set-up and teardown: CPU time",
            "µs",
            costs(contenders, effort.rounds, 10 * effort.repetitions, unit=1e-6),
            base="empty RequestsMock()",
            bounds=(Bound("lookloox", 1.5, "empty RequestsMock()"),),
        )
    ]


def empty_requests_mock() -> None:
    with responses.RequestsMock():
        pass


def lookloox() -> None:
    with LookLoox():
        pass


def empty_mocker() -> None:
    import requests_mock

    with requests_mock.Mocker():
        pass
