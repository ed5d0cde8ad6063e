"""The contract is tested from outside, as a client sees it, through every door."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests

from pytest_lookloox import LookLoox

Ask = Callable[..., requests.Response]


@pytest.fixture(params=["lookloox"])
def provider(request: pytest.FixtureRequest) -> LookLoox:
    """The provider behind one of its doors."""
    opened: LookLoox = request.getfixturevalue(request.param)
    return opened


@pytest.fixture
def ask(provider: LookLoox) -> Ask:
    """Ask an endpoint: `ask("authorize", app_id="…")`; redirects are not followed."""

    def send(endpoint: str, method: str = "GET", **params: str) -> requests.Response:
        url = f"{provider.base_url}/api/{endpoint}"
        return requests.request(method, url, params=params, allow_redirects=False, timeout=5)

    return send


@pytest.fixture
def authorize(provider: LookLoox, ask: Ask) -> Ask:
    """Ask `/api/authorize` with the registered app's values, except where a test gives others.

    A parameter given as `None` is left out.
    """

    def send(**params: str | None) -> requests.Response:
        app = provider.app
        return ask("authorize", **{"app_id": app.app_id, "app_secret": app.app_secret, **params})

    return send
