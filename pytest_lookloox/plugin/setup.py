"""The simulation that a test's markers, fixtures and configuration ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pytest_lookloox import simulation
from pytest_lookloox.faults.catalogue import TLS_ERROR
from pytest_lookloox.faults.fault import Fault
from pytest_lookloox.options import resolve
from pytest_lookloox.plugin import markers
from pytest_lookloox.provider.odd_users import odd_users
from pytest_lookloox.simulation import Simulation

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
    ini_base_url = request.config.getini("lookloox_base_url")
    options = markers.options_of(node, config_fixture, ini_base_url)
    cassette = markers.cassette_of(node)
    fault: Fault | None = _parameter(request, "lookloox_fault")
    odd_user: str | None = _parameter(request, "lookloox_odd_user")
    if cassette is not None:
        return _play(request, cassette, options)
    result = Simulation(resolve(options))
    if odd_user is not None:
        result.sign_in(odd_users(result.user)[odd_user])
    address_is_https = result.options.base_url.startswith("https:")
    speaks_https = result.options.tls if over_server else address_is_https
    for planned in markers.planned_faults(node, fault):
        if planned.fault.name == TLS_ERROR and not speaks_https:
            if fault:
                pytest.skip(_NEEDS_HTTPS)
            raise pytest.UsageError(_NEEDS_HTTPS)
        result.injector.plan(planned)
    return result


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


def _play(
    request: pytest.FixtureRequest, mark: markers.CassetteMark, options: Mapping[str, Any]
) -> Simulation:
    __tracebackhide__ = True
    for fixture in ("lookloox_fault", "lookloox_odd_user"):
        if fixture in request.fixturenames:
            raise pytest.UsageError(
                f"@pytest.mark.lookloox_cassette and the fixture {fixture} contradict each other: "
                "a recording answers as it was recorded; remove one"
            )
    from pytest_lookloox.cassettes import library

    directory = request.config.rootpath / request.config.getini("lookloox_cassette_dir")
    try:
        recording = library.load(library.find_cassette(mark.name, directory))
        return simulation.play(recording, options, use_up=mark.required)
    except (OSError, TypeError, ValueError) as error:
        raise pytest.UsageError(f"@pytest.mark.lookloox_cassette: {error}") from None
