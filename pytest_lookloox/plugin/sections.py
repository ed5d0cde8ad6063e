"""What a test that failed tells: its message, and the section "Look Loox" of its report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from itertools import groupby

import pytest

from pytest_lookloox.provider.facts import GET_USER_INFO
from pytest_lookloox.simulation import Simulation

_TITLE = "Look Loox"
_NO_CALLS = """\
No request reached the provider. The usual causes:
- The app has no page at its redirect URL, or wants its login page to be opened first.
- The app failed before it asked: look at its page, its log and the traceback above.
- The app asks another community: give the base_url of that one to the provider.
- The app's client is neither requests nor httpx, or runs in another process: give it
  lookloox_server.base_url."""


def of_failure(
    error: BaseException | None, simulation: Simulation | None, fixtures: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Return what explains the error: what the provider was asked, or a fixture's right name."""
    if simulation is not None:
        yield _TITLE, _of_provider(simulation, error)
    if isinstance(error, pytest.FixtureLookupError):
        name = str(error.argname)
        cutoff = 0 if name.startswith("lookloox") else 0.8
        if closest := get_close_matches(name, fixtures, n=1, cutoff=cutoff):
            yield _TITLE, f"There is no fixture {name}: did you mean {closest[0]}?"


def _of_provider(simulation: Simulation, error: BaseException | None) -> str:
    """Return a line for each call, its answer and the reason, and for what else explains them."""
    calls, app = simulation.calls, simulation.provider.apps[simulation.options.app_id]
    refused = simulation.player.problems() if simulation.player else simulation.refusals
    faults = [each.fault for each in simulation.injector.planned if each.took_effect]
    lines = [*_with_counts(map(str, calls)), *_with_counts(refused)] or [_NO_CALLS]
    lines += [f"After {each}: {each.advice}" for each in faults if each.advice not in str(error)]
    lines += [f"{type(each).__name__}: {each}" for each, _ in simulation.observer.pending]
    if not faults and all(call.endpoint != GET_USER_INFO for call in calls):
        lines.append(
            f"The provider knows the app {app.app_id!r} with the redirect URL {app.redirect_url}; "
            "lookloox_config can tell it others."
        )
    return "\n".join(lines)


def _with_counts(lines: Iterable[str]) -> Iterator[str]:
    """Return the lines; same ones that follow one another as one line with their count."""
    for line, same in groupby(lines):
        count = len([*same])
        yield f"{line} ({count} times)" if count > 1 else line


@contextmanager
def in_one_line() -> Iterator[None]:
    """Fail the test for a usage error, or a warning that is an error, by its message alone."""
    try:
        yield
    except (pytest.UsageError, Warning) as error:
        text = f"{type(error).__name__}: {error}"
        raise pytest.fail.Exception(text, pytrace=False) from None
