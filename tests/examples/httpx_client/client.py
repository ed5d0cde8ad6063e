"""A client of Look Loox that asks the API with `httpx`, asynchronously."""

from __future__ import annotations

from typing import Any

import httpx


class LoginError(Exception):
    """The login failed; the message holds no secret."""


class LookLooxClient:
    """Logs the visitors of one app in."""

    def __init__(self, http: httpx.AsyncClient, base_url: str, app_id: str, secret: str) -> None:
        self._http = http
        self._base_url = base_url
        self._app_id = app_id
        self._secret = secret

    async def log_in(self, auth_key: str) -> dict[str, Any]:
        """The `user_info` of the user with this auth_key; raises `LoginError`."""
        login = {"app_id": self._app_id, "app_secret": self._secret, "auth_key": auth_key}
        token = (await self._ask("authorize", login)).get("access_token")
        if not isinstance(token, str) or not token:
            raise LoginError("authorize: no access_token")
        user_info = (await self._ask("get_user_info", {"access_token": token})).get("user_info")
        if not isinstance(user_info, dict) or not user_info.get("user_id"):
            raise LoginError("get_user_info: no user")
        return user_info

    async def _ask(self, endpoint: str, params: dict[str, str]) -> dict[str, Any]:
        try:
            response = await self._http.get(f"{self._base_url}/api/{endpoint}", params=params)
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            # Its text may hold the address with the secret.
            raise LoginError(f"{endpoint}: {type(error).__name__}") from None
        if not isinstance(answer, dict):  # `[]` is what a deleted user looks like
            raise LoginError(f"{endpoint}: no object")
        if answer.get("error"):  # errors come with status 200, too
            raise LoginError(f"{endpoint}: {answer.get('message')}")
        return answer
