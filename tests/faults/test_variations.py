"""Unusual forms of a good answer, which a client has to survive."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
import urllib3

from pytest_lookloox import VARIATIONS, LookLoox
from pytest_lookloox.faults.catalogue import FAULTS
from tests.client import caller
from tests.faults.conftest import BOTH_PLATFORMS

HTML = "text/html; charset=utf-8"
JSON = "application/json"
EXTRA = {"api_version": "1.2", "server": {"name": "lookloox", "load": [0.5, None]}}

pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")


@pytest.fixture
def delay(monkeypatch: pytest.MonkeyPatch) -> float:
    monkeypatch.setattr("pytest_lookloox.faults.catalogue.SLOW_ANSWER_SECONDS", 0.05)
    return 0.05


@pytest.mark.parametrize("endpoint", ["authorize", "get_user_info"])
class TestGoodAnswer:
    @BOTH_PLATFORMS
    @pytest.mark.parametrize("names", [*([name] for name in VARIATIONS), list(VARIATIONS)], ids=str)
    def test_form(self, provider: LookLoox, endpoint: str, names: list[str], delay: float) -> None:
        for name in names:
            provider.vary(name, times=1)

        varied, usual = (caller(provider, endpoint)() for _ in range(2))

        assert usual.headers["Content-Type"] == JSON
        assert varied.headers["Content-Type"] == (HTML if "html_content_type" in names else JSON)
        has_mark = varied.content.startswith(b"\xef\xbb\xbf{")
        assert has_mark is ("byte_order_mark" in names)
        content, good = json.loads(varied.content), usual.json()
        assert provider.calls[0].body == content
        if "extra_fields" in names:
            for level in [content, *([content["user_info"]] if "user_info" in content else [])]:
                assert {field: level.pop(field) for field in EXTRA} == EXTRA
        assert content.keys() == good.keys()
        assert content.get("user_info") == good.get("user_info")

    @pytest.mark.parametrize("timeout", [0.04, (5, 0.04), urllib3.Timeout(read=0.04)])
    def test_slow_answer_is_too_slow_for_the_impatient(
        self, provider: LookLoox, endpoint: str, timeout: Any, delay: float
    ) -> None:
        provider.vary("slow_answer")

        with pytest.raises(requests.ReadTimeout):
            caller(provider, endpoint)(timeout=timeout)

    @pytest.mark.parametrize(
        "timeout",
        [None, 50, (0.1, 60), (5, None), urllib3.Timeout(connect=0.1), urllib3.Timeout(total=60)],
    )
    def test_slow_answer_of_the_stubs_takes_no_time(
        self, lookloox: LookLoox, monkeypatch: pytest.MonkeyPatch, endpoint: str, timeout: Any
    ) -> None:
        monkeypatch.setattr("pytest_lookloox.faults.catalogue.SLOW_ANSWER_SECONDS", 50)
        lookloox.vary("slow_answer")

        answer = caller(lookloox, endpoint)(timeout=timeout)

        assert "error" not in answer.json()
        assert answer.elapsed.total_seconds() < 40

    def test_slow_answer_of_the_server_takes_its_time(
        self, lookloox_server: LookLoox, endpoint: str, delay: float
    ) -> None:
        lookloox_server.vary("slow_answer")

        assert caller(lookloox_server, endpoint)().elapsed.total_seconds() >= delay


@pytest.mark.parametrize("name", VARIATIONS)
@pytest.mark.parametrize(("fault", "size"), [("wrong_app_secret", 2), ("deleted_user", 0)])
def test_other_answers_keep_their_form(
    lookloox: LookLoox, name: str, fault: str, size: int
) -> None:
    lookloox.vary(name)
    lookloox.inject_fault(fault)

    answer = caller(lookloox, FAULTS[fault].endpoints[0])(timeout=0.1)

    assert answer.headers["Content-Type"] == JSON
    assert len(answer.json()) == size


@pytest.mark.parametrize(
    ("name", "error", "says"),
    [
        ("extra_field", ValueError, "^unknown variation 'extra_field'; did you mean 'extra_fields"),
        ("x", ValueError, "^unknown variation 'x'; there are: html_content_type, byte_order_mark"),
        (None, TypeError, "the name of a variation is a string, not NoneType$"),
        ([], TypeError, "not list$"),
    ],
)
def test_wrong_name(name: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        LookLoox().vary(name)


def test_descriptions() -> None:
    assert all(variation.description.endswith(".") for variation in VARIATIONS.values())
    assert VARIATIONS["slow_answer"].description == "An answer that takes 0.5 seconds."
