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
        UnusedFaultWarning,
    )
    from pytest_lookloox.faults.catalogue import FAULTS, VARIATIONS
    from pytest_lookloox.faults.fault import Fault
    from pytest_lookloox.lookloox import LookLoox
    from pytest_lookloox.options import Options
    from pytest_lookloox.provider.models import App, Call
    from pytest_lookloox.provider.odd_users import ODD_USERS
    from pytest_lookloox.provider.user_info import (
        UserInfo,
        UserInfoBuilder,
        build_user_info,
        build_user_info_payload,
    )

__all__ = [
    "FAULTS",
    "ODD_USERS",
    "VARIATIONS",
    "App",
    "AuthKeyReuseWarning",
    "Call",
    "ExpiredTokenReuseWarning",
    "Fault",
    "LookLoox",
    "LookLooxClientWarning",
    "MisdirectedSecretWarning",
    "NoTimeoutWarning",
    "NoVerificationWarning",
    "Options",
    "PlainHttpWarning",
    "RedirectUrlQueryWarning",
    "SecretInLogWarning",
    "UnusedFaultWarning",
    "UserInfo",
    "UserInfoBuilder",
    "build_user_info",
    "build_user_info_payload",
]

# The lightest first: a name is looked for in their order.
_MODULES = (
    *("provider.user_info", "provider.models", "provider.odd_users"),
    *("faults.fault", "faults.catalogue"),
    *("options", "checks.client_warnings", "lookloox"),
)


# Hidden from type checkers, which then find a misspelt import. pytest imports this package on
# every run: the modules are loaded when one of their names is first used.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        for module in _MODULES if name in __all__ else ():
            found = import_module(f"{__name__}.{module}")
            if hasattr(found, name):
                return getattr(found, name)
        from difflib import get_close_matches

        closest = get_close_matches(name, __all__, n=1)
        hint = f"; did you mean {closest[0]!r}?" if closest else ""
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}{hint}")

    def __dir__() -> list[str]:
        return [*globals(), *__all__]
