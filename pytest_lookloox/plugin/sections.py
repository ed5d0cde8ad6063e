"""What a test that failed tells: its message, and the section "Look Loox" of its report."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path

import pytest

from pytest_lookloox.provider.models import DEFAULT_APP
from pytest_lookloox.simulation import Simulation

_TITLE = "Look Loox"
_NO_CALLS = """\
No request reached the provider. The usual causes:
- The app has no page at its redirect URL, or its test client is at another host than that: then
  the session is another one, too.
- The app wants a login to begin at its login page, or looks for another parameter than auth_key.
- The app failed before it asked: look at its page, its log and the traceback above.
- The app asks another community: give the base_url of that one to the provider.
- The app's client is neither requests nor httpx, or runs in another process: give it
  lookloox_server.base_url."""
# What pytest says, and the way out.
_HINTS = {
    "ScopeMismatch: You tried to access the function scoped fixture lookloox": (
        "A fixture of wider scope needs a provider of its own: with LookLoox() as provider: yield "
        "provider."
    ),
    "required positional argument: 'lookloox": (
        "A test case of unittest gets fixtures only through one of its own that has autouse=True."
    ),
}


def of_failure(
    error: BaseException, simulation: Simulation | None, names: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Return what explains the error: what the provider was asked, or a fixture's right name.

    `names` are those of the plugin's module, of which the fixtures are public.
    """
    fixtures = [name for name in names if name.startswith("lookloox")]
    if simulation is not None and (text := _of_provider(simulation, error)):
        yield _TITLE, text
    if isinstance(error, pytest.FixtureLookupError) and error.argname not in fixtures:
        name = str(error.argname)
        cutoff = 0 if name.startswith("lookloox") else 0.8
        if closest := get_close_matches(name, fixtures, n=1, cutoff=cutoff):
            yield _TITLE, f"There is no fixture {name}: did you mean {closest[0]}?"
    for beginning, hint in _HINTS.items():
        if beginning in str(error):
            yield _TITLE, hint


def _of_provider(simulation: Simulation, error: BaseException) -> str:
    """Return a line for each call, its answer and the reason, and for what else explains them."""
    refused = simulation.player.problems() if simulation.player else simulation.refusals
    lines = [*_with_counts(map(str, simulation.calls)), *_with_counts(refused)]
    faults = [each.fault for each in simulation.injector.planned if each.took_effect]
    if not lines and not faults and not _is_own(error):
        app = simulation.provider.apps[simulation.options.app_id]
        is_default = app.app_id == DEFAULT_APP.app_id
        lines = [
            _NO_CALLS,
            f"The provider knows the app {app.app_id!r} with the redirect URL {app.redirect_url}, "
            + ("by default: lookloox_config can return yours." if is_default else "as configured."),
        ]
    lines += [
        f"{each}: {each.description} A good client: {each.advice}"
        for each in faults
        if each.advice not in str(error)
    ]
    lines += [f"{type(each).__name__}: {each}" for each, _ in simulation.observer.pending]
    return "\n".join(lines)


def _is_own(error: BaseException) -> bool:
    """Return whether the plugin itself refused an argument, which explains itself."""
    entries = traceback.extract_tb(error.__traceback__)
    is_ours = bool(entries) and Path(entries[-1].filename).is_relative_to(Path(__file__).parents[1])
    return is_ours and isinstance(error, (ImportError, TypeError, ValueError))


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
