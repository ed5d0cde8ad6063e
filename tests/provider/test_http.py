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

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xc3\xa9\r\n'
    b'--x\r\nContent-Disposition: form-data; name="b"\r\n\r\n\r\n--x--\r\n'
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
    assert Request("POST", "/", headers=FORM, body=body).form() == expected
    assert Request("POST", "/", "b=1", FORM, b"a=2").params() == {"a": "2", "b": "1"}


@pytest.mark.parametrize(
    ("method", "content_type", "body", "expected"),
    [
        ("POST", "application/x-www-form-urlencoded; charset=utf-8", b"a=\xff", {"a": "�"}),
        ("POST", "multipart/form-data; boundary=x", MULTIPART, {"a": "é", "b": ""}),
        ("POST", "multipart/form-data", MULTIPART, {}),
        ("POST", "multipart/form-data; boundary=x", b"a=1", {}),
        ("POST", "application/json", b"a=1", {}),
        ("POST", "", b"a=1", {}),
        ("PUT", "application/x-www-form-urlencoded", b"a=1", {}),
    ],
)
def test_form_as_php_reads_it(
    method: str, content_type: str, body: bytes, expected: dict[str, str]
) -> None:
    request = Request(method, "/", headers={"Content-Type": content_type}, body=body)

    assert request.form() == expected


def test_change_of_a_parameter_wherever_it_was_sent() -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    request = Request("POST", "/", "a=1&c=2", headers, MULTIPART)

    changed = request.with_param("a", "é&")

    assert changed.query_params() == {"a": "é&", "c": "2"}
    assert changed.form() == {"a": "é&", "b": ""}
    assert request.with_param("d", "new") == request


@pytest.mark.parametrize(
    ("cookie", "session"),
    [
        *(("", ""), ("lookloox_session=abc", "abc"), (b"lookloox_session=abc", "abc")),
        *(("a=b;lookloox_session=a=b; c", "a=b"), ("other_lookloox_session=abc", "")),
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
        (json_response({"a": "é/"}), (200, (JSON,), b'{"a":"\\u00e9\\/"}', {"a": "é/"})),
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
