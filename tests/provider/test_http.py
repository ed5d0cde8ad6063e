from __future__ import annotations

from typing import Any

import pytest

from pytest_lookloox.provider.http import (
    Request,
    Response,
    TransportFault,
    fault_response,
    html_response,
    json_response,
    redirect,
    text_response,
)

HTML = ("Content-Type", "text/html; charset=utf-8")
JSON = ("Content-Type", "application/json")
TEXT = ("Content-Type", "text/plain; charset=utf-8")
LOCATION = ("Location", "/a")
COOKIE = ("Set-Cookie", "lookloox_session=abc; Path=/; HttpOnly; SameSite=Lax")
RESET = TransportFault.CONNECTION_RESET


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        *(("", {}), ("a=1&b=&c", {"a": "1", "b": "", "c": ""})),
        *(("a=1&a=2", {"a": "2"}), ("a=%C3%A9+%FF", {"a": "é �"})),
    ],
)
def test_parameters_and_form(query: str, expected: dict[str, str]) -> None:
    body = query.encode()

    request = Request("GET", "/", query)
    request.params()["a"] = "the caller's own"

    assert request.params() == expected
    assert Request("POST", "/", body=body).form() == expected
    assert Request("PUT", "/", body=body).form() == {}
    assert Request("POST", "/", body=b"a=\xff").form() == {"a": "�"}


@pytest.mark.parametrize(
    ("cookie", "session"),
    [
        ("", ""),
        ("lookloox_session=abc", "abc"),
        (b"lookloox_session=abc", "abc"),
        ("a=b;lookloox_session=a=b; c", "a=b"),
        ("other_lookloox_session=abc", ""),
    ],
)
def test_session_cookie(cookie: str | bytes, session: str) -> None:
    request = Request("GET", "/", headers={"Cookie": cookie, "X-Any": "é".encode("latin-1")})

    assert request.session() == session
    assert (request.header("X-Any"), request.header("X-Other")) == ("é", "")


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (html_response("<p>é", status=404), (404, (HTML,), "<p>é".encode(), "<p>é")),
        (json_response({"a": "é"}), (200, (JSON,), b'{"a": "\\u00e9"}', {"a": "é"})),
        (redirect("/a"), (302, (HTML, LOCATION), b"", "")),
        (redirect("/a", session="abc"), (302, (HTML, LOCATION, COOKIE), b"", "")),
        (text_response("é", 500), (500, (TEXT,), "é\n".encode(), None)),
        (fault_response(RESET), (0, (), b"", None, None, RESET, 0)),
    ],
)
def test_response(response: Response, expected: tuple[Any, ...]) -> None:
    assert response[: len(expected)] == expected


def test_headers_of_a_response() -> None:
    response = redirect("/a").with_header("Content-Type", "x").with_header("X-New", "y")

    # A changed one keeps its place.
    assert response.headers == (("Content-Type", "x"), LOCATION, ("X-New", "y"))
    assert response.header("content-TYPE") == "x"
    assert response.header("Cookie") is None
