"""The provider's clock: the machine's, moved ahead by hand."""

from __future__ import annotations

import datetime
from typing import NamedTuple

_SECOND = datetime.timedelta(seconds=1)


class Moment(NamedTuple):
    """A point in time: what the machine's clock said, and how far ahead of it the provider was."""

    read: datetime.datetime
    ahead: datetime.timedelta


class Clock:
    """Reads the time at every call, so that freezegun and time-machine move it too."""

    def __init__(self) -> None:
        self._ahead = datetime.timedelta()

    def now(self) -> Moment:
        """The present time."""
        # Not time.time(): freezegun lets that one tell the real time near the start of a thread.
        return Moment(datetime.datetime.now(datetime.timezone.utc), self._ahead)

    def seconds_since(self, moment: Moment) -> float:
        """How old something is: whole seconds of the machine's clock, and what was advanced.

        So "exactly 3600 s" can be tested: the milliseconds that a test takes do not count.
        """
        now = self.now()
        read = (now.read - moment.read) // _SECOND
        return read + (now.ahead - moment.ahead).total_seconds()

    def advance(self, seconds: float = 0, minutes: float = 0, hours: float = 0) -> None:
        """Move the clock ahead; raises `ValueError` for a step back, or past all calendars."""
        try:
            step = datetime.timedelta(seconds=seconds, minutes=minutes, hours=hours)
        except OverflowError as error:
            raise ValueError(f"advance() cannot go that far: {error}") from None
        if step < datetime.timedelta():
            raise ValueError(
                f"advance() moves time forward only, not by {step.total_seconds():g} seconds; "
                "to begin in the past, freeze the time before the token is issued"
            )
        self._ahead += step
