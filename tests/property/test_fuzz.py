"""Requests that no one sends on purpose: the provider answers them all."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from requests import Session

from pytest_lookloox import LookLoox
from pytest_lookloox.provider.http import FORM_TYPE, Request
from pytest_lookloox.provider.models import DEFAULT_APP
from tests.property.examples import examples

TEXT = st.text(max_size=30)
NAMES = st.sampled_from(["app_id", "app_secret", "auth_key", "access_token", "user_id", "decision"])
VALUES = (
    st.sampled_from([DEFAULT_APP.app_id, DEFAULT_APP.app_secret, "1042", "approve", "%00", "%ff"])
    | TEXT
)
PAIRS = st.lists(st.tuples(NAMES | TEXT, VALUES), max_size=5)
QUERY = TEXT | PAIRS.map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs))
PATH = (
    st.sampled_from(
        ["/api/oauth", "/api/authorize", "/api/get_user_info", "/api/", "/sign-in", "/consent"]
    )
    | TEXT
    | TEXT.map("/api/{}".format)
)
METHOD = st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"]) | TEXT
LANGUAGES = ["fr;q=", "*;q=nan", "fr-CA,fr;q=0.8,en", ";;,"]
REQUEST = st.builds(
    Request,
    method=METHOD,
    path=PATH,
    query=QUERY,
    headers=st.fixed_dictionaries(
        {},
        optional={
            "Cookie": TEXT | TEXT.map("lookloox_session={}".format) | st.binary(max_size=40),
            "Content-Type": st.sampled_from([FORM_TYPE, "multipart/form-data; boundary=x"]) | TEXT,
            "Accept-Language": TEXT | st.sampled_from(LANGUAGES) | st.binary(max_size=40),
        },
    ),
    body=PAIRS.map(dict).map(urlencode).map(str.encode)
    | st.binary(max_size=40)
    | st.binary(max_size=40).map(b"--x\r\n%b\r\n\r\n--x--".__mod__),
)
PROVIDER = st.builds(
    LookLoox,
    platform=st.sampled_from(["documented", "current"]),
    approved=st.booleans(),
    signed_in=st.booleans(),
    error_status=st.sampled_from([200, 400, 500]),
    user=st.fixed_dictionaries({}, optional={"user_id": TEXT | st.none() | st.integers(0, 2**62)}),
)


@examples(600)
@given(PROVIDER, st.lists(REQUEST, max_size=6))
@example(LookLoox(), [Request("GET", "/\ud800", "app_id=\ud800")])
def test_provider(provider: LookLoox, requests: list[Request]) -> None:
    for request in requests:
        response = provider._simulation.handle(request)

        assert response.status in {200, 302, 400, 404, 500}
        content_type = response.header("Content-Type")
        assert content_type
        assert (response.header("Location") is not None) == (response.status == 302)
        assert content_type != "application/json" or json.loads(response.body) is not None
    assert all(len(repr(call)) < 2000 for call in provider.calls)


@examples(300)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "HEAD"]),
    path=PATH,
    query=QUERY,
    body=st.binary(max_size=40) | st.none(),
    headers=st.dictionaries(
        st.sampled_from(["Accept-Language", "Cookie", "Content-Type", "X-Any"]),
        st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=20).map(
            str.strip
        ),
        max_size=3,
    ),
)
@pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")
def test_stubs(
    method: str, path: str, query: str, body: bytes | None, headers: dict[str, str]
) -> None:
    provider = LookLoox(strict=False)
    url = f"{provider.base_url}/{path.lstrip('/')}?{query}"
    with provider, Session() as session:
        answer = session.request(
            method, url, data=body, headers=headers, timeout=5, allow_redirects=False
        )

    assert answer.status_code in {200, 302, 404}
