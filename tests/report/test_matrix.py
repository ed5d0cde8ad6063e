"""What counts as passed, failed or not run, and under which name."""

from __future__ import annotations

import pytest

from tests.report.suites import FAILED, IDS, LENIENT, NOT_RUN, OUTCOMES, PASSED, rows, state_of

REPORT = "--lookloox-report"
ONE_PROCESS = ("-n", "0")
TWO_WORKERS = ("-n", "2")


@pytest.mark.parametrize("processes", [ONE_PROCESS, TWO_WORKERS], ids=" ".join)
def test_every_outcome(pytester: pytest.Pytester, processes: tuple[str, ...]) -> None:
    pytester.makepyfile(OUTCOMES)

    result = pytester.runpytest_subprocess(*processes, REPORT)

    result.assert_outcomes(passed=90, failed=2, skipped=2, xfailed=2, errors=4)
    assert rows(result) == {name: [state_of(name), PASSED] for name in IDS}
    assert "1  test_every_outcome.py::test_outcomes" in result.outlines
    assert "2  test_every_outcome.py::test_all_is_well" in result.outlines
    assert "49 faults in 2 tests: 8 failed, 41 passed, 0 not run" in result.outlines


def test_deselected_faults_are_not_run(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(OUTCOMES)

    result = pytester.runpytest_inprocess(REPORT, "-k", "expired_token or unknown_token")

    result.assert_outcomes(passed=4, deselected=94)
    ran = {name: cells for name, cells in rows(result).items() if cells != [NOT_RUN, NOT_RUN]}
    assert ran == {"expired_token": [PASSED, PASSED], "unknown_token": [PASSED, PASSED]}
    assert "49 faults in 2 tests: 0 failed, 2 passed, 47 not run" in result.outlines


def test_expected_failure_that_was_not_even_run(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        LENIENT
        + """
@pytest.mark.xfail(run=False)
def test_it(lookloox_fault):
    pass
"""
    )

    result = pytester.runpytest_inprocess(REPORT)

    result.assert_outcomes(xfailed=49)
    assert "49 faults in 1 test: 0 failed, 0 passed, 49 not run" in result.outlines


def test_crash_of_a_worker_is_a_failure(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        LENIENT
        + """
import os

@pytest.mark.lookloox_fault("http_400", "http_500")
def test_it(lookloox_fault):
    if str(lookloox_fault) == "http_500@authorize":
        os._exit(1)
"""
    )

    result = pytester.runpytest_subprocess(*TWO_WORKERS, REPORT)

    result.assert_outcomes(passed=3, failed=1)
    table = rows(result)
    assert table["http_500@authorize"] == [FAILED]
    assert table["http_500@get_user_info"] == [PASSED]


def test_test_without_a_fault_does_not_count(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(lookloox): pass")

    result = pytester.runpytest_inprocess(REPORT)

    result.assert_outcomes(passed=1)
    assert rows(result) == {}
    result.stdout.fnmatch_lines(["No test ran with a fault. Give a test the fixture*"])


class TestNames:
    def test_other_parameters_stay(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            LENIENT
            + """
@pytest.mark.parametrize("first", ["a-b", "http_400"])
@pytest.mark.parametrize("last", ["z"])
class TestGroup:
    def test_it(self, first, lookloox_fault, last):
        assert first != "a-b" or lookloox_fault.name != "expired_token"
"""
        )

        result = pytester.runpytest_inprocess(REPORT)

        result.assert_outcomes(passed=97, failed=1)
        assert rows(result)["expired_token"] == [FAILED, PASSED]
        assert result.outlines[-4:-2] == [  # above the summary and pytest's own
            "1  test_other_parameters_stay.py::TestGroup::test_it[z-a-b]",
            "2  test_other_parameters_stay.py::TestGroup::test_it[z-http_400]",
        ]

    @pytest.mark.parametrize("processes", ["0", "2"])
    def test_numbers_are_in_order(self, pytester: pytest.Pytester, processes: str) -> None:
        pytester.makepyfile(
            LENIENT
            + """
@pytest.mark.lookloox_fault("expired_token")
@pytest.mark.parametrize("number", [9, 10, 1, 2])
def test_it(number, lookloox_fault):
    pass
"""
        )

        result = pytester.runpytest_subprocess("-n", processes, REPORT)

        name = "test_numbers_are_in_order.py::test_it"
        assert result.outlines[-6:-2] == [
            f"1  {name}[1]",
            f"2  {name}[2]",
            f"3  {name}[9]",
            f"4  {name}[10]",
        ]

    def test_group_of_xdist_goes(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(
            LENIENT
            + """
@pytest.mark.xdist_group("together")
def test_it(lookloox_fault):
    pass
"""
        )

        result = pytester.runpytest_subprocess(*TWO_WORKERS, "--dist", "loadgroup", REPORT)

        result.assert_outcomes(passed=49)
        assert "1  test_group_of_xdist_goes.py::test_it" in result.outlines


class TestMarkers:
    @pytest.mark.parametrize(
        ("marker", "counting"),
        [
            ("lookloox_fault('read_timeout@authorize')", ["read_timeout@authorize"]),
            ("lookloox_fault('expired_token@get_user_info')", ["expired_token"]),
            ("lookloox_fault('unknown_app', 'deleted_user')", ["deleted_user", "unknown_app"]),
            ("lookloox_expired_token", ["expired_token"]),
            ("lookloox_reused_auth_key(times=1)", ["reused_auth_key"]),
            # At which of its endpoints it took place is not known.
            ("lookloox_fault('read_timeout', 'unknown_app')", ["unknown_app"]),
        ],
    )
    def test_their_faults_count_where_the_endpoint_is_known(
        self, pytester: pytest.Pytester, marker: str, counting: list[str]
    ) -> None:
        pytester.makepyfile(f"{LENIENT}\n@pytest.mark.{marker}\ndef test_it(): pass")

        result = pytester.runpytest_inprocess(REPORT)

        result.assert_outcomes(passed=1)
        ran = [name for name, cells in rows(result).items() if cells == [PASSED]]
        assert sorted(ran) == counting

    @pytest.mark.parametrize(
        ("marker", "outcome"),
        [
            # On a class a marker may well never take effect.
            ("lookloox_fault('unknown_app')\nclass TestGroup:\n    ", "passed"),
            ("lookloox_fault('read_timeout')\n", "passed"),
            ("lookloox_fault('no_such_fault')\n", "errors"),
        ],
        ids=["inherited", "several endpoints", "unknown"],
    )
    def test_others_do_not_count(
        self, pytester: pytest.Pytester, marker: str, outcome: str
    ) -> None:
        pytester.makepyfile(f"{LENIENT}\n@pytest.mark.{marker}def test_it(*_): pass")

        result = pytester.runpytest_inprocess(REPORT)

        result.assert_outcomes(**{outcome: 1})
        assert rows(result) == {}
