"""A fault on its way to befall a test: where, how often, and whether it ever took place."""

from __future__ import annotations


class Scenario:
    """A fault that befalls every key, token or attempt, or the first `times` of them.

    `name` is a fault's name, which means each of its endpoints, or `name@endpoint`. `required`
    tells that the test fails if the fault never takes place, and `origin` what asked for it.
    """

    def __init__(
        self, name: str, times: int | None = None, *, required: bool = False, origin: str = ""
    ) -> None:
        if times is not None and (isinstance(times, bool) or not isinstance(times, int)):
            raise TypeError(f"times must be a whole number or None, not {type(times).__name__}")
        if times is not None and times < 1:
            raise ValueError(
                f"times must be 1 or more, not {times}; leave it out to strike every time"
            )
        self.name = name
        self.fault, _, self._endpoint = name.partition("@")
        self.required = required
        self.origin = origin or f"fault {name}"
        self.took_place = False
        self._times = times
        self._struck: set[str] = set()

    @property
    def is_endless(self) -> bool:
        """Whether nothing has to be counted."""
        return self._times is None

    def is_at(self, endpoint: str) -> bool:
        """Whether it may befall this endpoint, if its fault can."""
        return self._endpoint in ("", endpoint)

    def strikes(self, subject: str) -> bool:
        """Whether the fault befalls this key, token or attempt; once struck, it stays so."""
        if subject not in self._struck and (self._times is None or len(self._struck) < self._times):
            self._struck.add(subject)
        return self.has_struck(subject)

    def has_struck(self, subject: str) -> bool:
        """Whether the fault has befallen this key, token or attempt before."""
        return subject in self._struck
