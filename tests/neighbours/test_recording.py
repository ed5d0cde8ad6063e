"""pytest-recording, which replays cassettes of VCR.py below the adapters of `requests`."""

from __future__ import annotations

import pytest

from tests.neighbours.conftest import Run

CASSETTE = """
version: 1
interactions:
- request:
    method: GET
    uri: https://shop.invalid/orders
    body: null
    headers: {}
  response:
    status: {code: 200, message: OK}
    headers: {}
    body: {string: recorded}
"""
SUITE = """
import pytest
import requests
from client import SHOP, get, logs_in

@pytest.mark.vcr("shop.yaml")
@pytest.mark.lookloox(allowed_hosts=["shop.invalid"])
def test_both_answer(lookloox):
    assert get(SHOP).text == "recorded"
    assert logs_in(lookloox)

@pytest.mark.vcr("shop.yaml")
@pytest.mark.lookloox(allowed_hosts=["shop.invalid"])
def test_cassette_opened_before(vcr, lookloox):
    assert get(SHOP).text == "recorded"
    assert logs_in(lookloox)

@pytest.mark.lookloox(allowed_hosts=["shop.invalid"])
@pytest.mark.vcr("shop.yaml")
@pytest.mark.block_network
def test_network_blocked(lookloox):
    assert get(SHOP).text == "recorded"
    assert logs_in(lookloox)

@pytest.mark.vcr("shop.yaml")
def test_recorded_host_that_is_not_allowed_is_refused(lookloox):
    with pytest.raises(requests.ConnectionError, match="allowed_hosts="):
        get(SHOP)
"""
PROVIDER_ALONE = """
import pytest
from client import logs_in

@pytest.mark.vcr
def test_it(lookloox):
    assert logs_in(lookloox)
"""


def test_both_answer_in_one_test(run: Run, pytester: pytest.Pytester) -> None:
    folder = pytester.mkdir("cassettes") / "test_it"
    folder.mkdir()
    (folder / "shop.yaml").write_text(CASSETTE, encoding="utf-8")

    run(SUITE, "--record-mode=none", plugins=("recording",)).assert_outcomes(passed=4)


@pytest.mark.parametrize("mode", ["none", "once", "all"])
def test_the_provider_is_never_recorded(run: Run, pytester: pytest.Pytester, mode: str) -> None:
    result = run(PROVIDER_ALONE, f"--record-mode={mode}", plugins=("recording",))

    result.assert_outcomes(passed=1)
    assert list(pytester.path.rglob("*.yaml")) == []
