"""What a fault makes of an answer, byte for byte: here no door is in between."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import pytest

from pytest_lookloox import contract, effects
from pytest_lookloox.exchange import HTML_TYPE, JSON_TYPE, Request, Response, Wire, json_response

ASKED = Request("GET", "/api/authorize", "app_id=1&auth_key=%C3%A9")
GOOD = json_response(contract.AUTHORIZE_TOKEN, {"access_token": "abc"})


def the_rest(response: Response) -> Response:
    """All of a response but its body and what that means."""
    return response._replace(data=None, body=b"")


@pytest.mark.parametrize(
    ("spoil", "body", "data"),
    [
        (effects.emptied, b"", ""),
        (effects.malformed, b'{"access_token": "abc",}', '{"access_token": "abc",}'),
    ],
)
def test_a_spoilt_body_comes_under_the_headers_of_a_good_answer(
    spoil: effects.Spoil, body: bytes, data: str
) -> None:
    spoilt = spoil(GOOD)

    assert (spoilt.body, spoilt.data) == (body, data)
    assert the_rest(spoilt) == the_rest(GOOD)


def test_a_php_warning_stands_before_the_json_and_makes_it_html() -> None:
    spoilt = effects.after_a_php_warning(GOOD)

    warning, json_body = spoilt.body[: -len(GOOD.body)], spoilt.body[-len(GOOD.body) :]
    assert warning.startswith(b"<br />\n<b>Warning</b>: ")
    assert warning.endswith(b"<br />\n")
    assert json_body == GOOD.body
    assert spoilt.data == spoilt.body.decode()
    assert the_rest(spoilt) == the_rest(GOOD)._replace(content_type=HTML_TYPE)


def test_a_truncated_answer_is_cut_by_the_door() -> None:
    assert effects.truncated(GOOD) == GOOD._replace(data=None, wire=Wire.TRUNCATED)


def test_nothing_comes_of_an_answer_but_what_happens_on_the_wire() -> None:
    response = effects.nothing_but(Wire.CONNECTION_RESET)(GOOD)

    assert response == Response(None, 0, "", None, b"", wire=Wire.CONNECTION_RESET)


@pytest.mark.parametrize(("retry_after", "header"), [({}, None), ({"retry_after": True}, "1")])
@pytest.mark.parametrize("status", [401, 503])
def test_an_error_of_the_server_as_json(
    status: int, retry_after: dict[str, Any], header: str | None
) -> None:
    response = effects.json_error(status, **retry_after)(ASKED, "")

    error = {"error": True, "message": HTTPStatus(status).phrase}
    assert json.loads(response.body) == response.data == error
    assert (response.fact, response.status, response.content_type) == (None, status, JSON_TYPE)
    assert response.retry_after == header


@pytest.mark.parametrize(("retry_after", "header"), [({}, None), ({"retry_after": True}, "1")])
@pytest.mark.parametrize(
    ("arguments", "heading"),
    [((502,), "502 Bad Gateway"), ((200, "Down for maintenance"), "Down for maintenance")],
)
def test_a_page_for_people(
    arguments: tuple[int, str], heading: str, retry_after: dict[str, Any], header: str | None
) -> None:
    response = effects.html_page(*arguments, **retry_after)(ASKED, "")

    html = f"<!doctype html><title>{heading}</title><h1>{heading}</h1>\n"
    assert response.body.decode() == response.data == html
    assert (response.fact, response.status) == (None, arguments[0])
    assert response.content_type == HTML_TYPE
    assert response.retry_after == header


def test_a_redirect_to_the_sign_in_page() -> None:
    response = effects.sign_in_redirect(ASKED, "")

    assert (response.fact, response.status, response.location) == (None, 302, "/sign-in")


def test_a_redirect_that_leads_to_itself_knows_its_attempt() -> None:
    response = effects.redirect_loop(ASKED, "7")

    again = "/api/authorize?app_id=1&auth_key=%C3%A9&attempt=7"
    assert (response.fact, response.status, response.location) == (None, 302, again)
