"""What a test's markers, fixtures and ini options ask for; a wrong one is a `pytest.UsageError`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

import pytest

from pytest_lookloox.faults.catalogue import (
    EXPIRED_TOKEN,
    REUSED_AUTH_KEY,
    TLS_ERROR,
    faults_at_each_endpoint,
    find_fault,
)
from pytest_lookloox.faults.fault import Fault
from pytest_lookloox.faults.injector import PlannedFault, require_times
from pytest_lookloox.options import OPTION_NAMES, resolve
from pytest_lookloox.provider.odd_users import odd_users
from pytest_lookloox.simulation import OPTIONS_OF_RECORDINGS, Simulation, play

_CASSETTE = "lookloox_cassette"
_ALLOWED = f"; allowed: {', '.join(OPTION_NAMES)}"
_NEEDS_HTTPS = (
    "tls_error needs https: a base_url with https://, and over lookloox_server "
    "@pytest.mark.lookloox(tls=True)"
)


def simulation_of(
    request: pytest.FixtureRequest, config_fixture: object, *, over_server: bool
) -> Simulation:
    """Return the simulation of a test, its user signed in and its faults planned.

    `over_server` tells that its clients use the server, not the stubs.
    """
    node = request.node
    options = _options(node, config_fixture)
    parametrised = sorted(
        {"lookloox_fault", "lookloox_odd_user"}.intersection(request.fixturenames)
    )
    if parametrised and not hasattr(node, "callspec"):
        raise pytest.UsageError(
            f"{parametrised[0]} runs a test once for each case, and a test of unittest.TestCase "
            "runs only once: write it as a function"
        )
    mark = node.get_closest_marker(_CASSETTE)
    if mark is not None:
        _refuse_contradictions(node, [f"the fixture {fixture}" for fixture in parametrised])
        return _recording(node, mark, options)
    params = node.callspec.params if parametrised else {}
    fault, odd_user = params.get("lookloox_fault"), params.get("lookloox_odd_user")
    simulation = Simulation(resolve(options))
    if odd_user is not None:
        simulation.sign_in(odd_users(simulation.user)[odd_user])
    address_is_https = simulation.options.base_url.startswith("https:")
    speaks_https = simulation.options.tls if over_server else address_is_https
    for planned in planned_faults(node, fault):
        if planned.fault.name == TLS_ERROR and not speaks_https:
            if fault:
                pytest.skip(_NEEDS_HTTPS)
            raise pytest.UsageError(_NEEDS_HTTPS)
        simulation.injector.planned.append(planned)
    return simulation


def refuse_unknown_markers(item: pytest.Item, names: Iterable[str], known: Iterable[str]) -> None:
    """Fail a test with a marker of ours that does not exist, unless the suite registered it."""
    registered = [re.split(r"[:(]", line)[0] for line in item.config.getini("markers")]
    for name in names:
        if name not in registered:
            [closest] = get_close_matches(name, list(known), n=1, cutoff=0)
            hint = f"did you mean {closest}?"
            if item.session._fixturemanager.getfixturedefs(name, item):
                hint = "it is a fixture; name it as an argument of the test."
            own = "Register a marker of your own in the ini option markers."
            pytest.fail(f"unknown marker {name}: {hint} {own}", pytrace=False)


def _options(node: pytest.Item, config_fixture: object) -> dict[str, Any]:
    """Return the options of a test: closest marker, outer markers, `lookloox_config`, ini."""
    if not isinstance(config_fixture, Mapping):
        raise pytest.UsageError(
            "The fixture lookloox_config must return a dict of options, "
            f"not {type(config_fixture).__name__}{_ALLOWED}"
        )
    layers: list[tuple[str, Mapping[str, Any]]] = [
        ("@pytest.mark.lookloox", _call_with(mark, lambda **options: options, _ALLOWED))
        for mark in node.iter_markers("lookloox")
    ]
    layers.append(("The fixture lookloox_config", config_fixture))
    for name in ("base_url", "platform"):
        value = node.config.getini(f"lookloox_{name}")
        layers.append((f"The ini option lookloox_{name}", {name: value} if value else {}))
    options: dict[str, Any] = {}
    for origin, layer in layers:
        try:
            resolve(layer)
        except (TypeError, ValueError) as error:
            raise pytest.UsageError(f"{origin}: {error}") from None
        options = {**layer, **options}
    return options


def parametrize_fault(metafunc: pytest.Metafunc) -> None:
    """Make one test for each fault of the fixture `lookloox_fault`, which the marker narrows."""
    node = metafunc.definition
    for mark in node.iter_markers("parametrize"):
        if "lookloox_fault" in re.findall(r"\w+", str(mark.args[:1])):
            raise pytest.Collector.CollectError(
                f"{node.nodeid}: lookloox_fault goes through the catalogue by itself; to choose "
                'faults, replace parametrize with @pytest.mark.lookloox_fault("http_503", …)'
            )
    try:
        asked = [_call_with(mark, _names_and_times) for mark in _closest_fault_marks(node)]
    except pytest.UsageError:
        # Raised here it would stop the whole module; at its set-up, only this test.
        metafunc.parametrize("lookloox_fault", [None], ids=["wrong_marker"], indirect=True)
        return
    times_by_fault = {
        single: times
        for faults, times in asked or [([], None)]
        for fault in faults or faults_at_each_endpoint()
        for single in fault.at_each_endpoint()
    }
    metafunc.parametrize(
        "lookloox_fault", times_by_fault.items(), ids=map(str, times_by_fault), indirect=True
    )


def parametrize_config(metafunc: pytest.Metafunc) -> None:
    """Run a test that only a marker connects with Look Loox for each parameter of the config."""
    manager = metafunc.config.pluginmanager.get_plugin("funcmanage")
    definitions = manager.getfixturedefs("lookloox_config", metafunc.definition)  # type: ignore[union-attr]
    if definitions[-1].params:
        metafunc.fixturenames.append("lookloox_config")
        params, ids = definitions[-1].params, definitions[-1].ids
        metafunc.parametrize("lookloox_config", params, indirect=True, ids=ids)


def planned_faults(
    node: pytest.Item, chosen: tuple[Fault, int | None] | None = None
) -> list[PlannedFault]:
    """Return the faults that a test's markers ask for; those of its own have to take effect.

    With the fixture `lookloox_fault`, `chosen` takes the place of the marker of that name.
    """
    planned = []
    for name in (EXPIRED_TOKEN, REUSED_AUTH_KEY):
        mark = node.get_closest_marker(f"lookloox_{name}")
        if mark is not None:
            times = _call_with(mark, _times_only, "; allowed: times=N, or nothing")
            is_own, origin = mark in node.own_markers, f"marker {mark.name}"
            planned.append(PlannedFault(find_fault(name), times, required=is_own, origin=origin))
    if chosen is not None:
        return [*planned, PlannedFault(*chosen, required=True)]
    for mark in _closest_fault_marks(node):
        faults, times = _call_with(mark, _names_and_times)
        if not faults:
            raise pytest.UsageError(
                "@pytest.mark.lookloox_fault takes names of faults: "
                "python -m pytest_lookloox faults lists them all"
            )
        is_own = mark in node.own_markers
        planned += [PlannedFault(fault, times, required=is_own) for fault in faults]
    return planned


def _closest_fault_marks(node: pytest.Item) -> list[pytest.Mark]:
    """Return the fault markers of the test itself, or else of its class, or else of its module."""
    marks = [*node.iter_markers_with_node("lookloox_fault")]
    return [mark for origin, mark in marks if origin is marks[0][0]]


def _recording(node: pytest.Item, mark: pytest.Mark, options: Mapping[str, Any]) -> Simulation:
    """Return a simulation that answers from the recording that the marker names."""
    from pytest_lookloox.cassettes import library

    name = _call_with(mark, lambda name: name, "; it takes the name of a cassette")
    directory = node.config.rootpath / node.config.getini("lookloox_cassette_dir")
    try:
        recording = library.load(library.find_cassette(name, directory))
        return play(recording, options, use_up=mark in node.own_markers)
    except (OSError, TypeError, ValueError) as error:
        raise pytest.UsageError(f"@pytest.mark.{_CASSETTE}: {error}") from None


def _refuse_contradictions(node: pytest.Item, fixtures: list[str]) -> None:
    """Refuse a test that asks for more than its recording can do.

    Options that the recording decides may come from further out: there they are defaults.
    """
    markers = [f"the marker of the fault {planned.fault}" for planned in planned_faults(node)]
    if asked := [*markers, *fixtures]:
        raise pytest.UsageError(
            f"@pytest.mark.{_CASSETTE} and {asked[0]} contradict each other: "
            "a recording answers as it was recorded; remove one"
        )
    origin, _ = next(node.iter_markers_with_node(_CASSETTE))
    further_out = origin.listchain()[:-1]
    decided = {
        option
        for place, mark in node.iter_markers_with_node("lookloox")
        if place not in further_out
        for option in mark.kwargs
    }.difference(OPTIONS_OF_RECORDINGS)
    if decided:
        raise pytest.UsageError(
            f"@pytest.mark.{_CASSETTE}: a recording answers as it was recorded, whatever "
            f"@pytest.mark.lookloox says of {', '.join(sorted(decided))}: remove these, or the "
            f"marker {_CASSETTE}; a recording heeds {', '.join(OPTIONS_OF_RECORDINGS)}"
        )


def _call_with(mark: pytest.Mark, function: Callable[..., Any], hint: str = "") -> Any:
    """Call a function with a marker's arguments."""
    try:
        inspect.signature(function).bind(*mark.args, **mark.kwargs)
        return function(*mark.args, **mark.kwargs)
    except (TypeError, ValueError) as error:
        raise pytest.UsageError(f"@pytest.mark.{mark.name}: {error}{hint}") from None


def _times_only(times: int | None = None) -> int | None:
    require_times(times)
    return times


def _names_and_times(*names: str, times: int | None = None) -> tuple[list[Fault], int | None]:
    require_times(times)
    return [find_fault(name) for name in names], times
