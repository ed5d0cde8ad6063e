"""Differences between recordings and the simulator, found and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_lookloox.cassettes.library import load
from pytest_lookloox.cassettes.verifier import Finding, check, verify
from tests.cassettes.samples import KEY, TOKEN, write_changed

REUSED = "reused_auth_key"
OTHER = "has another value than simulated"
JSON, HTML = "application/json\n    auto", "text/html\n    auto"
ERROR = """'{"error":true,"message":"Bad Request, invalid auth_key"}'"""
INVALID = "'Bad Request, invalid auth_key'"
NULL_NAME = '"user_name":null'
WEBSITE, NO_WEBSITE = "user_website: https://example.com\n", "user_website: null\n"
LOCATION = f"      Location: http://localhost/callback?auth_key={KEY}\n"
LATER, NEW_TOKEN = f'{{"access_token":"{TOKEN}"}}', '{"access_token":"new"}'
COVER = r',"profile_cover":"https:\/\/lookloox.com\/content\/uploads\/"'
# What is edited in a copy of a cassette, and the request and the texts of the findings.
DIFFERENCES: dict[str, tuple[str, str, str, int, list[str]]] = {
    "value": ("login", '"Female"', '"X"', 2, [f"body.user_info.user_gender {OTHER}"]),
    "int": ("login", '"1042"', "1042", 2, ["body.user_info.user_id is int, simulated str"]),
    "null": (
        *("login", '"user_name":"amina.diallo"', NULL_NAME, 2),
        ["body.user_info.user_name is NoneType, simulated str"],
    ),
    "null in the state": (
        *("login", WEBSITE, NO_WEBSITE, 2),
        ["body.user_info.user_website is str, simulated NoneType"],
    ),
    "misspelt": (
        *("login", '"user_verified"', '"verified"', 2),
        ["body.user_info.verified is not simulated", "body.user_info.user_verified is missing"],
    ),
    "newer field": (
        *("current_login", COVER, "", 2),
        ["body.user_info.profile_cover is missing"],
    ),
    "list": ("deleted_user", "'[]'", "'[1]'", 2, [f"body {OTHER}"]),
    "status": (REUSED, "status: 200", "status: 400", 1, ["status is 400, simulated 200"]),
    "type": (REUSED, JSON, HTML, 1, ["content_type is 'text/html', simulated 'application/json'"]),
    "page": (REUSED, ERROR, "'<p>'", 1, ["body is str, simulated dict"]),
    "message": (
        *(REUSED, "invalid auth_key", "invalid app_id", 1),
        [f"body.message is 'Bad Request, invalid app_id', simulated {INVALID}"],
    ),
    "private message": (REUSED, "Bad Request, invalid", "Zoe,", 1, [f"body.message {OTHER}"]),
    "token": ("login_again", LATER, NEW_TOKEN, 4, [f"body.access_token {OTHER}"]),
    "redirect": ("login", "localhost/callback?", "localhost/other?", 0, [f"location {OTHER}"]),
    "no redirect": (
        *("missing_parameters", LOCATION, "", 1),
        ["location is NoneType, simulated str"],
    ),
    "step": (
        *(REUSED, "    - spend_auth_key: ", "    - remove_user: ", 1),
        ["body.error is not simulated", "body.message is not simulated", "body.access_token is m"],
    ),
    "life of a token": (
        *("expired_token", "3601", "3600", 2),
        ["body.error is not simulated", "body.message is not simulated", "body.user_info is miss"],
    ),
    "life of a current token": (
        *("current_expired_token", "61", "60", 2),
        ["body.error is not simulated", "body.message is not simulated", "body.user_info is miss"],
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
    ("name", "old", "new", "index", "texts"), DIFFERENCES.values(), ids=DIFFERENCES
)
def test_difference(
    tmp_path: Path, name: str, old: str, new: str, index: int, texts: list[str]
) -> None:
    findings = [*verify(load(write_changed(tmp_path, name, old, new)))]

    assert {finding.place[:17] for finding in findings} == {f"responses[{index}] GET "}
    pairs = zip(findings, texts, strict=True)
    assert [finding.text[: len(text)] for finding, text in pairs] == texts
    notes = [finding.text.endswith("not simulated") for finding in findings]
    assert [finding.is_note for finding in findings] == notes


@pytest.mark.parametrize(("name", "old", "new"), HARMLESS.values(), ids=HARMLESS)
def test_harmless_change(tmp_path: Path, name: str, old: str, new: str) -> None:
    assert [*verify(load(write_changed(tmp_path, name, old, new)))] == []


def test_token_that_the_simulator_would_have_replaced(tmp_path: Path) -> None:
    later = f"{LATER}'\n  lookloox: {{before: [{{advance: 3601}}]}}\n"
    first, *_ = verify(load(write_changed(tmp_path, "login_again", f"{LATER}'\n", later)))
    assert first.text == f"body.access_token {OTHER}"


def test_broken_file(tmp_path: Path) -> None:
    file = write_changed(tmp_path, "login", "status: 200", "status: ok")

    reason = "must be int, and is str; quote a text"
    assert [*check(file, verify)] == [Finding("responses[2].response.status", reason)]


def test_cassette_of_the_other_platform(tmp_path: Path) -> None:
    file = write_changed(tmp_path, "current_login", "platform: current", "platform: documented")
    texts = [finding.text for finding in verify(load(file))]
    assert texts[:2] == ["body.access_token is not simulated", "body.error is missing"]
