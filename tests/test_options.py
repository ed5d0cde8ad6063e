from __future__ import annotations

from typing import Any

import pytest

from pytest_lookloox import build_user_info
from pytest_lookloox.options import OPTION_NAMES, Settings, resolve
from pytest_lookloox.provider.models import DEFAULT_APP

# As the documentation promises them.
DEFAULTS = {
    "platform": "documented",
    "base_url": "https://lookloox.com",
    "app_id": DEFAULT_APP.app_id,
    "app_secret": DEFAULT_APP.app_secret,
    "redirect_url": "http://localhost/callback",
    "user": build_user_info(),
    "token_lifetime": None,
    "approved": True,
    "signed_in": True,
    "error_status": 200,
    "allowed_hosts": (),
    "tls": False,
    "strict": True,
}
TEXTS = ["platform", "base_url", "app_id", "app_secret", "redirect_url"]
SWITCHES = ["approved", "signed_in", "tls", "strict"]
LIFETIME = "token_lifetime must be a number of seconds, not"
HOSTS = "allowed_hosts must be a list of host names, not"


def test_defaults() -> None:
    assert list(OPTION_NAMES) == list(DEFAULTS)
    assert {name: getattr(resolve({}), name) for name in OPTION_NAMES} == DEFAULTS


def test_user_and_base_url_are_normalised() -> None:
    fields: dict[str, Any] = {"user_name": "x", "without": ["user_email"], "extra": {"new": None}}
    options = resolve({"user": fields, "base_url": "HTTPS://Sister.Example:443/"})

    assert (options.user, options.base_url) == (build_user_info(**fields), "https://sister.example")


@pytest.mark.parametrize(
    ("name", "value", "error", "says"),
    [
        *((name, 42, TypeError, f"^{name} must be a string, not int") for name in TEXTS),
        *((name, 1, TypeError, f"^{name} must be True or False, not int") for name in SWITCHES),
        ("user", "amina", TypeError, "user must be a dict of user_info fields, not str"),
        ("user", {"user_emial": ""}, TypeError, "did you mean 'user_email'"),
        ("token_lifetime", "3600", TypeError, f"{LIFETIME} str"),
        ("token_lifetime", True, TypeError, f"{LIFETIME} bool"),
        ("error_status", "400", TypeError, "error_status must be a whole number, not str"),
        ("error_status", True, TypeError, "error_status must be a whole number, not bool"),
        ("allowed_hosts", "a.b", TypeError, f"{HOSTS} str"),
        ("allowed_hosts", [80], TypeError, f"{HOSTS} list"),
        ("app_secret", " \u00a0", ValueError, "app_secret must not be blank"),
        ("token_lifetime", 0, ValueError, "over 0 seconds.*lookloox_expired_token"),
        ("token_lifetime", float("nan"), ValueError, "over 0 seconds"),  # no token would ever age
        ("error_status", 302, ValueError, "must be 200, or a registered status from 400 .*not 302"),
        ("error_status", 520, ValueError, "not 520"),
        ("allowed_hosts", ["https://a.b"], ValueError, "without a scheme, not 'https://a.b'"),
        ("base_url", "lookloox.com", ValueError, "must begin with https:// or http://"),
        ("redirect_url", "/callback", ValueError, "must be an absolute URL"),
        ("platform", "old", ValueError, "must be 'documented' or 'current', not 'old'"),
        ("tokn_lifetime", 1, TypeError, "'tokn_lifetime'; did you mean 'token_lifetime'. allowed:"),
        ("zzz", 1, TypeError, f"^unknown option 'zzz'; allowed: {', '.join(DEFAULTS)}$"),
    ],
)
def test_wrong_value_is_refused(
    name: str, value: object, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        resolve({name: value})


def test_repr_shows_no_secret() -> None:
    options = Settings(app_secret="hush-hush", user={"user_email": "amina@example.com"})

    assert "hush-hush" not in repr(options)
    assert "amina@example.com" not in repr(options)
