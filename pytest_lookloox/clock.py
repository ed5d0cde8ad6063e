"""The provider's clock: the machine's, moved ahead by hand."""

from __future__ import annotations

import datetime


class Clock:
    """Reads the time at every call, so that freezegun and time-machine move it too."""

    def __init__(self) -> None:
        self._ahead = datetime.timedelta()

    def now(self) -> datetime.datetime:
        """The present time, in UTC."""
        # Not time.time(): freezegun lets that one tell the real time near the start of a thread.
        return datetime.datetime.now(datetime.timezone.utc) + self._ahead

    def advance(self, seconds: float = 0, minutes: float = 0, hours: float = 0) -> None:
        """Move the clock ahead; raises `ValueError` for a step back."""
        step = datetime.timedelta(seconds=seconds, minutes=minutes, hours=hours)
        if step < datetime.timedelta():
            raise ValueError(
                f"advance() moves time forward only, not by {step.total_seconds():g} seconds; "
                "to begin in the past, freeze the time before the token is issued"
            )
        self._ahead += step
