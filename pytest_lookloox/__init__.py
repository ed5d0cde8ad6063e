"""A simulated "Log in with Look Loox" provider for tests: see `LookLoox` and `build_user_info`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_lookloox.checks.client_warnings import (
        AuthKeyReuseWarning,
        ExpiredTokenReuseWarning,
        LookLooxClientWarning,
        MisdirectedSecretWarning,
        NoTimeoutWarning,
        NoVerificationWarning,
        PlainHttpWarning,
        RedirectUrlQueryWarning,
        SecretInLogWarning,
    )
    from pytest_lookloox.faults.variations import VARIATIONS
    from pytest_lookloox.lookloox import LookLoox
    from pytest_lookloox.provider.models import App, Call
    from pytest_lookloox.provider.odd_users import ODD_USERS
    from pytest_lookloox.provider.user_info import (
        UserInfo,
        build_user_info,
        build_user_info_payload,
    )

_NAMES_BY_MODULE = {
    "checks.client_warnings": (
        "AuthKeyReuseWarning",
        "ExpiredTokenReuseWarning",
        "LookLooxClientWarning",
        "MisdirectedSecretWarning",
        "NoTimeoutWarning",
        "NoVerificationWarning",
        "PlainHttpWarning",
        "RedirectUrlQueryWarning",
        "SecretInLogWarning",
    ),
    "faults.variations": ("VARIATIONS",),
    "lookloox": ("LookLoox",),
    "provider.models": ("App", "Call"),
    "provider.odd_users": ("ODD_USERS",),
    "provider.user_info": ("UserInfo", "build_user_info", "build_user_info_payload"),
}
_MODULE_OF = {name: module for module, names in _NAMES_BY_MODULE.items() for name in names}

__all__ = [
    "ODD_USERS",
    "VARIATIONS",
    "App",
    "AuthKeyReuseWarning",
    "Call",
    "ExpiredTokenReuseWarning",
    "LookLoox",
    "LookLooxClientWarning",
    "MisdirectedSecretWarning",
    "NoTimeoutWarning",
    "NoVerificationWarning",
    "PlainHttpWarning",
    "RedirectUrlQueryWarning",
    "SecretInLogWarning",
    "UserInfo",
    "build_user_info",
    "build_user_info_payload",
]


# pytest imports this package on every run: a name's module is loaded when it is first used.
def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
