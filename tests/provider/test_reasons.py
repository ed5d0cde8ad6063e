"""Each refusal tells why, in words that name candidates and show no secret."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_lookloox import LookLoox
from tests.client import ask

pytestmark = [
    pytest.mark.lookloox(strict=False),
    pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning"),
]
SENT = {"app_id": "1029384756", "app_secret": "x"}
NOT_REGISTERED = "app_id 'x' is not registered (registered: '1029384756')"
IN_BODY_OF_ANY = "the parameters came in the body, and the API reads the query"
IN_BODY = 'the parameters came in the body, and platform="documented" reads the query'
AS_JSON = "the parameters came as JSON, and the API reads the query"
NEVER_ISSUED = "this provider never issued that access_token"
IN_HEADER = "the token came in the header Authorization, and the API reads the query"
IN_BASIC = "app_id came in the header Authorization, and the API reads the query"
MISNAMED_IN_BODY = "app_id was sent as client_id, and in the body: the API reads the query"
OUTSIDE = "the API has only /api/oauth, /api/authorize, /api/get_user_info"


@pytest.mark.parametrize(
    ("endpoint", "params", "options", "expected"),
    [
        ("oauth", {}, {}, "app_id was not sent; sent: nothing"),
        ("oauth", {"client_id": "1"}, {}, "app_id was sent as client_id"),
        ("oauth", {"app_id": "x"}, {}, NOT_REGISTERED),
        ("authorize", {}, {"data": SENT}, IN_BODY),
        ("authorize", {}, {"json": SENT}, AS_JSON),
        ("authorize", {}, {"data": "a=b"}, "the body is not a form: its Content-Type is ''"),
        ("get_user_info", {}, {"data": {"access_token": "x"}}, IN_BODY_OF_ANY),
        ("authorize", {"app_id": " "}, {}, "app_id is blank"),
        ("authorize", {"App_Id": "1"}, {}, "app_id was not sent; sent: App_Id"),
        ("authorize", {**SENT, "code": "x"}, {}, "auth_key was sent as code"),
        ("authorize", {**SENT, "auth_key": ""}, {}, "auth_key is blank"),
        ("authorize", {**SENT, "app_id": "x", "auth_key": "x"}, {}, NOT_REGISTERED),
        ("authorize", {**SENT, "auth_key": "x"}, {}, "that is not the secret of this app"),
        ("get_user_info", {"token": "x"}, {}, "access_token was sent as token"),
        ("get_user_info", {}, {"headers": {"Authorization": "Bearer x"}}, IN_HEADER),
        ("authorize", {"code": "x"}, {"auth": ("1", "x")}, IN_BASIC),
        ("authorize", {}, {"data": {"client_id": "1"}}, MISNAMED_IN_BODY),
        ("authorize", {}, {"data": {"a": "1"}}, "app_id was not sent; sent: a"),
        ("get_user_info", {"access_token": "x"}, {}, NEVER_ISSUED),
        ("me", {}, {}, OUTSIDE),
        ("../me", {}, {}, OUTSIDE),
    ],
)
def test_refusal(
    provider: LookLoox,
    endpoint: str,
    params: dict[str, str],
    options: dict[str, Any],
    expected: str,
) -> None:
    method = "POST" if options.keys() & {"data", "json"} else "GET"
    ask(provider, endpoint, params, method, **options)

    assert provider.calls[-1].reason == expected


@pytest.mark.lookloox(platform="current", strict=False)
def test_query_where_the_form_is_read(provider: LookLoox) -> None:
    ask(provider, "authorize", SENT, "GET")

    assert provider.calls[-1].reason == (
        'the parameters came in the query, and platform="current" reads the form of a POST'
    )


def test_no_secret_is_shown(provider: LookLoox) -> None:
    secret = provider.app.app_secret
    ask(provider, "authorize", {"app_id": secret, "app_secret": "x", "auth_key": "x"})

    assert secret not in str(provider.calls[-1].reason)
