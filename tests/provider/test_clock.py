from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Iterator

import freezegun
import pytest
import time_machine

from pytest_lookloox import LookLoox
from pytest_lookloox.provider.clock import Clock, Moment
from tests.client import get_user_info

START = datetime.datetime(2026, 11, 2, 9, 14, 55, tzinfo=datetime.timezone.utc)


@pytest.mark.parametrize(
    ("step", "seconds"),
    [
        *(({"seconds": 1}, 1), ({"minutes": 1}, 60), ({"hours": 1}, 3600), ({}, 0)),
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
    ("step", "says"),
    [
        ({"seconds": -1}, "forward only, not by -1 seconds; to begin in the past"),
        ({"hours": -1, "minutes": 59, "seconds": 59}, "forward only, not by -1 seconds"),
        ({"hours": 1e12}, r"^advance\(\) cannot go that far: "),
    ],
)
def test_step_that_is_refused(step: dict[str, float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Clock().advance(**step)


# Moves the time by so many seconds; apart from that it stands still.
Move = Callable[[float], object]


@pytest.fixture
def freezegun_tick() -> Iterator[Move]:
    with freezegun.freeze_time(START) as frozen:
        yield frozen.tick


@pytest.fixture
def time_machine_shift() -> Iterator[Move]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller.shift


@pytest.fixture
def advance(provider: LookLoox, time_machine_shift: Move) -> Move:
    return provider.advance


@pytest.fixture
def both(provider: LookLoox, freezegun_tick: Move) -> Move:
    def move(seconds: float) -> None:
        freezegun_tick(seconds // 2)
        provider.advance(seconds - seconds // 2)

    return move


@pytest.mark.parametrize("way", ["advance", "freezegun_tick", "time_machine_shift", "both"])
def test_token_expires_after_3600_seconds(
    provider: LookLoox, way: str, request: pytest.FixtureRequest
) -> None:
    move: Move = request.getfixturevalue(way)
    token = provider.issue_access_token()
    move(3600)
    assert "user_info" in get_user_info(provider, token).json()

    move(1)
    assert get_user_info(provider, token).json()["message"] == "Bad Request, expired access_token"


@pytest.mark.usefixtures("freezegun_tick")
def test_clock_read_first_in_a_thread_is_frozen() -> None:
    """A server answers in threads, near whose start freezegun returns real times."""
    results: list[Moment] = []
    clock = Clock()

    class Reader(threading.Thread):
        def run(self) -> None:
            results.append(clock.now())

    reader = Reader()
    reader.start()
    reader.join()

    assert results == [Moment(START, datetime.timedelta())]
