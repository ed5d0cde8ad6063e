"""The teardown checks: what a test asked of the provider that proves nothing or cannot work."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_lookloox import faults
from pytest_lookloox.calls import Call
from pytest_lookloox.contract import ENDPOINT_BY_PATH
from pytest_lookloox.masking import shortened
from pytest_lookloox.scenarios import Scenario

OPT_OUT = (
    "To opt out of these checks: @pytest.mark.lookloox(strict=False), or LookLoox(strict=False)."
)


def problems(calls: Iterable[Call], scenarios: Iterable[Scenario]) -> list[str]:
    """One line for each thing that is wrong, in the order of the requests."""
    return [
        *(_outside_the_api(call) for call in calls if _is_outside_the_api(call)),
        *(
            _never_took_place(scenario)
            for scenario in scenarios
            if scenario.required and not scenario.took_place
        ),
    ]


def _is_outside_the_api(call: Call) -> bool:
    return call.endpoint is None or call.method != "GET"


def _outside_the_api(call: Call) -> str:
    return (
        f"{call.method} {shortened(call.path)} is outside the Look Loox API, which is "
        f"GET {', GET '.join(ENDPOINT_BY_PATH)}: mend the client's URL or method."
    )


def _never_took_place(scenario: Scenario) -> str:
    return (
        f"The {scenario.origin} never took effect: {faults.find(scenario.name).why_missed}, "
        "so this test proves nothing. Let the client go that far, or do without it."
    )
