"""How an asynchronous client is tested: against `lookloox_server`, which any library can ask."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import anyio
import httpx
import pytest

from pytest_lookloox import App, LookLoox, build_user_info
from tests.examples.httpx_client.client import LoginError, LookLooxClient

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def http(
    lookloox_server: LookLoox, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[httpx.AsyncClient]:
    # At INFO httpx logs every address, and with it the secret: a real app has to do the same.
    caplog.set_level(logging.WARNING, logger="httpx")
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        yield client


@pytest.fixture
def client(http: httpx.AsyncClient, lookloox_app: App) -> LookLooxClient:
    app = lookloox_app
    return LookLooxClient(http, app.base_url, app.app_id, app.app_secret)


async def visit(http: httpx.AsyncClient, app: App) -> str:
    """Follow the login link as a browser does: the auth_key of the redirect."""
    response = await http.get(app.login_url)
    assert response.status_code == 302
    return response.headers["Location"].partition("?auth_key=")[2]


async def test_login(http: httpx.AsyncClient, client: LookLooxClient, lookloox_app: App) -> None:
    user = await client.log_in(await visit(http, lookloox_app))

    assert user["user_firstname"] == "Amina"


async def test_many_users_at_once(client: LookLooxClient, lookloox_server: LookLoox) -> None:
    users = [build_user_info(user_id=str(number)) for number in range(50)]
    logged_in: list[str] = []

    async def log_in(auth_key: str) -> None:
        logged_in.append((await client.log_in(auth_key))["user_id"])

    async with anyio.create_task_group() as tasks:
        for user in users:
            tasks.start_soon(log_in, lookloox_server.issue_auth_key(user))

    assert sorted(logged_in) == sorted(user["user_id"] for user in users)


# The key is used twice on purpose: a browser may repeat a request.
@pytest.mark.filterwarnings("ignore::pytest_lookloox.AuthKeyReuseWarning")
async def test_same_key_at_once_logs_in_once(
    client: LookLooxClient, lookloox_auth_key: str
) -> None:
    outcomes: list[str] = []

    async def log_in() -> None:
        try:
            outcomes.append((await client.log_in(lookloox_auth_key))["user_firstname"])
        except LoginError as error:
            outcomes.append(str(error))

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(log_in)

    refused = "authorize: Bad Request, invalid auth_key"
    assert sorted(outcomes) == ["Amina", *[refused] * 4]


@pytest.mark.lookloox_reused_auth_key
async def test_spent_key(client: LookLooxClient, lookloox_auth_key: str) -> None:
    with pytest.raises(LoginError, match="authorize: Bad Request, invalid auth_key"):
        await client.log_in(lookloox_auth_key)


@pytest.mark.lookloox_expired_token(times=1)
async def test_expired_token(client: LookLooxClient, lookloox_server: LookLoox) -> None:
    with pytest.raises(LoginError, match="get_user_info: Bad Request, expired access_token"):
        await client.log_in(lookloox_server.issue_auth_key())

    assert await client.log_in(lookloox_server.issue_auth_key())


async def test_deleted_user(client: LookLooxClient, lookloox_server: LookLoox) -> None:
    auth_key = lookloox_server.issue_auth_key()
    lookloox_server.remove_user(lookloox_server.user["user_id"])

    with pytest.raises(LoginError, match="get_user_info: no object"):
        await client.log_in(auth_key)


async def test_no_server_there(http: httpx.AsyncClient) -> None:
    client = LookLooxClient(http, "http://127.0.0.1:1", "an-app", "hush")

    with pytest.raises(LoginError, match="authorize: ConnectError"):
        await client.log_in("0" * 32)
