"""pytest-recording, which replays cassettes of VCR.py below the adapters of `requests`."""

from __future__ import annotations

import pytest
import yaml  # noqa: F401 - pytester forgets what is first imported inside it

from tests.conftest import Run

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
from tests.client import log_in

def get_orders():
    return requests.get("https://shop.invalid/orders", timeout=5)

@pytest.mark.vcr("shop.yaml")
@pytest.mark.lookloox(allowed_hosts=["shop.invalid"])
@pytest.mark.block_network
def test_both_answer(vcr, lookloox):
    assert get_orders().text == "recorded"
    assert log_in(lookloox) == lookloox.user

@pytest.mark.vcr("shop.yaml")
def test_recorded_host_that_is_not_allowed_is_refused(lookloox):
    with pytest.raises(requests.ConnectionError, match="allowed_hosts="):
        get_orders()
"""
PROVIDER_ALONE = """
import pytest
from tests.client import log_in

@pytest.mark.vcr
def test_it(lookloox):
    lookloox.inject_fault("http_503@authorize", times=1)
    assert log_in(lookloox, retries=1) == lookloox.user
"""


def test_both_answer_in_one_test(run: Run, pytester: pytest.Pytester) -> None:
    folder = pytester.mkdir("cassettes") / "test_it"
    folder.mkdir()
    (folder / "shop.yaml").write_text(CASSETTE, encoding="utf-8")

    result = run(SUITE, "-Werror", "--record-mode=none", plugins=["recording"])

    result.assert_outcomes(passed=2)


# In a process of its own, our modules are loaded while VCR.py has its classes in place.
@pytest.mark.parametrize(("mode", "subprocess"), [("once", True), ("all", False)])
def test_provider_is_never_recorded(
    run: Run, pytester: pytest.Pytester, mode: str, subprocess: bool
) -> None:
    options = ["-Werror", f"--record-mode={mode}"]
    result = run(PROVIDER_ALONE, *options, plugins=["recording"], subprocess=subprocess)

    result.assert_outcomes(passed=1)
    assert list(pytester.path.rglob("*.yaml")) == []
