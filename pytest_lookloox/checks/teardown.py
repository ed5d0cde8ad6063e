"""The teardown checks: what shows that a test proves nothing, or cannot work."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_lookloox.faults.fault import Fault
from pytest_lookloox.faults.injector import PlannedFault
from pytest_lookloox.provider.facts import API_PREFIX, AUTHORIZE, ENDPOINTS
from pytest_lookloox.provider.models import Call
from pytest_lookloox.provider.platforms import PLATFORMS, Platform
from pytest_lookloox.provider.redaction import shorten

OPT_OUT = (
    "To opt out of these checks: @pytest.mark.lookloox(strict=False), or LookLoox(strict=False)."
)


def problems(
    calls: Sequence[Call], planned: Sequence[PlannedFault], platform: Platform
) -> list[str]:
    """Return one line for each problem, requests outside the API first."""
    missed = [fault for fault in planned if not fault.took_effect]
    ways = {(call.endpoint, call.method) for call in calls}
    # After a fault, a client may not try the other platform's way, and may follow a redirect home.
    has_fault = len(missed) < len(planned)
    handles_both = has_fault or (AUTHORIZE, platform.authorize_method) in ways
    return [
        *(
            f"{call.method} {shorten(call.path)} is outside the Look Loox API, which is "
            f"{_api(platform)}: {_way_out(call, platform)}."
            for call in calls
            if not call.endpoint or call.method != platform.method_of(call.endpoint)
            if not (handles_both and platform.refuses(call.path, call.method))
            if not (has_fault and call.path == "/")
        ),
        *(
            f"The {fault.origin} never took effect: {fault.why_missed}, "
            f"so this test proves nothing. {_last_call(calls, fault.fault)}"
            f"Exercise the client further, or remove the {fault.origin.partition(' ')[0]}."
            for fault in missed
            if fault.required
        ),
    ]


def _last_call(calls: Sequence[Call], fault: Fault) -> str:
    """Return what became of the last request where the fault can happen, as a sentence."""
    there = [call for call in calls if call.endpoint in fault.endpoints]
    return f"The last request: {there[-1]}. " if there else ""


def _api(platform: Platform) -> str:
    return ", ".join(f"{platform.method_of(name)} {API_PREFIX}{name}" for name in ENDPOINTS)


def _way_out(call: Call, platform: Platform) -> str:
    if not platform.refuses(call.path, call.method):
        return "fix the client's URL or method"
    other = next(name for name in PLATFORMS if name != platform.name)
    return (
        f'with platform="{platform.name}" the parameters of authorize are read from a '
        f"{platform.authorize_method}. Let the client send that, or try both ways; or test it with "
        f'@pytest.mark.lookloox(platform="{other}")'
    )
