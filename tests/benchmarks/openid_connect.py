"""Peers that speak OpenID Connect: their login has three requests, too."""

from __future__ import annotations

import contextlib
import datetime
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from tests.benchmarks.side_by_side import Work
from tests.benchmarks.website import session

REDIRECT_URL = "http://localhost/callback"
CREDENTIALS = ("test-app-id", "test-app-secret")
QUESTION = {
    "response_type": "code",
    "client_id": CREDENTIALS[0],
    "redirect_uri": REDIRECT_URL,
    "scope": "openid profile",
    "nonce": "0123456789abcdef",
}


@contextlib.contextmanager
def oidc_provider_mock() -> Iterator[Work]:
    import oidc_provider_mock

    with oidc_provider_mock.run_server_in_thread() as server:
        base_url = f"http://localhost:{server.server_port}"
        approval = {"method": "POST", "data": {"sub": "1042"}}
        yield lambda: visit(f"{base_url}/oauth2", f"{base_url}/userinfo", approval)


@contextlib.contextmanager
def pytest_iam() -> Iterator[Work]:
    import pytest_iam

    # Its fixtures are the only way in; what they make may as well be made without pytest.
    port = inspect.unwrap(pytest_iam.iam_server_port)()
    configuration = inspect.unwrap(pytest_iam.iam_configuration)(None, port)
    iam_server = contextlib.contextmanager(inspect.unwrap(pytest_iam.iam_server))
    with iam_server(configuration, port) as server:
        server.backend.save(
            server.models.Client(
                client_id=CREDENTIALS[0],
                client_secret=CREDENTIALS[1],
                client_name="Test App",
                client_uri="http://localhost",
                client_id_issued_at=datetime.datetime.now(datetime.timezone.utc),
                redirect_uris=[REDIRECT_URL],
                grant_types=["authorization_code"],
                response_types=["code"],
                scope=["openid", "profile"],
                token_endpoint_auth_method="client_secret_basic",
            )
        )
        user = server.random_user()
        server.login(user)
        server.consent(user)
        endpoints = f"{server.url}oauth"
        yield lambda: visit(endpoints, f"{endpoints}/userinfo", {"method": "GET"})


def visit(endpoints: str, user_info_url: str, approval: Mapping[str, Any]) -> None:
    """A login by a client of its own, and so over connections of its own."""
    with session() as client:
        to_the_app = client.request(
            url=f"{endpoints}/authorize",
            params=QUESTION,
            allow_redirects=False,
            timeout=5,
            **approval,
        )
        code = to_the_app.headers["Location"].partition("code=")[2].partition("&")[0]
        grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URL}
        token = client.post(f"{endpoints}/token", data=grant, auth=CREDENTIALS, timeout=5).json()
        bearer = {"Authorization": f"Bearer {token['access_token']}"}
        profile = client.get(user_info_url, headers=bearer, timeout=5).json()
        if "sub" not in profile:
            raise RuntimeError(f"this is no login: {profile}")
