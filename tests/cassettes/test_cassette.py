"""The file: round trips, `responses`, and files that are not as they should be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import requests
import responses
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_lookloox.cassettes.cassette import (
    STEPS,
    CassetteError,
    Interaction,
    Step,
    from_data,
    to_data,
)
from pytest_lookloox.cassettes.library import load
from tests.cassettes.samples import LOGIN, SHIPPED, interaction, write_changed

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
steps = st.integers(0, 10**6).map(lambda seconds: Step("advance", seconds)) | st.builds(
    Step, st.sampled_from(sorted({*STEPS} - {"advance"})), texts
)
interactions = st.builds(
    Interaction,
    method=st.sampled_from(["GET", "POST"]),
    url=st.text("abc=&?%/", max_size=20).map("https://lookloox.com/{}".format),
    form=texts,
    status=st.integers(100, 599),
    headers=st.dictionaries(st.sampled_from(["Location", "X-A"]), texts),
    content_type=texts,
    body=texts,
    before=st.lists(steps, max_size=2).map(tuple),
)


@settings(deadline=None)
@given(recorded=st.lists(interactions, max_size=3), user=st.dictionaries(texts, texts | st.none()))
def test_round_trip(recorded: list[Interaction], user: dict[str, str | None]) -> None:
    original = replace(load(LOGIN), user=user, interactions=tuple(recorded))
    text = yaml.safe_dump(to_data(original), sort_keys=False, width=100)

    assert from_data("login", yaml.safe_load(text)) == original


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_responses_answers_from_the_file(file: Path) -> None:
    with responses.RequestsMock() as mock:
        mock._add_from_file(str(file))
        for recorded in load(file).interactions:
            ask = requests.post if recorded.form else requests.get
            answer = ask(recorded.url, allow_redirects=False, timeout=5)
            assert (answer.status_code, answer.content) == (recorded.status, recorded.body.encode())
            assert answer.headers["Content-Type"] == recorded.content_type


BODY = "    body: '[]'\n"
APP_ID = "app_id: '1029384756'\n"
BROKEN: dict[str, tuple[str, str, str]] = {
    "not YAML": ("lookloox:", "lookloox: [", "not YAML: while parsing"),
    "code": ("simulator\n", "!!python/name:os.getcwd ''\n", "not YAML: could not determine"),
    "no head": (
        "lookloox:\n  format",
        "other:\n  format",
        "an unknown name; there are look",
    ),
    "no format": ("  format: 1\n", "", "lookloox.format: must be 1, not None"),
    "no list": ("responses:\n", "answers:\n", "responses: must be list, and is missing"),
    "newer": ("format: 1", "format: 2\n  more: x", "lookloox.format: must be 1, not 2; a newer"),
    "text": ("recorded_from: ", "from: ", "lookloox.recorded_from: must be str, and is missing"),
    "time": (
        *("recorded_at: '2026-11-23T00:00:00Z'", "recorded_at: 2026-11-23"),
        "lookloox.recorded_at: must be str, and is date; quote a text",
    ),
    "platform": ("documented\n", "new\n", "lookloox.platform: must be documented or current"),
    "app_id": (APP_ID, "app_id: 1\n", "lookloox.app.app_id: must be str, and is int"),
    "user": ("Female", "[]", "lookloox.user.user_gender: must be str | int | None, and is list"),
    "item": ("- response:\n", "- respond:\n", "responses[2].response: must be dict"),
    "scalar": ("- response:\n", "- 1\n- response:\n", "responses[2]: must be a mapping of names"),
    "unknown name in the head": ("  app:\n", "  1: x\n  app:\n", "lookloox: an unknown name"),
    "unknown name in an item": (BODY, f"{BODY}    x: 1\n", "responses[2].response: an unknown"),
    "host": ("https://lookloox.com/api", "https://a/api", "responses[2].response.url: must begin"),
    "status": ("status: 200", "status: '200'", "responses[2].response.status: must be int, and is"),
    "body": (BODY, "    body: null\n", "responses[2].response.body: must be str, and is"),
    "header": (
        *("headers: {}", "headers: {Retry-After: 1}"),
        "responses[2].response.headers.Retry-After: must be str, and is int",
    ),
    "own part": (
        "  lookloox:\n",
        "  lookloox: 1\n  more:\n",
        "responses[2].lookloox: must be dict",
    ),
    "misspelt": (
        *("    before:", "    befroe:"),
        "responses[2].lookloox: an unknown name; there are form, before",
    ),
    "step": ("remove_user: '1042'", "wait: 1", "responses[2].lookloox.before: an unknown name; "),
    "seconds": (
        *("remove_user: '1042'", "advance: 1h"),
        "responses[2].lookloox.before.advance: must be int, and is str",
    ),
}


@pytest.mark.parametrize(("old", "new", "reason"), BROKEN.values(), ids=BROKEN)
def test_broken_file(tmp_path: Path, old: str, new: str, reason: str) -> None:
    file = write_changed(tmp_path, "deleted_user", old, new)

    with pytest.raises(CassetteError) as caught:
        load(file)

    assert str(caught.value).startswith(f"{file}: {reason}")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "must be a mapping of names to values"),
        (b"a: \xff", "not YAML: 'utf-8' codec can't decode byte 0xff"),
        (b"a: " + b"x" * 5_000_000, "larger than 5000000 bytes"),
    ],
    ids=["empty", "bytes", "huge"],
)
def test_not_a_cassette_at_all(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "broken.yaml"
    file.write_bytes(content)

    with pytest.raises(CassetteError) as caught:
        load(file)

    assert str(caught.value).startswith(f"{file}: {reason}")


def test_file_of_an_earlier_version_is_of_a_documented_server(tmp_path: Path) -> None:
    earlier = load(write_changed(tmp_path, "login", "  platform: documented\n", ""))
    assert (earlier.platform.name, earlier.head) == ("documented", load(LOGIN).head)


def test_parameters_of_a_query_and_of_a_form() -> None:
    posted = interaction(params={"a": "1"}, method="POST", form="b=%C3%A9&c=")
    assert posted.params == {"a": "1", "b": "é", "c": ""}
    assert posted.request_line == "POST /api/authorize?a&b&c"


@pytest.mark.parametrize(
    ("body", "token"),
    [
        ('\ufeff{"access_token": "t"}', "t"),
        ('{"access_token": " "}', None),
        ('{"access_token": 1}', None),
        ("[]", None),
        ("<p>", None),
        ("[" * 100_000, None),
    ],
    ids=["token", "blank", "number", "list", "page", "deep"],
)
def test_token_of_an_answer(body: str, token: str | None) -> None:
    assert interaction(body=body).access_token == token
