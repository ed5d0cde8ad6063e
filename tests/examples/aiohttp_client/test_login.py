"""How an `aiohttp` client is tested: against `lookloox_server`, which any library can ask."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from pytest_lookloox import App

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def http(lookloox_app: App) -> AsyncIterator[aiohttp.ClientSession]:
    # Unsafe: by default aiohttp takes no cookies from a host without a name.
    cookies = aiohttp.CookieJar(unsafe=True)
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(cookie_jar=cookies, timeout=timeout) as session:
        yield session


@pytest.fixture(autouse=True)
def _server(lookloox_server: object) -> None:
    """Let every test, and so `lookloox_app`, use the server."""


async def log_in(http: aiohttp.ClientSession, app: App, auth_key: str) -> Any:
    login = {"app_id": app.app_id, "app_secret": app.app_secret, "auth_key": auth_key}
    async with http.get(f"{app.base_url}/api/authorize", params=login) as response:
        token = await response.json()
    async with http.get(f"{app.base_url}/api/get_user_info", params=token) as response:
        return await response.json()


async def test_login(http: aiohttp.ClientSession, lookloox_app: App) -> None:
    async with http.get(lookloox_app.login_url, allow_redirects=False) as redirect:
        auth_key = redirect.headers["Location"].partition("?auth_key=")[2]

    answer = await log_in(http, lookloox_app, auth_key)

    assert answer["user_info"]["user_firstname"] == "Amina"


@pytest.mark.lookloox(signed_in=False, approved=False)
async def test_new_visitor_signs_in_and_approves(
    http: aiohttp.ClientSession, lookloox_app: App
) -> None:
    """The pages without a browser: what their buttons post. The session keeps the cookie."""
    pages = lookloox_app.base_url
    choice = {"app_id": lookloox_app.app_id, "user_id": "1042"}
    async with http.post(f"{pages}/sign-in", data=choice, allow_redirects=False) as response:
        assert response.status == 302
    approval = {**choice, "decision": "approve"}
    async with http.post(f"{pages}/consent", data=approval, allow_redirects=False) as response:
        auth_key = response.headers["Location"].partition("?auth_key=")[2]

    assert (await log_in(http, lookloox_app, auth_key))["user_info"]["user_id"] == "1042"


@pytest.mark.lookloox_expired_token
async def test_expired_token(
    http: aiohttp.ClientSession, lookloox_app: App, lookloox_auth_key: str
) -> None:
    answer = await log_in(http, lookloox_app, lookloox_auth_key)

    assert answer["message"] == "Bad Request, expired access_token"
