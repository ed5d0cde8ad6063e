from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Iterator

import freezegun
import pytest
import requests
import time_machine

from pytest_lookloox import LookLoox
from pytest_lookloox.clock import Clock, Moment

START = datetime.datetime(2026, 11, 2, 9, 14, 55, tzinfo=datetime.timezone.utc)


@pytest.mark.parametrize(
    ("step", "seconds"),
    [
        ({"seconds": 1}, 1),
        ({"minutes": 1}, 60),
        ({"hours": 1}, 3600),
        ({"hours": 1, "minutes": 1, "seconds": 1.5}, 3661.5),
        ({"minutes": 2, "seconds": -60}, 60),
        ({}, 0),
    ],
)
def test_advance_moves_the_time_ahead(step: dict[str, float], seconds: float) -> None:
    with freezegun.freeze_time(START):
        clock = Clock()
        clock.advance(**step)

        assert clock.now() == Moment(START, datetime.timedelta(seconds=seconds))


def test_first_argument_is_seconds_and_steps_add_up() -> None:
    with freezegun.freeze_time(START):
        clock = Clock()
        clock.advance(5)
        clock.advance(5)

        assert clock.now() == Moment(START, datetime.timedelta(seconds=10))


def test_time_is_in_utc() -> None:
    with freezegun.freeze_time(START):
        assert Clock().now().read.tzinfo == datetime.timezone.utc


@pytest.mark.parametrize("step", [{"seconds": -1}, {"hours": -1, "minutes": 59}])
def test_step_back_is_refused(step: dict[str, float]) -> None:
    clock = Clock()

    with pytest.raises(ValueError, match=r"forward only, not by -\d+ seconds; to begin in"):
        clock.advance(**step)


def test_step_past_all_calendars_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot go that far"):
        Clock().advance(hours=1e12)


# What a test may use to move the time by so many seconds, while it stands still otherwise.
Move = Callable[[float], object]


@pytest.fixture
def freezer() -> Iterator[Move]:
    with freezegun.freeze_time(START) as frozen:
        yield frozen.tick


@pytest.fixture
def traveller() -> Iterator[Move]:
    with time_machine.travel(START, tick=False) as travelling:
        yield travelling.shift


@pytest.fixture
def advance(lookloox: LookLoox, traveller: Move) -> Move:
    return lookloox.advance


@pytest.fixture(params=["advance", "freezer", "traveller"])
def move(request: pytest.FixtureRequest) -> Move:
    by: Move = request.getfixturevalue(request.param)
    return by


def message(lookloox: LookLoox, access_token: str) -> str | None:
    """What is wrong with the token, or nothing."""
    url = f"{lookloox.base_url}/api/get_user_info"
    response = requests.get(url, params={"access_token": access_token}, timeout=5)
    text: str | None = response.json().get("message")
    return text


def test_token_works_at_3600_seconds_and_is_expired_at_3601(lookloox: LookLoox, move: Move) -> None:
    token = lookloox.issue_access_token()
    move(3600)
    assert message(lookloox, token) is None

    move(1)
    assert message(lookloox, token) == "Bad Request, expired access_token"


def test_both_ways_of_moving_time_add_up(lookloox: LookLoox, freezer: Move) -> None:
    token = lookloox.issue_access_token()
    freezer(1800)
    lookloox.advance(minutes=30)
    assert message(lookloox, token) is None

    lookloox.advance(1)
    assert message(lookloox, token) == "Bad Request, expired access_token"


def in_a_thread(work: Callable[[], object]) -> object:
    results: list[object] = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join()
    return results[0]


def test_time_moves_in_a_thread_too(lookloox: LookLoox, move: Move) -> None:
    """A server's requests are answered in threads, near whose start freezegun looks away."""
    token = in_a_thread(lookloox.issue_access_token)
    move(3600)
    within = in_a_thread(lambda: message(lookloox, str(token)))
    move(1)
    past_it = in_a_thread(lambda: message(lookloox, str(token)))

    assert (within, past_it) == (None, "Bad Request, expired access_token")


@pytest.mark.usefixtures("freezer")
def test_clock_read_first_thing_in_a_thread_is_frozen() -> None:
    results: list[Moment] = []
    clock = Clock()

    class Reader(threading.Thread):
        def run(self) -> None:
            results.append(clock.now())

    reader = Reader()
    reader.start()
    reader.join()

    assert [moment.read for moment in results] == [START]


def test_every_provider_has_a_clock_of_its_own() -> None:
    first = LookLoox(base_url="https://first.example")
    second = LookLoox(base_url="https://second.example")
    with first, second:
        of_first = first.issue_access_token()
        of_second = second.issue_access_token()
        first.advance(hours=2)

        assert message(first, of_first) == "Bad Request, expired access_token"
        assert message(second, of_second) is None
