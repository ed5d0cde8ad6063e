"""What a marker makes happen: which keys or tokens it strikes, and whether it ever took place."""

from __future__ import annotations

EXPIRED_TOKEN = "expired_token"
REUSED_AUTH_KEY = "reused_auth_key"


class Scenario:
    """A mishap that befalls every key or token, or the first `times` of them.

    `required` tells that the test fails if the mishap never takes place.
    """

    def __init__(self, name: str, times: int | None = None, *, required: bool = False) -> None:
        if times is not None and (isinstance(times, bool) or not isinstance(times, int)):
            raise TypeError(f"times must be a whole number or None, not {type(times).__name__}")
        if times is not None and times < 1:
            raise ValueError(
                f"times must be 1 or more, not {times}; leave it out to strike every time"
            )
        self.name = name
        self.required = required
        self.took_place = False
        self._times = times
        self._struck: set[str] = set()

    def strikes(self, subject: str) -> bool:
        """Whether the mishap befalls this key or token; once struck, it stays so."""
        if subject not in self._struck and (self._times is None or len(self._struck) < self._times):
            self._struck.add(subject)
        return self.has_struck(subject)

    def has_struck(self, subject: str) -> bool:
        """Whether the mishap has befallen this key or token before."""
        return subject in self._struck
