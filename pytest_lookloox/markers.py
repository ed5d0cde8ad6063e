"""What a test's markers ask for."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from pytest_lookloox import options
from pytest_lookloox.scenarios import EXPIRED_TOKEN, REUSED_AUTH_KEY, Scenario

OPTIONS_MARKER = "lookloox"
CASSETTE_MARKER = "lookloox_cassette"
SCENARIO_OF_MARKER = {f"lookloox_{name}": name for name in (EXPIRED_TOKEN, REUSED_AUTH_KEY)}


class CassetteMark(NamedTuple):
    """The recording that a test asks for; a marker on the test itself requires all of it."""

    name: object
    required: bool


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


def scenarios_of(node: pytest.Item) -> list[Scenario]:
    """The scenarios of a test's markers; one marked on the test itself has to take place.

    Raises `pytest.UsageError` for wrong arguments.
    """
    __tracebackhide__ = True
    return [
        _scenario(mark, name, required=any(mark is own for own in node.own_markers))
        for marker, name in SCENARIO_OF_MARKER.items()
        if (mark := node.get_closest_marker(marker)) is not None
    ]


def cassette_of(node: pytest.Item) -> CassetteMark | None:
    """The recording that a test's closest marker asks for.

    Raises `pytest.UsageError` for wrong arguments, and beside a marker of a scenario.
    """
    __tracebackhide__ = True
    mark = node.get_closest_marker(CASSETTE_MARKER)
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
            f"@pytest.mark.{CASSETTE_MARKER} and @pytest.mark.lookloox_{scenarios[0].name} "
            "contradict each other: a recording answers as it was recorded; remove one"
        )
    return CassetteMark(name, any(mark is own for own in node.own_markers))


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
        return Scenario(name, **bound.arguments, required=required)
    except (TypeError, ValueError) as error:
        raise pytest.UsageError(
            f"@pytest.mark.{mark.name}: {error}; allowed: times=N, or nothing"
        ) from None
