"""Differences between recordings and the simulator, found and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_lookloox.cassettes.library import load
from pytest_lookloox.cassettes.verifier import NOT_SIMULATED, verify
from tests.cassettes.samples import KEY, TOKEN, write_changed

REUSED = "reused_auth_key"
OTHER = "has another value than simulated"
JSON, HTML = "application/json\n    auto", "text/html\n    auto"
ERROR = """'{"error":true,"message":"Bad Request, invalid auth_key"}'"""
INVALID = "'Bad Request, invalid auth_key'"
NULL_NAME = '"user_name":null'
WEBSITE, NO_WEBSITE = "user_website: https://example.com\n", "user_website: null\n"
HEADERS = f"headers:\n      Location: http://localhost/callback?auth_key={KEY}\n"
LOCATION = "headers.Location"
NO_ERROR = dict.fromkeys(("body.error", "body.message"), NOT_SIMULATED)
LATER, NEW_TOKEN = f'{{"access_token":"{TOKEN}"}}', '{"access_token":"new"}'
COVER = r',"profile_cover":"https:\/\/lookloox.com\/content\/uploads\/"'
INFO = "body.user_info"
# What is edited in a copy of a cassette, the number of the answer, and the findings in it.
DIFFERENCES: dict[str, tuple[str, str, str, int, dict[str, str]]] = {
    "value": ("login", '"Female"', '"X"', 2, {f"{INFO}.user_gender": OTHER}),
    "int": ("login", '"1042"', "1042", 2, {f"{INFO}.user_id": "is int, simulated str"}),
    "null": (
        *("login", '"user_name":"amina.diallo"', NULL_NAME, 2),
        {f"{INFO}.user_name": "is NoneType, simulated str"},
    ),
    "null in the state": (
        *("login", WEBSITE, NO_WEBSITE, 2),
        {f"{INFO}.user_website": "is str, simulated NoneType"},
    ),
    "misspelt": (
        *("login", '"user_verified"', '"verified"', 2),
        {f"{INFO}.verified": NOT_SIMULATED, f"{INFO}.user_verified": "is missing"},
    ),
    "newer field": ("current_login", COVER, "", 2, {f"{INFO}.profile_cover": "is missing"}),
    "list": ("deleted_user", "'[]'", "'[1]'", 2, {"body": OTHER}),
    "status": (REUSED, "status: 200", "status: 400", 1, {"status": "is 400, simulated 200"}),
    "type": (
        *(REUSED, JSON, HTML, 1),
        {"content_type": "is 'text/html', simulated 'application/json'"},
    ),
    "page": (REUSED, ERROR, "'<p>'", 1, {"body": "is str, simulated dict"}),
    "message": (
        *(REUSED, "invalid auth_key", "invalid app_id", 1),
        {"body.message": f"is 'Bad Request, invalid app_id', simulated {INVALID}"},
    ),
    "private message": (REUSED, "Bad Request, invalid", "Zoe,", 1, {"body.message": OTHER}),
    "token": ("login_again", LATER, NEW_TOKEN, 4, {"body.access_token": OTHER}),
    "redirect": ("login", "localhost/callback?", "localhost/other?", 0, {LOCATION: OTHER}),
    "no redirect": ("missing_parameters", HEADERS, "headers: {}\n", 1, {LOCATION: "is missing"}),
    "step": (
        *(REUSED, "    - spend_auth_key: ", "    - remove_user: ", 1),
        {**NO_ERROR, "body.access_token": "is missing"},
    ),
    "life of a token": ("expired_token", "3601", "3600", 2, {**NO_ERROR, INFO: "is missing"}),
    "life of a current token": (
        *("current_expired_token", "61", "60", 2),
        {**NO_ERROR, INFO: "is missing"},
    ),
}
HARMLESS: dict[str, tuple[str, str, str]] = {
    "null where none may be": ("login", "user_name: amina.diallo\n", "user_name: null\n"),
    "type in the state": ("login", "user_id: '1042'", "user_id: 1042"),
    "unknown field in the state": ("login", "  user:\n", "  user:\n    more: null\n"),
    "charset": ("reused_auth_key", JSON, JSON.replace("json", "json; charset=utf-8")),
    "blanks": ("reused_auth_key", '{"error":true,', '{"error": true, '),
}


@pytest.mark.parametrize(
    ("name", "old", "new", "index", "expected"), DIFFERENCES.values(), ids=DIFFERENCES
)
def test_difference(
    tmp_path: Path, name: str, old: str, new: str, index: int, expected: dict[str, str]
) -> None:
    findings = dict(verify(load(write_changed(tmp_path, name, old, new))))

    assert findings == {f"responses[{index}].{place}": text for place, text in expected.items()}


@pytest.mark.parametrize(("name", "old", "new"), HARMLESS.values(), ids=HARMLESS)
def test_harmless_change(tmp_path: Path, name: str, old: str, new: str) -> None:
    assert [*verify(load(write_changed(tmp_path, name, old, new)))] == []


def test_token_that_the_simulator_would_have_replaced(tmp_path: Path) -> None:
    later = f"{LATER}'\n  lookloox: {{before: [{{advance: 3601}}]}}\n"
    first, *_ = verify(load(write_changed(tmp_path, "login_again", f"{LATER}'\n", later)))
    assert first == ("responses[4].body.access_token", OTHER)


def test_cassette_of_the_other_platform(tmp_path: Path) -> None:
    file = write_changed(tmp_path, "current_login", "platform: current", "platform: documented")
    findings = dict(verify(load(file)))
    assert findings["responses[1].body.access_token"] == NOT_SIMULATED
    assert findings["responses[1].body.error"] == "is missing"
