"""The least website that `social-auth-core` can live in: one visitor's session, and a memory.

Yours has Django's or Flask's strategy and storage here, and a database.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from social_core.actions import do_auth, do_complete
from social_core.storage import BaseStorage, UserMixin
from social_core.strategy import BaseStrategy

from tests.examples.social_auth.backend import LookLooxAuth

if TYPE_CHECKING:
    Strategy = BaseStrategy[str]
else:
    Strategy = BaseStrategy  # not generic before social-auth-core 7


@dataclass(eq=False)
class User:
    """An account on the website; the pipeline fills in the names."""

    id: int
    username: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    is_active: bool = True
    is_authenticated: bool = True
    social_user: UserMixin | None = None
    is_new: bool = False


@dataclass(eq=False)
class Association(UserMixin):
    """What ties a user of Look Loox to an account on the website."""

    user: User
    uid: str
    provider: str
    id_key: str = ""
    extra_data: dict[str, Any] = field(default_factory=dict)

    def save(self) -> None:
        """Nothing to do: it is in memory already."""


def in_memory_storage() -> type[BaseStorage]:
    """A storage of its own for every website: `social-auth-core` asks for classes."""
    users: list[User] = []
    associations: dict[tuple[str, str], Association] = {}

    class Users(Association):
        @classmethod
        def user_model(cls) -> type[User]:
            return User

        @classmethod
        def username_max_length(cls) -> int:
            return 150

        @classmethod
        def user_exists(cls, *args: Any, **kwargs: Any) -> bool:
            return any(user.username == kwargs["username"] for user in users)

        @classmethod
        def get_username(cls, user: Any) -> str:
            return str(user.username)

        @classmethod
        def create_user(cls, *args: Any, **kwargs: Any) -> User:
            users.append(User(id=len(users) + 1, **kwargs))
            return users[-1]

        @classmethod
        def changed(cls, user: Any) -> None:
            """Nothing to do: it is in memory already."""

        @classmethod
        def get_social_auth(
            cls, provider: str, uid: str, id_key: str | None = None
        ) -> Association | None:
            return associations.get((provider, uid))

        @classmethod
        def create_social_auth(
            cls, user: Any, uid: str, provider: str, id_key: str = ""
        ) -> Association:
            return associations.setdefault((provider, uid), cls(user, uid, provider, id_key))

    return type("Storage", (BaseStorage,), {"user": Users})


class Request(Strategy):
    """One request of the visitor, as `social-auth-core` sees it."""

    def __init__(self, website: Website, data: dict[str, str]) -> None:
        super().__init__(website.storage)
        self._website = website
        self._data = data

    def get_setting(self, name: str) -> Any:
        return self._website.settings[name]

    def get_request_data(self, merge: bool = True) -> dict[str, Any]:
        return self._data

    request_data = get_request_data  # its name before social-auth-core 7

    def request_host(self) -> str:
        return "localhost"

    def build_absolute_uri(self, path: str | None = None) -> str:
        return f"http://localhost{path or ''}"

    def session_get(self, name: str, default: Any = None) -> Any:
        return self._website.session.get(name, default)

    def session_set(self, name: str, value: Any) -> None:
        self._website.session[name] = value

    def session_pop(self, name: str) -> Any:
        return self._website.session.pop(name, None)

    def redirect(self, url: str) -> str:
        return url


class Website:
    """The website in one visitor's browser: `user` is who is logged in."""

    def __init__(self, **settings: str) -> None:
        self.settings = {"LOGIN_REDIRECT_URL": "/welcome", **settings}
        self.storage = in_memory_storage()
        self.session: dict[str, Any] = {}
        self.user: User | None = None

    def begin_login(self) -> str:
        """The visitor follows the login link: returns where it leads."""
        return str(do_auth(LookLooxAuth(Request(self, {}))))

    def open(self, callback_url: str) -> str:
        """The visitor comes back: returns where they are led; raises `AuthException`."""
        data = dict(parse_qsl(urlsplit(callback_url).query))
        return str(do_complete(LookLooxAuth(Request(self, data)), self._log_in, user=self.user))

    def log_out(self) -> None:
        self.session.clear()
        self.user = None

    def _log_in(self, backend: LookLooxAuth, user: User, social_user: UserMixin) -> None:
        self.user = user
