"""The teardown checks: what shows that a test proves nothing, or cannot work."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_lookloox.faults.injector import PlannedFault
from pytest_lookloox.provider.facts import ENDPOINT_BY_PATH
from pytest_lookloox.provider.models import Call
from pytest_lookloox.provider.redaction import shorten

OPT_OUT = (
    "To opt out of these checks: @pytest.mark.lookloox(strict=False), or LookLoox(strict=False)."
)


def problems(calls: Iterable[Call], planned: Iterable[PlannedFault]) -> list[str]:
    """Return one line for each problem, requests outside the API first."""
    return [
        *(
            f"{call.method} {shorten(call.path)} is outside the Look Loox API, which is "
            f"GET {', GET '.join(ENDPOINT_BY_PATH)}: fix the client's URL or method."
            for call in calls
            if not call.endpoint or call.method != "GET"
        ),
        *(
            f"The {fault.origin} never took effect: {fault.fault.why_missed}, "
            "so this test proves nothing. Exercise the client further, or remove the marker."
            for fault in planned
            if fault.required and not fault.took_effect
        ),
    ]
