"""How an `aiohttp` client is tested: against `lookloox_server`, which any library can ask."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from pytest_lookloox import App, LookLoox
from tests.examples.aiohttp_client.client import LoginError, LookLooxClient

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def http(lookloox_server: LookLoox) -> AsyncIterator[aiohttp.ClientSession]:
    # Unsafe: by default aiohttp takes no cookies from a host without a name.
    cookies = aiohttp.CookieJar(unsafe=True)
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(cookie_jar=cookies, timeout=timeout) as session:
        yield session


@pytest.fixture
def client(http: aiohttp.ClientSession, lookloox_app: App) -> LookLooxClient:
    app = lookloox_app
    return LookLooxClient(http, app.base_url, app.app_id, app.app_secret)


async def test_login(
    http: aiohttp.ClientSession, client: LookLooxClient, lookloox_app: App
) -> None:
    async with http.get(lookloox_app.login_url, allow_redirects=False) as redirect:
        auth_key = redirect.headers["Location"].partition("?auth_key=")[2]

    assert (await client.log_in(auth_key))["user_firstname"] == "Amina"


@pytest.mark.lookloox(signed_in=False, approved=False)
async def test_new_visitor_signs_in_and_approves(
    http: aiohttp.ClientSession, client: LookLooxClient, lookloox_app: App
) -> None:
    """The pages without a browser: what their buttons post. The session keeps the cookie."""
    pages = lookloox_app.base_url
    choice = {"app_id": lookloox_app.app_id, "user_id": "1042"}
    async with http.post(f"{pages}/sign-in", data=choice, allow_redirects=False) as response:
        assert response.status == 302
    approval = {**choice, "decision": "approve"}
    async with http.post(f"{pages}/consent", data=approval, allow_redirects=False) as response:
        auth_key = response.headers["Location"].partition("?auth_key=")[2]

    assert (await client.log_in(auth_key))["user_id"] == "1042"


@pytest.mark.lookloox_reused_auth_key
async def test_spent_key(client: LookLooxClient, lookloox_auth_key: str) -> None:
    with pytest.raises(LoginError, match="authorize: Bad Request, invalid auth_key"):
        await client.log_in(lookloox_auth_key)


@pytest.mark.lookloox_expired_token
async def test_expired_token(client: LookLooxClient, lookloox_auth_key: str) -> None:
    with pytest.raises(LoginError, match="get_user_info: Bad Request, expired access_token"):
        await client.log_in(lookloox_auth_key)


async def test_deleted_user(client: LookLooxClient, lookloox_server: LookLoox) -> None:
    auth_key = lookloox_server.issue_auth_key()
    lookloox_server.remove_user(lookloox_server.user["user_id"])

    with pytest.raises(LoginError, match="get_user_info: no object"):
        await client.log_in(auth_key)


async def test_nobody_there(http: aiohttp.ClientSession) -> None:
    client = LookLooxClient(http, "http://127.0.0.1:1", "an-app", "hush")

    with pytest.raises(LoginError, match="authorize: ClientConnectorError"):
        await client.log_in("0" * 32)
