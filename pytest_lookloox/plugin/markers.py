"""What a test's markers ask for."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest

from pytest_lookloox import options
from pytest_lookloox.faults.catalogue import (
    EXPIRED_TOKEN,
    REUSED_AUTH_KEY,
    faults_at_each_endpoint,
    find_fault,
)
from pytest_lookloox.faults.fault import Fault
from pytest_lookloox.faults.injector import PlannedFault, Schedule
from pytest_lookloox.simulation import OPTIONS_OF_RECORDINGS

_OPTIONS_MARKER = "lookloox"
_FAULT_MARKER = "lookloox_fault"
_CASSETTE_MARKER = "lookloox_cassette"
_FAULT_BY_MARKER = {f"lookloox_{name}": name for name in (EXPIRED_TOKEN, REUSED_AUTH_KEY)}
_NO_NAMES = (
    f"@pytest.mark.{_FAULT_MARKER} takes names of faults: "
    "python -m pytest_lookloox faults lists them all"
)


class CassetteMark(NamedTuple):
    """The recording that a test asks for; a marker on the test itself requires all of it."""

    name: object
    required: bool


def options_of(node: pytest.Item, config_fixture: object, ini_base_url: str) -> dict[str, Any]:
    """Return the options of a test: closest marker, outer markers, `lookloox_config`, ini.

    Raises `pytest.UsageError` for unknown names and wrong values.
    """
    __tracebackhide__ = True
    layers: list[Mapping[str, Any]] = []
    for mark in node.iter_markers(_OPTIONS_MARKER):
        if mark.args:
            raise pytest.UsageError(
                f"@pytest.mark.lookloox takes options by name, not {mark.args[0]!r}; "
                f"allowed: {', '.join(options.OPTION_NAMES)}"
            )
        layers.append(_checked("@pytest.mark.lookloox", mark.kwargs))
    if not isinstance(config_fixture, Mapping):
        raise pytest.UsageError(
            "The fixture lookloox_config must return a dict of options, "
            f"not {type(config_fixture).__name__}; allowed: {', '.join(options.OPTION_NAMES)}"
        )
    layers.append(_checked("The fixture lookloox_config", config_fixture))
    if ini_base_url:
        layers.append(_checked("The ini option lookloox_base_url", {"base_url": ini_base_url}))
    return options.merge(layers)


def planned_faults(node: pytest.Item, chosen: Fault | None = None) -> list[PlannedFault]:
    """Return the faults that a test's markers ask for.

    `chosen` is the fault of the fixture `lookloox_fault`; the marker of that name can narrow the
    fixture's list. A fault of the test's own marker has to take effect. Raises
    `pytest.UsageError` for wrong arguments.
    """
    __tracebackhide__ = True
    planned = []
    for marker, name in _FAULT_BY_MARKER.items():
        mark = node.get_closest_marker(marker)
        if mark is not None:
            times = _call(mark, _times_only, "; allowed: times=N, or nothing")
            planned.append(_planned(node, mark, find_fault(name), times, f"marker {marker}"))
    for mark in _closest_fault_marks(node):
        faults, times = _call(mark, _names_and_times)
        if chosen and (not faults or chosen in _at_each_endpoint(faults)):
            return [*planned, PlannedFault(chosen, times, required=True)]
        if not faults:
            raise pytest.UsageError(_NO_NAMES)
        if not chosen:
            planned += [_planned(node, mark, fault, times) for fault in faults]
    return [*planned, PlannedFault(chosen, required=True)] if chosen else planned


def faults_to_run(node: pytest.Item) -> list[Fault]:
    """Return the list of the fixture `lookloox_fault`, narrowed by the marker of that name.

    Raises `pytest.UsageError` for wrong arguments, and for a marker without any.
    """
    marks = _closest_fault_marks(node)
    if any(not mark.args and not mark.kwargs for mark in marks):
        raise pytest.UsageError(_NO_NAMES)
    asked = [fault for mark in marks for fault in _call(mark, _names_and_times)[0]]
    return _at_each_endpoint(asked) if asked else faults_at_each_endpoint()


def cassette_of(node: pytest.Item) -> CassetteMark | None:
    """Return the recording that a test's closest marker asks for.

    Raises `pytest.UsageError` for wrong arguments, beside a marker of a fault, and beside options
    that the recording decides, if their marker is as close to the test as this one.
    """
    __tracebackhide__ = True
    origin, mark = next(node.iter_markers_with_node(_CASSETTE_MARKER), (node, None))
    if mark is None:
        return None
    name = _call(mark, _cassette_name, "; it takes the name of a cassette")
    if planned := planned_faults(node):
        raise pytest.UsageError(
            f"@pytest.mark.{_CASSETTE_MARKER} and the marker of the fault {planned[0].fault} "
            "contradict each other: a recording answers as it was recorded; remove one"
        )
    further_out = origin.listchain()[:-1]
    fixed = {
        option
        for place, options_mark in node.iter_markers_with_node(_OPTIONS_MARKER)
        if place not in further_out
        for option in options_mark.kwargs
    }.difference(OPTIONS_OF_RECORDINGS)
    if fixed:
        raise pytest.UsageError(
            f"@pytest.mark.{_CASSETTE_MARKER}: a recording answers as it was recorded, whatever "
            f"@pytest.mark.lookloox says of {', '.join(sorted(fixed))}: remove these, or the "
            "marker lookloox_cassette; a recording heeds "
            f"{', '.join(OPTIONS_OF_RECORDINGS)}"
        )
    return CassetteMark(name, any(mark is own for own in node.own_markers))


def _planned(
    node: pytest.Item, mark: pytest.Mark, fault: Fault, times: int | None, origin: str = ""
) -> PlannedFault:
    required = any(mark is own for own in node.own_markers)
    return PlannedFault(fault, times, required=required, origin=origin)


def _at_each_endpoint(asked: list[Fault]) -> list[Fault]:
    return list(dict.fromkeys(single for fault in asked for single in fault.at_each_endpoint()))


def _closest_fault_marks(node: pytest.Item) -> list[pytest.Mark]:
    """Return the fault markers of the test itself, or else of its class, or else of its module."""
    marks = [*node.iter_markers_with_node(_FAULT_MARKER)]
    return [mark for origin, mark in marks if origin is marks[0][0]]


def _call(mark: pytest.Mark, function: Callable[..., Any], hint: str = "") -> Any:
    """Call a function with a marker's arguments; a wrong one is an error of usage."""
    __tracebackhide__ = True
    try:
        inspect.signature(function).bind(*mark.args, **mark.kwargs)
        return function(*mark.args, **mark.kwargs)
    except (TypeError, ValueError) as error:
        raise pytest.UsageError(f"@pytest.mark.{mark.name}: {error}{hint}") from None


def _times_only(times: int | None = None) -> int | None:
    Schedule(times)
    return times


def _names_and_times(*names: str, times: int | None = None) -> tuple[list[Fault], int | None]:
    Schedule(times)
    return [find_fault(name) for name in names], times


def _cassette_name(name: object) -> object:
    return name


def _checked(origin: str, layer: Mapping[str, Any]) -> Mapping[str, Any]:
    __tracebackhide__ = True
    try:
        options.resolve(layer)
    except (TypeError, ValueError) as error:
        raise pytest.UsageError(f"{origin}: {error}") from None
    return layer
