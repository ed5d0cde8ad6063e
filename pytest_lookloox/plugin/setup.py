"""The simulation that a test's markers, fixtures and configuration ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pytest_lookloox.faults.catalogue import TLS_ERROR
from pytest_lookloox.options import resolve
from pytest_lookloox.plugin.markers import call_with, options_of, planned_faults
from pytest_lookloox.provider.odd_users import odd_users
from pytest_lookloox.simulation import OPTIONS_OF_RECORDINGS, Simulation, play

_CASSETTE = "lookloox_cassette"
_NEEDS_HTTPS = (
    "tls_error needs https: a base_url with https://, and over lookloox_server "
    "@pytest.mark.lookloox(tls=True)"
)


def simulation_of(
    request: pytest.FixtureRequest, config_fixture: object, *, over_server: bool
) -> Simulation:
    """Return the simulation of a test, its user signed in and its faults planned.

    `over_server` tells that its clients use the server, not the stubs. Raises
    `pytest.UsageError` for markers or options that cannot work.
    """
    __tracebackhide__ = True
    node = request.node
    options = options_of(node, config_fixture, request.config.getini("lookloox_base_url"))
    mark = node.get_closest_marker(_CASSETTE)
    if mark is not None:
        return _recording(request, mark, options)
    fault = _parameter(request, "lookloox_fault")
    odd_user = _parameter(request, "lookloox_odd_user")
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
        simulation.injector.plan(planned)
    return simulation


def _parameter(request: pytest.FixtureRequest, fixture: str) -> Any:
    """Return a parametrised fixture's parameter in this test, or `None` if it is not used."""
    __tracebackhide__ = True
    if fixture not in request.fixturenames:
        return None
    if not hasattr(request.node, "callspec"):
        raise pytest.UsageError(
            f"{fixture} runs a test once for each case, and a test of unittest.TestCase runs only "
            "once: write it as a function"
        )
    return request.node.callspec.params[fixture]


def _recording(
    request: pytest.FixtureRequest, mark: pytest.Mark, options: Mapping[str, Any]
) -> Simulation:
    """Return a simulation that answers from the recording that the marker names."""
    __tracebackhide__ = True
    from pytest_lookloox.cassettes import library

    name = call_with(mark, lambda name: name, "; it takes the name of a cassette")
    _refuse_contradictions(request)
    directory = request.config.rootpath / request.config.getini("lookloox_cassette_dir")
    try:
        recording = library.load(library.find_cassette(name, directory))
        return play(recording, options, use_up=mark in request.node.own_markers)
    except (OSError, TypeError, ValueError) as error:
        raise pytest.UsageError(f"@pytest.mark.{_CASSETTE}: {error}") from None


def _refuse_contradictions(request: pytest.FixtureRequest) -> None:
    """Raise `pytest.UsageError` if a test asks for more than its recording can do.

    Options that the recording decides may come from further out: there they are defaults.
    """
    __tracebackhide__ = True
    node = request.node
    asked = [f"the marker of the fault {planned.fault}" for planned in planned_faults(node)]
    for fixture in ("lookloox_fault", "lookloox_odd_user"):
        if fixture in request.fixturenames:
            asked.append(f"the fixture {fixture}")
    if asked:
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
