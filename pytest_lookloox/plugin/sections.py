"""The section "Look Loox" in the report of a test that failed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

import pytest

from pytest_lookloox.simulation import Simulation

_NO_CALLS = """\
No request reached the provider. The usual causes:
- The app failed before it asked: look at its page, its log and the traceback above.
- The app asks another host: give it the base_url of the fixture.
- The app's client is neither requests nor httpx, or runs in another process: give it
  lookloox_server.base_url."""


def of_provider(simulation: Simulation) -> tuple[str, str]:
    """Return a line for each call, its answer and the reason, and one for each warning."""
    refused = simulation.player.problems() if simulation.player else []
    lines = [*map(str, simulation.calls), *refused] or [_NO_CALLS]
    lines += [f"{type(each).__name__}: {each}" for each, _ in simulation.observer.pending]
    return "Look Loox", "\n".join(lines)


def of_misspelt_fixture(name: str, fixtures: Iterable[str]) -> tuple[str, str]:
    """Return the name that is nearest to a fixture's that does not exist."""
    return "Look Loox", f"There is no fixture {name}: {_did_you_mean(name, fixtures)}"


def refuse_unknown_markers(item: pytest.Item, names: Iterable[str], known: Iterable[str]) -> None:
    """Fail a test with a marker of ours that does not exist, unless the suite registered it."""
    registered = [re.split(r"[:(]", line)[0] for line in item.config.getini("markers")]
    for name in names:
        if name not in registered:
            hint = _did_you_mean(name, known)
            own = "Register a marker of your own in the ini option markers."
            pytest.fail(f"unknown marker {name}: {hint} {own}", pytrace=False)


def _did_you_mean(name: str, names: Iterable[str]) -> str:
    return f"did you mean {get_close_matches(name, list(names), n=1, cutoff=0)[0]}?"
