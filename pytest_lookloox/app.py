"""An app as it is registered on the provider's dashboard."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from pytest_lookloox.contract import LOGIN_PATH


@dataclass(frozen=True)
class App:
    """A registered app: its id, secret, name and one fixed redirect URL (D)."""

    app_id: str
    app_secret: str = field(repr=False)
    redirect_url: str
    name: str
    base_url: str

    @property
    def login_url(self) -> str:
        """The address behind the link "Log in with Look Loox" (D)."""
        return f"{self.base_url}{LOGIN_PATH}?{urlencode({'app_id': self.app_id})}"

    def callback_url(self, auth_key: str) -> str:
        """The redirect URL with an auth_key.

        `?auth_key=…` is appended even to a URL that has a query string already (O).
        """
        return f"{self.redirect_url}?auth_key={auth_key}"
