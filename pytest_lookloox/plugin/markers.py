"""What a test's markers ask for; a wrong one raises `pytest.UsageError`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from pytest_lookloox.faults.catalogue import (
    EXPIRED_TOKEN,
    REUSED_AUTH_KEY,
    faults_at_each_endpoint,
    find_fault,
)
from pytest_lookloox.faults.fault import Fault
from pytest_lookloox.faults.injector import PlannedFault, Schedule
from pytest_lookloox.options import OPTION_NAMES, resolve

_FAULT_MARKER = "lookloox_fault"
_NO_NAMES = (
    f"@pytest.mark.{_FAULT_MARKER} takes names of faults: "
    "python -m pytest_lookloox faults lists them all"
)


def options_of(node: pytest.Item, config_fixture: object, ini_base_url: str) -> dict[str, Any]:
    """Return the options of a test: closest marker, outer markers, `lookloox_config`, ini."""
    __tracebackhide__ = True
    layers: list[tuple[str, Mapping[str, Any]]] = []
    for mark in node.iter_markers("lookloox"):
        if mark.args:
            raise pytest.UsageError(
                f"@pytest.mark.lookloox takes options by name, not {mark.args[0]!r}; "
                f"allowed: {', '.join(OPTION_NAMES)}"
            )
        layers.append(("@pytest.mark.lookloox", mark.kwargs))
    if not isinstance(config_fixture, Mapping):
        raise pytest.UsageError(
            "The fixture lookloox_config must return a dict of options, "
            f"not {type(config_fixture).__name__}; allowed: {', '.join(OPTION_NAMES)}"
        )
    layers.append(("The fixture lookloox_config", config_fixture))
    if ini_base_url:
        layers.append(("The ini option lookloox_base_url", {"base_url": ini_base_url}))
    options: dict[str, Any] = {}
    for origin, layer in layers:
        try:
            resolve(layer)
        except (TypeError, ValueError) as error:
            raise pytest.UsageError(f"{origin}: {error}") from None
        options = {**layer, **options}
    return options


def planned_faults(node: pytest.Item, chosen: Fault | None = None) -> list[PlannedFault]:
    """Return the faults that a test's markers ask for; those of its own have to take effect.

    `chosen` is the fault of the fixture `lookloox_fault`, whose list the marker can narrow.
    """
    __tracebackhide__ = True
    planned = []
    for name in (EXPIRED_TOKEN, REUSED_AUTH_KEY):
        mark = node.get_closest_marker(f"lookloox_{name}")
        if mark is not None:
            times = call_with(mark, _times_only, "; allowed: times=N, or nothing")
            is_own = mark in node.own_markers
            origin = f"marker {mark.name}"
            planned.append(PlannedFault(find_fault(name), times, required=is_own, origin=origin))
    times_of_chosen = None
    for mark in _closest_fault_marks(node):
        faults, times = call_with(mark, _names_and_times)
        if chosen is None:
            if not faults:
                raise pytest.UsageError(_NO_NAMES)
            is_own = mark in node.own_markers
            planned += [PlannedFault(fault, times, required=is_own) for fault in faults]
        elif not faults or chosen in _at_each_endpoint(faults):
            times_of_chosen = times
            break
    if chosen is not None:
        planned.append(PlannedFault(chosen, times_of_chosen, required=True))
    return planned


def faults_to_run(node: pytest.Item) -> list[Fault]:
    """Return the list of the fixture `lookloox_fault`, narrowed by the marker of that name."""
    marks = _closest_fault_marks(node)
    if any(not mark.args and not mark.kwargs for mark in marks):
        raise pytest.UsageError(_NO_NAMES)
    asked = [fault for mark in marks for fault in call_with(mark, _names_and_times)[0]]
    return _at_each_endpoint(asked) if asked else faults_at_each_endpoint()


def call_with(mark: pytest.Mark, function: Callable[..., Any], hint: str = "") -> Any:
    """Call a function with a marker's arguments."""
    __tracebackhide__ = True
    try:
        inspect.signature(function).bind(*mark.args, **mark.kwargs)
        return function(*mark.args, **mark.kwargs)
    except (TypeError, ValueError) as error:
        raise pytest.UsageError(f"@pytest.mark.{mark.name}: {error}{hint}") from None


def _at_each_endpoint(asked: list[Fault]) -> list[Fault]:
    return list(dict.fromkeys(single for fault in asked for single in fault.at_each_endpoint()))


def _closest_fault_marks(node: pytest.Item) -> list[pytest.Mark]:
    """Return the fault markers of the test itself, or else of its class, or else of its module."""
    marks = [*node.iter_markers_with_node(_FAULT_MARKER)]
    return [mark for origin, mark in marks if origin is marks[0][0]]


def _times_only(times: int | None = None) -> int | None:
    Schedule(times)
    return times


def _names_and_times(*names: str, times: int | None = None) -> tuple[list[Fault], int | None]:
    Schedule(times)
    return [find_fault(name) for name in names], times
