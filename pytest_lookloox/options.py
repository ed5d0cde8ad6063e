"""The options of a provider: their defaults and checks."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypedDict

from pytest_lookloox.provider import urls
from pytest_lookloox.provider.facts import DEFAULT_BASE_URL, is_blank
from pytest_lookloox.provider.models import DEFAULT_APP
from pytest_lookloox.provider.platforms import DOCUMENTED, PLATFORMS
from pytest_lookloox.provider.user_info import build_user_info

__tracebackhide__ = True

_ERROR_STATUSES = {200, *(status for status in HTTPStatus if status >= 400)}


class Options(TypedDict, total=False):
    """What a test may set, each by its name; wrong values raise `TypeError` or `ValueError`.

    `platform`: `"documented"`, as the API's document promises, or `"current"`, as servers do today.
    `base_url`: the community that is simulated, scheme and host.
    `app_id`, `app_secret`, `redirect_url`: the registered app.
    `user`: fields of the signed-in user, as `build_user_info` takes them.
    `token_lifetime`: seconds; a token works while its age is not over it. `None`: the platform's,
    3600 or 60.
    `approved`: whether the user approved the app before; `False` shows the consent page first.
    `signed_in`: whether the visitor of `/api/oauth` is signed in.
    `error_status`: status of JSON errors; 200, or a registered one from 400 on.
    `allowed_hosts`: real hosts that tests may reach, as `"host"` or `"host:port"`.
    `tls`: whether a real port speaks https.
    `strict`: whether the teardown checks run.
    """

    platform: str
    base_url: str
    app_id: str
    app_secret: str
    redirect_url: str
    user: Mapping[str, Any]
    token_lifetime: float | None
    approved: bool
    signed_in: bool
    error_status: int
    allowed_hosts: Sequence[str]
    tls: bool
    strict: bool


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The options with their defaults, checked and normalised."""

    platform: str = DOCUMENTED.name
    base_url: str = DEFAULT_BASE_URL
    app_id: str = DEFAULT_APP.app_id
    app_secret: str = field(default=DEFAULT_APP.app_secret, repr=False)
    redirect_url: str = DEFAULT_APP.redirect_url
    user: Mapping[str, Any] = field(default_factory=dict, repr=False)
    token_lifetime: float | None = None
    approved: bool = True
    signed_in: bool = True
    error_status: int = 200
    allowed_hosts: Sequence[str] = ()
    tls: bool = False
    strict: bool = True

    def __post_init__(self) -> None:
        for name in ("platform", "base_url", "app_id", "app_secret", "redirect_url"):
            self._require(name, isinstance(getattr(self, name), str), "a string")
        for name in ("approved", "signed_in", "tls", "strict"):
            self._require(name, isinstance(getattr(self, name), bool), "True or False")
        for name in ("app_id", "app_secret"):
            if is_blank(getattr(self, name)):
                raise ValueError(f"{name} must not be blank: the API would count it as missing")
        self._require("user", isinstance(self.user, Mapping), "a dict of user_info fields")
        lifetime = self.token_lifetime
        is_number = lifetime is None or type(lifetime) in (int, float)
        self._require("token_lifetime", is_number, "a number of seconds")
        self._require("error_status", type(self.error_status) is int, "a whole number")
        self._require(
            "allowed_hosts",
            isinstance(self.allowed_hosts, (list, tuple, set, frozenset))
            and all(isinstance(host, str) for host in self.allowed_hosts),
            "a list of host names",
        )
        if self.platform not in PLATFORMS:
            names = " or ".join(map(repr, PLATFORMS))
            raise ValueError(f"platform must be {names}, not {self.platform!r}")
        if lifetime is not None and not lifetime > 0:
            raise ValueError(
                "token_lifetime must be over 0 seconds; for tokens that have expired "
                "use @pytest.mark.lookloox_expired_token"
            )
        if self.error_status not in _ERROR_STATUSES:
            raise ValueError(
                f"error_status must be 200, or a registered status from 400 to 511, "
                f"not {self.error_status}"
            )
        for host in self.allowed_hosts:
            urls.allowed_host(host)
        urls.redirect_url(self.redirect_url)
        object.__setattr__(self, "base_url", urls.base_url(self.base_url))
        object.__setattr__(self, "user", build_user_info(**self.user))

    def _require(self, name: str, holds: bool, wanted: str) -> None:
        if not holds:
            raise TypeError(f"{name} must be {wanted}, not {type(getattr(self, name)).__name__}")


OPTION_NAMES = tuple(option.name for option in dataclasses.fields(Settings))


def resolve(layer: Mapping[str, Any]) -> Settings:
    """Return the options that a layer sets, over the defaults.

    Raises `TypeError` or `ValueError` for an unknown option or a wrong value.
    """
    for name in layer:
        if name not in OPTION_NAMES:
            closest = difflib.get_close_matches(str(name), OPTION_NAMES, n=1)
            hint = f"did you mean {closest[0]!r}? " if closest else ""
            raise TypeError(f"unknown option {name!r}; {hint}allowed: {', '.join(OPTION_NAMES)}")
    return Settings(**layer) if layer else _DEFAULTS


# Checked once, for the many tests that set nothing.
_DEFAULTS = Settings()
