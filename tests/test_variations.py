"""Unusual forms of a good answer: no faults, and a client has to survive them."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
import urllib3

from pytest_lookloox import VARIATIONS, LookLoox
from tests.clients import call

# These ask in every wrong way, on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")

BOTH = pytest.mark.parametrize("endpoint", ["authorize", "get_user_info"])


@BOTH
class TestGoodAnswer:
    def test_html_content_type(self, lookloox: LookLoox, endpoint: str) -> None:
        lookloox.vary("html_content_type")

        answer = call(lookloox, endpoint)

        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "error" not in answer.json()

    def test_byte_order_mark(self, lookloox: LookLoox, endpoint: str) -> None:
        lookloox.vary("byte_order_mark")

        answer = call(lookloox, endpoint)

        assert answer.content.startswith(b"\xef\xbb\xbf{")
        assert "error" not in json.loads(answer.content)

    def test_extra_fields(self, lookloox: LookLoox, endpoint: str) -> None:
        usual = call(lookloox, endpoint).json()
        lookloox.vary("extra_fields")

        answer = call(lookloox, endpoint).json()

        assert answer.keys() > usual.keys()
        assert len(answer.get("user_info", ())) in (0, 16)

    @pytest.mark.filterwarnings("ignore::pytest_lookloox.conduct.NoTimeoutWarning")
    @pytest.mark.parametrize(
        "timeout", [None, 0.5, 5, (0.1, 5), (5, None), urllib3.Timeout(connect=0.1)]
    )
    def test_slow_answer_comes_in_time(
        self, lookloox: LookLoox, endpoint: str, timeout: Any
    ) -> None:
        lookloox.vary("slow_answer")

        answer = call(lookloox, endpoint, timeout=timeout)

        assert "error" not in answer.json()
        assert answer.elapsed.total_seconds() < 0.4

    @pytest.mark.parametrize("timeout", [0.4, (5, 0.1), urllib3.Timeout(read=0.1)])
    def test_slow_answer_is_too_slow_for_the_impatient(
        self, lookloox: LookLoox, endpoint: str, timeout: Any
    ) -> None:
        lookloox.vary("slow_answer")

        with pytest.raises(requests.ReadTimeout):
            call(lookloox, endpoint, timeout=timeout)

    @pytest.mark.parametrize("name", VARIATIONS)
    def test_times(self, lookloox: LookLoox, endpoint: str, name: str) -> None:
        usual = call(lookloox, endpoint)
        lookloox.vary(name, times=1)

        call(lookloox, endpoint)
        last = call(lookloox, endpoint)

        assert last.headers == usual.headers
        assert last.json().keys() == usual.json().keys()

    def test_all_at_once(self, lookloox: LookLoox, endpoint: str) -> None:
        for name in VARIATIONS:
            lookloox.vary(name)

        answer = call(lookloox, endpoint)

        assert answer.content.startswith(b"\xef\xbb\xbf{")
        assert "api_version" in json.loads(answer.content)


class TestBadAnswer:
    @pytest.mark.parametrize("name", VARIATIONS)
    def test_is_as_ever(self, lookloox: LookLoox, name: str) -> None:
        lookloox.inject_fault("unknown_app")
        lookloox.vary(name)

        answer = call(lookloox, "authorize")

        assert answer.headers["Content-Type"] == "application/json"
        assert answer.json().keys() == {"error", "message"}


def test_unknown_name_is_refused(lookloox: LookLoox) -> None:
    with pytest.raises(ValueError, match=r"'extra_field'; did you mean 'extra_fields'\? there are"):
        lookloox.vary("extra_field")


@pytest.mark.parametrize("name", [None, 1, ["extra_fields"]])
def test_what_is_no_name_is_refused(lookloox: LookLoox, name: Any) -> None:
    with pytest.raises(TypeError, match="a variation is asked for by its name, not "):
        lookloox.vary(name)


def test_name_like_no_other_is_refused(lookloox: LookLoox) -> None:
    with pytest.raises(ValueError, match="unknown variation 'x'; there are: html_content_type"):
        lookloox.vary("x")


def test_every_variation_says_what_it_is() -> None:
    assert all(variation.description.endswith(".") for variation in VARIATIONS.values())
