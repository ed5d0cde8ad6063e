from __future__ import annotations

from typing import Any

import pytest

from pytest_lookloox import LookLoox, build_user_info
from pytest_lookloox.options import OPTION_NAMES, Options, checked, merged

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
    assert {name: getattr(checked({}), name) for name in OPTION_NAMES} == DEFAULTS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("base_url", "https://sister.example:8443"),
        ("base_url", "http://127.0.0.1:5000"),
        ("app_id", "42"),
        ("app_secret", "sécret"),
        ("redirect_url", "https://app.example/back?next=/"),
        ("redirect_url", "myapp://callback"),
        ("token_lifetime", 60),
        ("token_lifetime", 0.5),
        ("approved", False),
        ("signed_in", False),
        ("error_status", 400),
        ("error_status", 511),
        ("allowed_hosts", ["api.example", "localhost:8000"]),
        ("allowed_hosts", {"api.example"}),
        ("allowed_hosts", ("api.example",)),
        ("tls", True),
        ("strict", False),
    ],
)
def test_legal_value_is_kept(name: str, value: object) -> None:
    assert getattr(checked({name: value}), name) == value


def test_user_is_built_of_the_fields() -> None:
    fields: dict[str, Any] = {"user_name": "x", "without": ["user_email"], "extra": {"new": None}}

    assert checked({"user": fields}).user == build_user_info(**fields)


def test_base_url_is_normalised() -> None:
    assert checked({"base_url": "HTTPS://Sister.Example:443/"}).base_url == "https://sister.example"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("base_url", None, "base_url must be a string, not NoneType"),
        ("app_id", 42, "app_id must be a string, not int"),
        ("app_secret", b"x", "app_secret must be a string, not bytes"),
        ("redirect_url", None, "redirect_url must be a string, not NoneType"),
        ("user", "amina", "user must be a dict of user_info fields, not str"),
        ("user", {"user_emial": ""}, "did you mean 'user_email'"),
        ("token_lifetime", "3600", "token_lifetime must be a number of seconds, not str"),
        ("token_lifetime", True, "token_lifetime must be a number of seconds, not bool"),
        ("approved", 1, "approved must be True or False, not int"),
        ("signed_in", None, "signed_in must be True or False, not NoneType"),
        ("tls", 1, "tls must be True or False, not int"),
        ("strict", "no", "strict must be True or False, not str"),
        ("error_status", "400", "error_status must be a whole number, not str"),
        ("error_status", True, "error_status must be a whole number, not bool"),
        ("allowed_hosts", "api.example", "allowed_hosts must be a list of host names, not str"),
        ("allowed_hosts", [80], "allowed_hosts must be a list of host names, not list"),
    ],
)
def test_wrong_type_is_refused(name: str, value: object, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        checked({name: value})


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("app_id", "", "app_id must not be blank"),
        ("app_secret", " \u00a0", "app_secret must not be blank"),
        ("token_lifetime", 0, "over 0 seconds.*lookloox_expired_token"),
        ("token_lifetime", -1, "over 0 seconds"),
        # With it no token would ever age.
        ("token_lifetime", float("nan"), "token_lifetime"),
        (
            "error_status",
            302,
            "error_status must be 200, or a registered status from 400 to 511, not 302",
        ),
        ("error_status", 520, "error_status must be 200, or a registered status"),
        ("error_status", 399, "not 399"),
        ("error_status", 600, "not 600"),
        ("allowed_hosts", ["https://api.example"], "without a scheme, not 'https://api.example'"),
        ("allowed_hosts", [""], "not ''"),
        ("base_url", "lookloox.com", "must begin with https:// or http://"),
        ("base_url", "https://lookloox.com/api", "scheme and host alone"),
        ("redirect_url", "/callback", "must be an absolute URL"),
    ],
)
def test_wrong_value_is_refused(name: str, value: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        checked({name: value})


@pytest.mark.parametrize(
    ("name", "hint"),
    [("tokn_lifetime", "did you mean 'token_lifetime'\\? "), ("zzz", "")],
)
def test_unknown_name_lists_the_allowed_ones(name: str, hint: str) -> None:
    says = f"unknown option '{name}'; {hint}allowed: {', '.join(DEFAULTS)}$"

    with pytest.raises(TypeError, match=says):
        checked({name: 1})
    with pytest.raises(TypeError, match=says):
        LookLoox(**{name: 1})


def test_first_layer_wins_option_by_option() -> None:
    layers: list[dict[str, Any]] = [
        {"app_id": "closest"},
        {"app_id": "outer", "strict": False},
        {"strict": True, "error_status": 400},
    ]

    assert merged(layers) == {"app_id": "closest", "strict": False, "error_status": 400}
    assert merged([]) == {}


def test_user_of_the_closest_layer_replaces_the_outer_one_whole() -> None:
    layers: list[dict[str, Any]] = [{"user": {"user_name": "x"}}, {"user": {"user_email": ""}}]

    assert merged(layers) == {"user": {"user_name": "x"}}


def test_repr_shows_no_secret() -> None:
    options = Options(app_secret="hush-hush", user={"user_email": "amina@example.com"})

    assert "hush-hush" not in repr(options)
    assert "amina@example.com" not in repr(options)
