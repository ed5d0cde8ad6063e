"""The provider's clock: the machine's clock plus what a test advanced."""

from __future__ import annotations

import datetime
from typing import NamedTuple

__tracebackhide__ = True


class Moment(NamedTuple):
    """A point in time: the machine's clock, and how far ahead of it the provider was."""

    read: datetime.datetime
    ahead: datetime.timedelta


class Clock:
    """Reads the machine's time at every call, so that freezegun and time-machine move it, too."""

    def __init__(self) -> None:
        self._ahead = datetime.timedelta()

    def now(self) -> Moment:
        """Return the present time."""
        # Under freezegun, time.time() returns the real time near the start of a thread.
        return Moment(datetime.datetime.now(datetime.timezone.utc), self._ahead)

    def seconds_since(self, moment: Moment) -> float:
        """Return an age: whole seconds of the machine's clock, and what was advanced.

        The milliseconds that a test takes do not count, so "exactly 3600 s" can be tested. Where
        the machine's clock was set back, by freezing a time in the past, only the latter counts.
        """
        now = self.now()
        seconds = (now.read - moment.read) // datetime.timedelta(seconds=1)
        return max(seconds, 0) + (now.ahead - moment.ahead).total_seconds()

    def advance(self, seconds: float = 0, minutes: float = 0, hours: float = 0) -> None:
        """Move the clock ahead.

        Raises `TypeError` for anything but numbers, and `ValueError` for a step back or too far.
        """
        try:
            step = datetime.timedelta(seconds=seconds, minutes=minutes, hours=hours)
            ahead = self._ahead + step
        except TypeError as error:
            raise TypeError(
                f"advance() takes numbers of seconds, minutes or hours, such as hours=1: {error}"
            ) from None
        except OverflowError as error:
            raise ValueError(f"advance() cannot go that far: {error}") from None
        if step < datetime.timedelta():
            raise ValueError(
                f"advance() moves time forward only, not by {step.total_seconds():g} seconds; "
                "to begin in the past, freeze the time before the token is issued"
            )
        self._ahead = ahead
