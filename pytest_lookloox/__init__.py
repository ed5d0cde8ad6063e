"""A simulated "Log in with Look Loox" provider for tests: see `LookLoox` and `build_user_info`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_lookloox.app import App
    from pytest_lookloox.calls import Call
    from pytest_lookloox.conduct import (
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
    from pytest_lookloox.lookloox import LookLoox
    from pytest_lookloox.odd_users import ODD_USERS
    from pytest_lookloox.user_info import UserInfo, build_user_info, build_user_info_payload
    from pytest_lookloox.variations import VARIATIONS

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

_HOME = {
    "ODD_USERS": "odd_users",
    "VARIATIONS": "variations",
    "App": "app",
    "AuthKeyReuseWarning": "conduct",
    "Call": "calls",
    "ExpiredTokenReuseWarning": "conduct",
    "LookLoox": "lookloox",
    "LookLooxClientWarning": "conduct",
    "MisdirectedSecretWarning": "conduct",
    "NoTimeoutWarning": "conduct",
    "NoVerificationWarning": "conduct",
    "PlainHttpWarning": "conduct",
    "RedirectUrlQueryWarning": "conduct",
    "SecretInLogWarning": "conduct",
    "UserInfo": "user_info",
    "build_user_info": "user_info",
    "build_user_info_payload": "user_info",
}


# pytest imports this package on every run of everyone who has it installed: nothing is loaded
# before it is asked for.
def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
