from __future__ import annotations

import pytest

from pytest_lookloox import LookLoox
from pytest_lookloox.provider.redaction import redact_query, redact_url, shorten

SECRET = "00112233445566778899aabbccddeeff"


@pytest.mark.parametrize("name", ["app_secret", "auth_key", "access_token"])
def test_secret_in_a_query_and_in_a_url(name: str) -> None:
    url = "https://x.example/a?app_id=42&{}={}&b=2"

    assert redact_query({"app_id": "42", name: "hush"}) == f"?app_id=42&{name}=***"
    assert redact_url(url.format(name, "hush")) == url.format(name, "***")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://amina:hush@x.example:8443/a", "https://x.example:8443/a"),
        ("https://x.example/a#access_token=hush", "https://x.example/a"),
        ("https://x.example/a?auth_key=", "https://x.example/a?auth_key=***"),
        ("https://x.example/a?auth_key=one&auth_key=two", "https://x.example/a?auth_key=***"),
        ("https://x.example/é?b=%C3%A9&c=", "https://x.example/é?b=é&c="),
        ("https://x.example/a?b=%FF", "https://x.example/a?b=�"),
        ("http://a/b?next=/c?auth_key=hush", "http://a/b?next=/c?auth_key=***"),
        ("http://a/b?App_Secret=hush", "http://a/b?App_Secret=***"),
        ("http://a/b?authkey=hush", "http://a/b?authkey=***"),
        ("http://a/b?token=hush", "http://a/b?token=***"),
        ("http://a/b?app_secret[]=hush", "http://a/b?app_secret[]=***"),
        ("http://a/b%3Faccess_token=hush&c d", "http://a/b%3Faccess_token=***&c d"),
        ("http://a/b?x=access_token%3Dhush", "http://a/b?x=access_token=***"),
        ("http://a/b?x=access_token%25253Dhush", "http://a/b?x=access_token%253D***"),
        (f"http://a/b/{SECRET}", "http://a/b/***"),
        (f"http://a/b/{SECRET}0", f"http://a/b/{SECRET}0"),
        (f"http://a/b/0{SECRET}", f"http://a/b/0{SECRET}"),
    ],
)
def test_url(url: str, expected: str) -> None:
    assert redact_url(url) == expected


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (redact_query({"app_id": "x" * 60}), f"?app_id={'x' * 60}"),
        (redact_query({"app_id": "x" * 61}), f"?app_id={'x' * 60}…"),
        (redact_query({"x" * 1_000_000: "42"}), f"?{'x' * 60}…=42"),
        (redact_url(f"https://x.example/{'x' * 1_000_000}"), f"https://x.example/{'x' * 59}…"),
        (redact_url(f"https://x.example/a?b={'x' * 100}"), f"https://x.example/a?b={'x' * 60}…"),
        # Not cut first, which would leave half a secret.
        (shorten(f"{'x' * 40}/{SECRET}"), f"{'x' * 40}/***"),
    ],
    ids=["60 characters", "value", "name", "path", "url", "secret at the cut"],
)
def test_long_text_is_cut(shown: str, expected: str) -> None:
    assert shown == expected


def test_control_characters_are_replaced() -> None:
    assert redact_query({}) == ""
    assert redact_query({"app\nid": "4\r\n2\u2028\x1b[0m"}) == "?app�id=4��2��[0m"


@pytest.mark.parametrize(
    "sent", ["hu&sh =", "hu%26sh+%3D", "hu%26sh%20%3D", "hu%26sh%20%3d", "hu%2526sh%252520%253d"]
)
def test_known_value_wherever_it_stands(sent: str) -> None:
    """A short one only as a word of its own."""
    for secret in ("hu&sh =", "zesty-7", "zesty-7-and-longer", "x"):
        LookLoox(app_secret=secret)

    assert shorten(f"/api/{sent}/x") == "/api/***/x"
    assert redact_query({"client": sent}) == "?client=***"
    assert shorten("zesty-7, hush, x and zesty-71") == "***, hush, x and zesty-71"
    assert shorten("zesty-7-and-longer") == "***"
