from __future__ import annotations

import pytest

from pytest_lookloox.scenarios import Scenario


def strikes(scenario: Scenario, subjects: str) -> list[bool]:
    return [scenario.strikes(subject) for subject in subjects]


def test_without_times_every_subject_is_struck() -> None:
    assert strikes(Scenario("x"), "abc") == [True, True, True]


@pytest.mark.parametrize(
    ("times", "expected"),
    [(1, [True, False, False]), (2, [True, True, False]), (5, [True, True, True])],
)
def test_with_times_the_first_ones_are_struck(times: int, expected: list[bool]) -> None:
    assert strikes(Scenario("x", times), "abc") == expected


def test_once_struck_a_subject_stays_so_and_is_counted_once() -> None:
    assert strikes(Scenario("x", 2), "aabca") == [True, True, True, False, True]


def test_asking_whether_it_struck_strikes_nothing() -> None:
    scenario = Scenario("x", 1)

    assert not scenario.has_struck("a")
    assert scenario.strikes("b")
    assert scenario.has_struck("b")
    assert not scenario.has_struck("a")


def test_scenario_has_not_taken_place_and_is_not_required_at_first() -> None:
    scenario = Scenario("expired_token")

    assert (scenario.name, scenario.took_place, scenario.required) == (
        "expired_token",
        False,
        False,
    )
    assert Scenario("x", required=True).required


def test_endless_without_times() -> None:
    assert Scenario("x").is_endless
    assert not Scenario("x", 1).is_endless


@pytest.mark.parametrize("times", [0, -1])
def test_times_below_one_says_how_to_strike_every_time(times: int) -> None:
    with pytest.raises(ValueError, match=f"1 or more, not {times}; leave it out to strike every"):
        Scenario("x", times)


@pytest.mark.parametrize(("times", "type_"), [("1", "str"), (1.0, "float"), (True, "bool")])
def test_times_of_another_type_is_refused(times: object, type_: str) -> None:
    with pytest.raises(TypeError, match=f"a whole number or None, not {type_}"):
        Scenario("x", times)  # type: ignore[arg-type]
