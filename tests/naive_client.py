"""A client with every mistake that a login can have, for tests that have to catch it.

It trusts any answer with status 200, sets no time-out, and never looks at `error`.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import requests

from pytest_lookloox import App


class NaiveWebsite:
    """A website whose callback says "Welcome" to nearly everybody."""

    def __init__(self, app: App) -> None:
        self._app = app

    def get(self, callback_url: str) -> str:
        """The page after the login."""
        try:
            return self._log_in(parse_qs(urlsplit(callback_url).query).get("auth_key", [""])[0])
        except Exception as error:
            return f"Something went wrong: {type(error).__name__}"

    def _log_in(self, auth_key: str) -> str:
        authorized = self._ask(
            "authorize",
            app_id=self._app.app_id,
            app_secret=self._app.app_secret,
            auth_key=auth_key,
        )
        if authorized.status_code != 200:
            return "Look Loox is busy."
        profile = self._ask("get_user_info", access_token=authorized.json().get("access_token"))
        if profile.status_code != 200:
            return "Look Loox is busy."
        return "Welcome!"

    def _ask(self, endpoint: str, **params: str | None) -> requests.Response:
        return requests.get(f"{self._app.base_url}/api/{endpoint}", params)
