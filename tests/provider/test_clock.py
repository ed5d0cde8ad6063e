from __future__ import annotations

import datetime
import threading
from typing import Any

import freezegun
import pytest

from pytest_lookloox.provider.clock import Clock, Moment

START = datetime.datetime(2026, 11, 2, 9, 14, 55, tzinfo=datetime.timezone.utc)
HOUR = datetime.timedelta(hours=1)


@pytest.mark.parametrize(
    ("step", "seconds"),
    [
        ({}, 0),
        ({"hours": 1, "minutes": 1, "seconds": 1.5}, 3661.5),
        ({"minutes": 2, "seconds": -60}, 60),
    ],
)
def test_advance_moves_the_time_ahead(step: dict[str, float], seconds: float) -> None:
    with freezegun.freeze_time(START):
        clock = Clock()
        clock.advance(**step)
        assert clock.now() == Moment(START, datetime.timedelta(seconds=seconds))

        clock.advance(5)
        assert clock.now() == Moment(START, datetime.timedelta(seconds=seconds + 5))


@pytest.mark.parametrize(
    ("step", "error", "says"),
    [
        ({"seconds": -1}, ValueError, "forward only, not by -1 seconds; to begin in the past"),
        ({"hours": -1, "minutes": 59, "seconds": 59}, ValueError, "forward only, not by -1 seco"),
        ({"hours": 1e12}, ValueError, r"^advance\(\) cannot go that far: "),
        ({"hours": "1"}, TypeError, r"^advance\(\) takes numbers of seconds, minutes or hours"),
    ],
)
def test_step_that_is_refused(step: dict[str, Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        Clock().advance(**step)


@pytest.mark.parametrize("back", [datetime.timedelta(milliseconds=1), 9000 * HOUR])
def test_clock_that_was_set_back(back: datetime.timedelta) -> None:
    """Only what is advanced counts then, and what was issued is never younger than new."""
    with freezegun.freeze_time(START) as stopped:
        clock = Clock()
        issued = clock.now()
        stopped.move_to(START - back)
        assert clock.seconds_since(issued) == 0

        clock.advance(hours=1)
        assert clock.seconds_since(issued) == 3600


@freezegun.freeze_time(START)
def test_clock_read_first_in_a_thread_is_frozen() -> None:
    """A server answers in threads, near whose start freezegun returns real times."""
    results: list[Moment] = []
    clock = Clock()
    reader = threading.Thread(target=lambda: results.append(clock.now()))
    reader.start()
    reader.join()

    assert results == [Moment(START, datetime.timedelta())]
