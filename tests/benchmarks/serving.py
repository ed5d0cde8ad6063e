"""Logins at a real port: the same client at our server and at those of peers."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from pytest_lookloox import LookLoox
from tests.benchmarks.figure import Bound, Figure
from tests.benchmarks.measure import Effort, Work, costs, is_installed
from tests.benchmarks.website import ANSWERS, OAUTH_PATH, REDIRECT, new_session, visit


def serving(effort: Effort) -> list[Figure]:
    # A line for each request would slow down the peers that write one.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with ExitStack() as servers:
        contenders = {
            name: servers.enter_context(serve())
            for name, (module, serve) in SERVERS.items()
            if is_installed(module)
        }
        measured = costs(
            contenders, effort.rounds, effort.repetitions, clock=time.perf_counter, unit=1e-3
        )
    return [
        Figure(
            "A login at a server on a real port: time",
            "ms",
            measured,
            base="lookloox_server",
            bounds=(
                Bound("lookloox_server", 1, "pytest-httpserver"),
                Bound("lookloox_server", 1, "oidc-provider-mock"),
            ),
        )
    ]


@contextmanager
def lookloox_server() -> Iterator[Work]:
    from pytest_lookloox.transports.server import Server

    with Server() as server, server.serving(LookLoox()._simulation.handle):
        yield lambda: visit(server.base_url)


@contextmanager
def pytest_httpserver() -> Iterator[Work]:
    from pytest_httpserver import HTTPServer

    with HTTPServer(port=0) as server:
        server.expect_request(OAUTH_PATH).respond_with_data(status=302, headers=REDIRECT)
        for path, answer in ANSWERS.items():
            server.expect_request(path).respond_with_json(answer)
        yield lambda: visit(server.url_for(""))


@contextmanager
def oidc_provider_mock() -> Iterator[Work]:
    """A provider of OpenID Connect, whose login has three requests, too."""
    import oidc_provider_mock

    with oidc_provider_mock.run_server_in_thread() as server:
        base_url = f"http://localhost:{server.server_port}"
        yield lambda: visit_openid_connect(base_url)


def visit_openid_connect(base_url: str) -> None:
    """Log in as an app whose id and secret the server does not check."""
    redirect_url = "http://localhost/callback"
    authorization = {
        "response_type": "code",
        "client_id": "an-app",
        "redirect_uri": redirect_url,
        "scope": "openid profile",
        "nonce": "0123456789abcdef",
    }
    with new_session() as session:
        redirect = session.post(
            f"{base_url}/oauth2/authorize",
            params=authorization,
            data={"sub": "1042"},
            allow_redirects=False,
            timeout=5,
        )
        code = redirect.headers["Location"].partition("code=")[2].partition("&")[0]
        grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_url}
        app = ("an-app", "a-secret")
        token = session.post(f"{base_url}/oauth2/token", grant, auth=app, timeout=5).json()
        bearer = {"Authorization": f"Bearer {token['access_token']}"}
        profile = session.get(f"{base_url}/userinfo", headers=bearer, timeout=5).json()
    if profile["sub"] != "1042":
        raise RuntimeError(f"the login failed: {profile}")


SERVERS: dict[str, tuple[str, Callable[[], AbstractContextManager[Work]]]] = {
    "lookloox_server": ("pytest_lookloox", lookloox_server),
    "pytest-httpserver": ("pytest_httpserver", pytest_httpserver),
    "oidc-provider-mock": ("oidc_provider_mock", oidc_provider_mock),
}
"""The module that has to be installed, and the server."""
