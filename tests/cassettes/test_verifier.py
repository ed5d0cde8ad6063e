"""Differences between recordings and the simulator, found and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_lookloox.cassettes.verifier import Finding, verify
from tests.cassettes.samples import KEY, SHIPPED, TOKEN, write_changed


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_cassettes_agree_with_the_simulator(file: Path) -> None:
    assert [*verify(file)] == []


REUSED, PARAMETERS = "reused_auth_key", "missing_parameters"
STATE = "has another value than the recorded state"
JSON, HTML, NO_TYPE = (f"{kind}\n    auto" for kind in ("application/json", "text/html", "null"))
ERROR = """'{"error": true, "message": "Bad Request, invalid auth_key"}'"""
INVALID = "'Bad Request, invalid auth_key'"
NULL_NAME = '"user_name": null'
WEBSITE, NO_WEBSITE = "user_website: https://example.com\n", "user_website: null\n"
LOCATION = f"    headers:\n      Location: http://localhost/callback?auth_key={KEY}\n"
REDIRECT = "the redirect leads to another address than the simulated one"
LATER, NEW_TOKEN = f'{{"access_token": "{TOKEN}"}}', '{"access_token": "new"}'
# What is edited in a copy of a cassette, and the request and the texts of the findings.
DIFFERENCES: dict[str, tuple[str, str, str, int, list[str]]] = {
    "value": ("login", '"Female"', '"X"', 2, [f"user_info.user_gender {STATE}"]),
    "int": ("login", '"1042"', "1042", 2, ["user_info.user_id is int, simulated str"]),
    "null": (
        *("login", '"user_name": "amina.diallo"', NULL_NAME, 2),
        ["user_info.user_name is NoneType, simulated str"],
    ),
    "null in the state": (
        *("login", WEBSITE, NO_WEBSITE, 2),
        ["user_info.user_website is str, simulated NoneType"],
    ),
    "misspelt": (
        *("login", '"user_verified"', '"verified"', 2),
        ["user_info.verified is not simulated", "user_info.user_verified is missing"],
    ),
    "dict": ("deleted_user", "'[]'", "'{}'", 2, ["the body is dict, simulated list"]),
    "list": ("deleted_user", "'[]'", "'[1]'", 2, [f"the body {STATE}"]),
    "status": (REUSED, "status: 200", "status: 400", 1, ["status 400, simulated 200"]),
    "type": (REUSED, JSON, HTML, 1, ["content type text/html, simulated application/json"]),
    "no type": (REUSED, JSON, NO_TYPE, 1, ["content type none, simulated application/json"]),
    "page": (REUSED, ERROR, "<p>", 1, ["the body is str, simulated dict"]),
    "flag": (REUSED, "true", "1", 1, ["error is int, simulated bool"]),
    "message": (
        *(REUSED, "invalid auth_key", "invalid app_id", 1),
        [f"message {STATE}: 'Bad Request, invalid app_id', simulated {INVALID}"],
    ),
    "private message": (
        *(REUSED, "Bad Request, invalid", "Hello Zoe,", 1),
        [f"message {STATE}: another message, simulated {INVALID}"],
    ),
    "token": ("login_again", LATER, NEW_TOKEN, 4, [f"access_token {STATE}"]),
    "redirect": ("login", "localhost/callback?", "localhost/other?", 0, [REDIRECT]),
    "no redirect": (PARAMETERS, LOCATION, "", 1, [REDIRECT]),
    "wait": ("expired_token", "3601", f"{10**17}", 2, ["advance() cannot go that far"]),
    "step": (
        *(REUSED, "    - spend_auth_key: ", "    - remove_user: ", 1),
        ["error is not simulated", "message is not simulated", "access_token is missing"],
    ),
}
HARMLESS: dict[str, tuple[str, str, str]] = {
    "null in the state": ("login", "user_name: amina.diallo\n", "user_name: null\n"),
    "type in the state": ("login", "user_id: '1042'", "user_id: 1042"),
    "unknown field in the state": ("login", "  user:\n", "  user:\n    more: null\n"),
    "charset": ("reused_auth_key", JSON, JSON.replace("json", "json; charset=utf-8")),
    "blanks": ("reused_auth_key", '{"error": true, ', '{"error":true,'),
}


@pytest.mark.parametrize(
    ("name", "old", "new", "index", "texts"), DIFFERENCES.values(), ids=DIFFERENCES
)
def test_difference(
    tmp_path: Path, name: str, old: str, new: str, index: int, texts: list[str]
) -> None:
    findings = [*verify(write_changed(tmp_path, name, old, new))]

    assert {finding.place[:17] for finding in findings} == {f"responses[{index}] GET "}
    pairs = zip(findings, texts, strict=True)
    assert [finding.text[: len(text)] for finding, text in pairs] == texts
    notes = [finding.text.endswith("not simulated") for finding in findings]
    assert [finding.is_note for finding in findings] == notes


@pytest.mark.parametrize(("name", "old", "new"), HARMLESS.values(), ids=HARMLESS)
def test_harmless_change(tmp_path: Path, name: str, old: str, new: str) -> None:
    assert [*verify(write_changed(tmp_path, name, old, new))] == []


def test_token_that_the_simulator_would_have_replaced(tmp_path: Path) -> None:
    later = f"{LATER}'\n  lookloox: {{before: [{{advance: 3601}}]}}\n"
    first, *_ = verify(write_changed(tmp_path, "login_again", f"{LATER}'\n", later))
    assert first.text == f"access_token {STATE}"


def test_broken_file(tmp_path: Path) -> None:
    file = write_changed(tmp_path, "login", "status: 200", "status: ok")

    reason = "must be int, and is str; quote a text"
    assert [*verify(file)] == [Finding("responses[2].status", reason)]
