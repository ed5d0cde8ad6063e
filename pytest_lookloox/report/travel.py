"""What a test's reports carry to where they are collected, from another process if need be."""

from __future__ import annotations

from typing import Final, NamedTuple

import pytest

from pytest_lookloox import faults
from pytest_lookloox.markers import scenarios_of

_FIXTURE: Final = "lookloox_fault"
_ATTRIBUTE: Final = "lookloox_faults"


class Luggage(NamedTuple):
    """A test without its fault, as in a node id, and the faults that it ran with."""

    test: str
    faults: list[str]


def pack(report: pytest.TestReport, item: pytest.Item) -> None:
    """Note the faults of a test in its report, in a form that pytest-xdist can send."""
    luggage = _of_fixture(item) or _of_markers(item)
    if luggage.faults:
        setattr(report, _ATTRIBUTE, list(luggage))


def unpack(report: pytest.TestReport) -> Luggage | None:
    """What was noted in a report, or `None` for a test without faults."""
    packed = getattr(report, _ATTRIBUTE, None)
    return Luggage(*packed) if packed else None


def _of_fixture(item: pytest.Item) -> Luggage | None:
    """The one fault of the fixture; other parameters stay in the test's name."""
    callspec = getattr(item, "callspec", None)
    # It stands for no fault where the test's marker is wrong.
    if callspec is None or callspec.params.get(_FIXTURE) is None:
        return None
    fault = str(callspec.params[_FIXTURE])
    others = f"-{callspec.id}-".replace(f"-{fault}-", "-", 1).strip("-")
    name = item.name.removesuffix(f"[{callspec.id}]") + (f"[{others}]" if others else "")
    return Luggage(_node_id(item, name), [fault])


def _of_markers(item: pytest.Item) -> Luggage:
    """The faults of the test's own markers, each of which has to take place.

    A bare name of a fault that happens at several endpoints is left out: which of them the test
    came to see is not known.
    """
    try:
        asked = [faults.find(scenario.name) for scenario in scenarios_of(item) if scenario.required]
    except pytest.UsageError:  # The test itself fails with it.
        asked = []
    names = [str(fault) for fault in asked if len(fault.endpoints) == 1]
    return Luggage(_node_id(item, item.name), names)


def _node_id(item: pytest.Item, name: str) -> str:
    """Not the item's own node id, to which pytest-xdist may add a group."""
    [*_, parent, _] = item.listchain()
    return f"{parent.nodeid}::{name}"
