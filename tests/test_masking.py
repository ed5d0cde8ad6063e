from __future__ import annotations

import pytest

from pytest_lookloox import Call
from pytest_lookloox.masking import masked_query, masked_url

HUSH = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("name", ["app_secret", "auth_key", "access_token"])
def test_secret_is_masked_in_a_query_and_in_a_url(name: str) -> None:
    assert masked_query({"app_id": "42", name: HUSH}) == f"?app_id=42&{name}=***"
    assert masked_url(f"https://x.example/a?{name}={HUSH}&b=2") == (
        f"https://x.example/a?{name}=***&b=2"
    )


def test_no_parameters_need_no_question_mark() -> None:
    assert masked_query({}) == ""
    assert masked_url("https://x.example/a") == "https://x.example/a"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://amina:hush@x.example:8443/a", "https://x.example:8443/a"),
        ("https://x.example/a#access_token=hush", "https://x.example/a"),
        ("https://x.example/a?auth_key=", "https://x.example/a?auth_key=***"),
        ("https://x.example/a?auth_key=one&auth_key=two", "https://x.example/a?auth_key=***"),
        ("https://x.example/é?b=%C3%A9", "https://x.example/é?b=é"),
    ],
)
def test_url(url: str, shown: str) -> None:
    assert masked_url(url) == shown


def test_key_behind_a_second_question_mark_is_masked() -> None:
    """As the provider itself appends it to a redirect URL that has a query string."""
    shown = masked_url(f"http://localhost/callback?next=/home?auth_key={HUSH}")

    assert HUSH not in shown
    assert shown.startswith("http://localhost/callback?next=/home")


@pytest.mark.parametrize(
    "shown",
    [
        masked_query({"app_id": "x" * 1_000_000}),
        masked_query({"x" * 1_000_000: "42"}),
        masked_url("https://x.example/" + "x" * 1_000_000),
        masked_url("https://x.example/a?b=" + "x" * 1_000_000),
    ],
    ids=["value", "name", "path", "url"],
)
def test_long_text_is_cut(shown: str) -> None:
    assert len(shown) < 100
    assert "…" in shown


def test_text_of_60_signs_is_shown_whole() -> None:
    assert masked_query({"app_id": "x" * 60}) == "?app_id=" + "x" * 60
    assert masked_query({"app_id": "x" * 61}) == "?app_id=" + "x" * 60 + "…"


def test_line_break_in_a_value_does_not_break_the_line() -> None:
    assert len(masked_query({"app\nid": "4\r\n2\u2028"}).splitlines()) == 1


def test_call_is_shown_in_one_line_without_secrets() -> None:
    params = {"app_id": "42", "app_secret": HUSH, "auth_key": HUSH}
    call = Call(
        endpoint="authorize",
        params=params,
        status=200,
        body={"access_token": HUSH},
        error=None,
        method="GET",
        path="/api/authorize",
    )

    assert repr(call) == ("<Call GET /api/authorize?app_id=42&app_secret=***&auth_key=*** 200>")


def test_call_that_failed_shows_its_error() -> None:
    call = Call(
        endpoint=None,
        params={},
        status=200,
        body={},
        error="Bad Request, invalid parameters",
        method="POST",
        path="/api/token",
    )

    assert repr(call) == "<Call POST /api/token 200: Bad Request, invalid parameters>"


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/callback?next?auth_key=hush-hush",
        "https://lookloox.com/api/authorize?App_Secret=hush-hush",
        "https://lookloox.com/api/authorize?appsecret=hush-hush",
        "https://lookloox.com/api/get_user_info?token=hush-hush",
        "https://lookloox.com/api/get_user_info%3Faccess_token=hush-hush",
        "https://lookloox.com/api/get_user_info?x=access_token%3Dhush-hush",
        "https://lookloox.com/api/get_user_info?x=access_token%253Dhush-hush",
        f"https://lookloox.com/api/get_user_info/{HUSH}",
    ],
)
def test_secret_in_an_odd_place_is_masked(url: str) -> None:
    shown = masked_url(url)

    assert "***" in shown
    assert "hush" not in shown
    assert HUSH not in shown
