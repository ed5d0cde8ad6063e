from __future__ import annotations

import pytest

from pytest_lookloox import App, Call

APP = App("an app&1", "app-hush", "http://localhost/callback?next=/", base_url="https://a.example")


def test_urls_of_an_app() -> None:
    assert APP.login_url == "https://a.example/api/oauth?app_id=an+app%261"
    assert APP.callback_url("key") == "http://localhost/callback?next=/?auth_key=key"


def test_app_is_shown_without_its_secret() -> None:
    assert "an app&1" in repr(APP)
    assert "hush" not in repr(APP)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (
            Call("authorize", {"app_id": "42", "auth_key": "hush"}, 200, {}, None, "GET", "/a"),
            "<Call GET /a?app_id=42&auth_key=*** 200>",
        ),
        (Call(None, {}, 400, {}, "Bad", "POST", "/api/token"), "<Call POST /api/token 400: Bad>"),
        (Call(None, {}, 404, "", None, "GET", "/" + "x" * 70), f"<Call GET /{'x' * 59}… 404>"),
    ],
)
def test_call_is_shown_in_one_line_without_secrets(call: Call, expected: str) -> None:
    assert repr(call) == expected
