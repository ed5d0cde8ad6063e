from __future__ import annotations

from typing import Any

import pytest

from pytest_lookloox import build_user_info
from pytest_lookloox.options import OPTION_NAMES, Options, resolve

# As the documentation promises them.
DEFAULTS = {
    "base_url": "https://lookloox.com",
    "app_id": "test-app-id",
    "app_secret": "test-app-secret",
    "redirect_url": "http://localhost/callback",
    "user": build_user_info(),
    "token_lifetime": 3600,
    "approved": True,
    "signed_in": True,
    "error_status": 200,
    "allowed_hosts": (),
    "tls": False,
    "strict": True,
}


def test_defaults() -> None:
    assert list(OPTION_NAMES) == list(DEFAULTS)
    assert {name: getattr(resolve({}), name) for name in OPTION_NAMES} == DEFAULTS


@pytest.mark.parametrize(
    "layer",
    [
        {"base_url": "https://sister.example:8443", "app_id": "42", "app_secret": "sécret"},
        {"base_url": "http://127.0.0.1:5000", "redirect_url": "https://app.example/back?next=/"},
        {"token_lifetime": 60, "approved": False, "redirect_url": "myapp://callback"},
        {"token_lifetime": 0.5, "signed_in": False, "allowed_hosts": ["a.b", "localhost:8000"]},
        {"error_status": 400, "allowed_hosts": {"api.example"}, "tls": True},
        {"error_status": 511, "allowed_hosts": ("api.example",), "strict": False},
    ],
)
def test_legal_values_are_kept(layer: dict[str, Any]) -> None:
    options = resolve(layer)

    assert {name: getattr(options, name) for name in OPTION_NAMES} == {**DEFAULTS, **layer}


def test_user_and_base_url_are_normalised() -> None:
    fields: dict[str, Any] = {"user_name": "x", "without": ["user_email"], "extra": {"new": None}}
    options = resolve({"user": fields, "base_url": "HTTPS://Sister.Example:443/"})

    assert options.user == build_user_info(**fields)
    assert options.base_url == "https://sister.example"


@pytest.mark.parametrize(
    ("name", "value", "error", "says"),
    [
        ("base_url", None, TypeError, "base_url must be a string, not NoneType"),
        ("app_id", 42, TypeError, "app_id must be a string, not int"),
        ("app_secret", b"x", TypeError, "app_secret must be a string, not bytes"),
        ("redirect_url", None, TypeError, "redirect_url must be a string, not NoneType"),
        ("user", "amina", TypeError, "user must be a dict of user_info fields, not str"),
        ("user", {"user_emial": ""}, TypeError, "did you mean 'user_email'"),
        (
            "token_lifetime",
            "3600",
            TypeError,
            "token_lifetime must be a number of seconds, not str",
        ),
        ("token_lifetime", True, TypeError, "token_lifetime must be a number of seconds, not bool"),
        ("approved", 1, TypeError, "approved must be True or False, not int"),
        ("signed_in", None, TypeError, "signed_in must be True or False, not NoneType"),
        ("tls", 1, TypeError, "tls must be True or False, not int"),
        ("strict", "no", TypeError, "strict must be True or False, not str"),
        ("error_status", "400", TypeError, "error_status must be a whole number, not str"),
        ("error_status", True, TypeError, "error_status must be a whole number, not bool"),
        ("allowed_hosts", "a.b", TypeError, "allowed_hosts must be a list of host names, not str"),
        ("allowed_hosts", [80], TypeError, "allowed_hosts must be a list of host names, not list"),
        ("app_id", "", ValueError, "app_id must not be blank"),
        ("app_secret", " \u00a0", ValueError, "app_secret must not be blank"),
        ("token_lifetime", 0, ValueError, "over 0 seconds.*lookloox_expired_token"),
        ("token_lifetime", float("nan"), ValueError, "over 0 seconds"),  # no token would ever age
        ("error_status", 302, ValueError, "must be 200, or a registered status from 400 .*not 302"),
        ("error_status", 520, ValueError, "not 520"),
        ("allowed_hosts", ["https://a.b"], ValueError, "without a scheme, not 'https://a.b'"),
        ("base_url", "lookloox.com", ValueError, "must begin with https:// or http://"),
        ("redirect_url", "/callback", ValueError, "must be an absolute URL"),
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
    options = Options(app_secret="hush-hush", user={"user_email": "amina@example.com"})

    assert "hush-hush" not in repr(options)
    assert "amina@example.com" not in repr(options)
