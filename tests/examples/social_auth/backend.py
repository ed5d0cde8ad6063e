"""A `social-auth-core` backend for "Log in with Look Loox".

Look Loox is not quite OAuth 2: no `state`, no scope, no `redirect_uri`, the one-time code
is called `auth_key`, the token is fetched by GET, and errors come with status 200. So the backend
stands on `BaseAuth`; `BaseOAuth2` would have to be switched off piece by piece.

Settings: `SOCIAL_AUTH_LOOKLOOX_KEY` and `_SECRET`, the app's id and secret, and
`SOCIAL_AUTH_LOOKLOOX_BASE_URL` for a sister community.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import requests
from social_core.backends.base import BaseAuth
from social_core.exceptions import AuthException

if TYPE_CHECKING:
    Base = BaseAuth[Any]
else:
    Base = BaseAuth  # not generic before social-auth-core 7


class LookLooxAuth(Base):
    name = "lookloox"
    ID_KEY = "user_id"

    def auth_url(self) -> str:
        """Where the visitor logs in; the session remembers that it sent them there."""
        self.strategy.session_set(self._login_begun, True)
        app_id, _ = self.get_key_and_secret()
        return f"{self._url('oauth')}?{urlencode({'app_id': app_id})}"

    def auth_complete(self, *args: Any, **kwargs: Any) -> Any:
        """The visitor is back: returns the user; raises `AuthException` if the login failed.

        Without a `state`, all that ties the callback to this visitor is that their session began
        a login, and that it counts once. It keeps a forged callback out of a session that waits
        for none; it cannot tell a forged one from the real one while a login is under way.
        """
        if not self.strategy.session_pop(self._login_begun):
            raise AuthException(self, "the login did not begin in this session")
        auth_key = str(self.data.get("auth_key", "")).strip()
        if not auth_key:
            raise AuthException(self, "no auth_key")
        user_info = self.user_data(self._access_token(auth_key))
        return self.strategy.authenticate(self, *args, response=user_info, **kwargs)

    def user_data(self, access_token: str) -> dict[str, Any]:
        """The user's profile, which has a `user_id`; any other field may be empty or missing."""
        user_info = self._ask("get_user_info", access_token=access_token).get("user_info")
        if not isinstance(user_info, dict):
            raise AuthException(self, "no user_info")
        user_id = user_info.get("user_id")
        # The id is a string, but a number is as good. `True` is no number, though an int to Python.
        if not (isinstance(user_id, str) or type(user_id) is int) or not str(user_id).strip():
            raise AuthException(self, "no user_id")
        # As text, for 1042 and "1042" are one user, and older social-auth-core tells them apart.
        return {**user_info, "user_id": str(user_id).strip()}

    def get_user_details(self, response: dict[str, Any]) -> dict[str, str]:
        """What the website's own user is made of; "" where Look Loox tells nothing."""
        fields = {
            "username": "user_name",
            "email": "user_email",
            "first_name": "user_firstname",
            "last_name": "user_lastname",
        }
        details = {ours: str(response.get(theirs) or "") for ours, theirs in fields.items()}
        return {**details, "fullname": f"{details['first_name']} {details['last_name']}".strip()}

    @property
    def _login_begun(self) -> str:
        return f"{self.name}_login_begun"

    def _url(self, endpoint: str) -> str:
        return f"{self.setting('BASE_URL', 'https://lookloox.com')}/api/{endpoint}"

    def _access_token(self, auth_key: str) -> str:
        app_id, app_secret = self.get_key_and_secret()
        answer = self._ask("authorize", app_id=app_id, app_secret=app_secret, auth_key=auth_key)
        access_token = answer.get("access_token")
        if not isinstance(access_token, str) or not access_token.strip():
            raise AuthException(self, "no access_token")
        return access_token

    def _ask(self, endpoint: str, **params: str) -> dict[str, Any]:
        """The API's answer, which is a JSON object without an error.

        Not by `self.request()`: that one follows redirects, which the API never sends and which
        would end on a page that is meant for people.
        """
        try:
            response = requests.get(
                self._url(endpoint),
                params,
                timeout=self.setting("REQUESTS_TIMEOUT") or 5,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            # `from None`, and without its text: both may hold the URL with the secret.
            raise AuthException(self, f"{endpoint}: {type(error).__name__}") from None
        try:
            # Not response.json(): that one trips over a byte-order mark.
            answer = json.loads(response.content)
        except ValueError:
            raise AuthException(self, f"{endpoint}: no JSON") from None
        if not isinstance(answer, dict):  # `[]` is what a deleted user looks like
            raise AuthException(self, f"{endpoint}: no JSON object")
        if answer.get("error"):  # errors come with status 200, too
            message = str(answer.get("message"))
            for value in params.values():
                message = message.replace(value, "***")
            raise AuthException(self, f"{endpoint}: {message}")
        if response.status_code != 200:
            raise AuthException(self, f"{endpoint}: status {response.status_code}")
        return answer
