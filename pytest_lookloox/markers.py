"""What a test's markers ask for."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from pytest_lookloox import faults, options
from pytest_lookloox.faults import EXPIRED_TOKEN, REUSED_AUTH_KEY, Fault
from pytest_lookloox.scenarios import Scenario

OPTIONS_MARKER = "lookloox"
FAULT_MARKER = "lookloox_fault"
CASSETTE_MARKER = "lookloox_cassette"
SCENARIO_OF_MARKER = {f"lookloox_{name}": name for name in (EXPIRED_TOKEN, REUSED_AUTH_KEY)}

_NO_NAMES = (
    f"@pytest.mark.{FAULT_MARKER} takes names of faults: "
    "python -m pytest_lookloox faults lists them all"
)


class CassetteMark(NamedTuple):
    """The recording that a test asks for; a marker on the test itself requires all of it.

    `options` are the names of those that a marker sets which is as close to the test as this one,
    or closer: they are meant for the recording. Others are defaults of many tests.
    """

    name: object
    required: bool
    options: list[str]


def options_of(node: pytest.Item, config_fixture: object, ini_base_url: str) -> dict[str, Any]:
    """The options of a test: closest marker, outer markers, `lookloox_config`, ini.

    Raises `pytest.UsageError` for unknown names and wrong values.
    """
    __tracebackhide__ = True
    layers = [*_marker_layers(node)]
    if not isinstance(config_fixture, Mapping):
        raise pytest.UsageError(
            "The fixture lookloox_config must return a dict of options, "
            f"not {type(config_fixture).__name__}; allowed: {', '.join(options.OPTION_NAMES)}"
        )
    layers.append(_checked("The fixture lookloox_config", config_fixture))
    if ini_base_url:
        layers.append(_checked("The ini option lookloox_base_url", {"base_url": ini_base_url}))
    return options.merged(layers)


def scenarios_of(node: pytest.Item, chosen: Fault | None = None) -> list[Scenario]:
    """What befalls a test by its markers; one marked on the test itself has to take place.

    `chosen` is the fault of the fixture `lookloox_fault`, which the marker of that name narrows.
    Raises `pytest.UsageError` for wrong arguments.
    """
    __tracebackhide__ = True
    scenarios = []
    # No comprehension: before Python 3.12 it would be a frame of its own in a user's traceback.
    for marker, name in SCENARIO_OF_MARKER.items():
        closest = node.get_closest_marker(marker)
        if closest is not None:
            required = any(closest is own for own in node.own_markers)
            scenarios.append(_scenario(closest, name, required=required))
    for mark in _closest_fault_marks(node):
        asked, times = _asked_for(mark)
        required = any(mark is own for own in node.own_markers)
        if chosen is None and not asked:
            raise pytest.UsageError(_NO_NAMES)
        if chosen is None:
            scenarios += [Scenario(str(fault), times, required=required) for fault in asked]
        elif not asked or chosen in _one_by_one(asked):
            return [*scenarios, Scenario(str(chosen), times, required=True)]
    return scenarios if chosen is None else [*scenarios, Scenario(str(chosen), required=True)]


def faults_to_go_through(node: pytest.Item) -> list[Fault]:
    """The list of the fixture `lookloox_fault`, narrowed by the marker of that name.

    Raises `pytest.UsageError` where `scenarios_of` does: for wrong arguments, and for none at all.
    """
    marks = _closest_fault_marks(node)
    if any(not mark.args and not mark.kwargs for mark in marks):
        raise pytest.UsageError(_NO_NAMES)
    asked = [fault for mark in marks for fault in _asked_for(mark)[0]]
    return _one_by_one(asked) if asked else faults.one_by_one()


def _one_by_one(asked: list[Fault]) -> list[Fault]:
    return list(dict.fromkeys(single for fault in asked for single in fault.one_by_one()))


def _closest_fault_marks(node: pytest.Item) -> list[pytest.Mark]:
    """The fault markers of the test itself, or else of its class, or else of its module."""
    marks = [*node.iter_markers_with_node(FAULT_MARKER)]
    return [mark for origin, mark in marks if origin is marks[0][0]]


def _asked_for(mark: pytest.Mark) -> tuple[list[Fault], int | None]:
    """The faults that a marker names, and its `times`."""
    __tracebackhide__ = True

    def signature(*names: str, times: int | None = None) -> None: ...

    try:
        times = inspect.signature(signature).bind(*mark.args, **mark.kwargs).kwargs.get("times")
        Scenario("", times)  # refuses wrong `times`, which may stand without a name
        return [faults.find(name) for name in mark.args], times
    except (TypeError, ValueError) as error:
        raise pytest.UsageError(f"@pytest.mark.{mark.name}: {error}") from None


def cassette_of(node: pytest.Item) -> CassetteMark | None:
    """The recording that a test's closest marker asks for.

    Raises `pytest.UsageError` for wrong arguments, and beside a marker of a scenario.
    """
    __tracebackhide__ = True
    origin, mark = next(node.iter_markers_with_node(CASSETTE_MARKER), (node, None))
    if mark is None:
        return None

    def signature(name: object) -> None: ...

    try:
        name = inspect.signature(signature).bind(*mark.args, **mark.kwargs).arguments["name"]
    except TypeError as error:
        raise pytest.UsageError(
            f"@pytest.mark.{CASSETTE_MARKER}: {error}; it takes the name of a cassette"
        ) from None
    if scenarios := scenarios_of(node):
        raise pytest.UsageError(
            f"@pytest.mark.{CASSETTE_MARKER} and the marker of the fault {scenarios[0].name} "
            "contradict each other: a recording answers as it was recorded; remove one"
        )
    further_out = origin.listchain()[:-1]
    beside = [
        option
        for place, options_mark in node.iter_markers_with_node(OPTIONS_MARKER)
        if place not in further_out
        for option in options_mark.kwargs
    ]
    return CassetteMark(name, any(mark is own for own in node.own_markers), beside)


def _marker_layers(node: pytest.Item) -> Iterator[Mapping[str, Any]]:
    __tracebackhide__ = True
    for mark in node.iter_markers(OPTIONS_MARKER):
        if mark.args:
            raise pytest.UsageError(
                f"@pytest.mark.lookloox takes options by name, not {mark.args[0]!r}; "
                f"allowed: {', '.join(options.OPTION_NAMES)}"
            )
        yield _checked("@pytest.mark.lookloox", mark.kwargs)


def _checked(origin: str, layer: Mapping[str, Any]) -> Mapping[str, Any]:
    __tracebackhide__ = True
    try:
        options.checked(layer)
    except (TypeError, ValueError) as error:
        raise pytest.UsageError(f"{origin}: {error}") from None
    return layer


def _scenario(mark: pytest.Mark, name: str, *, required: bool) -> Scenario:
    __tracebackhide__ = True

    def signature(times: int | None = None) -> None: ...

    try:
        bound = inspect.signature(signature).bind(*mark.args, **mark.kwargs)
        return Scenario(name, **bound.arguments, required=required, origin=f"marker {mark.name}")
    except (TypeError, ValueError) as error:
        raise pytest.UsageError(
            f"@pytest.mark.{mark.name}: {error}; allowed: times=N, or nothing"
        ) from None
