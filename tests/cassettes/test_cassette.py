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

from pytest_lookloox.cassettes.cassette import STEPS, Interaction, from_data, to_data
from pytest_lookloox.cassettes.library import load
from tests.cassettes.samples import LOGIN, SHIPPED, write_changed

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
steps = st.fixed_dictionaries({"advance": st.integers(0, 10**6)}) | st.dictionaries(
    st.sampled_from(sorted({*STEPS} - {"advance"})), texts, min_size=1, max_size=1
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

    assert from_data(LOGIN, yaml.safe_load(text)) == original


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
    "not YAML": ("lookloox:", "lookloox: [", "while parsing a flow node"),
    "code": ("simulator\n", "!!python/name:os.getcwd ''\n", "could not determine"),
    "no head": ("lookloox:\n  f", "other:\n  f", "unknown name in the file; known: lookloox, resp"),
    "no format": ("  format: 1\n", "", "lookloox.format is missing"),
    "no list": ("responses:\n", "responses: 1\nx:\n", "unknown name in the file"),
    "newer": (
        "format: 1",
        "format: 2\n  more: x",
        "lookloox.format must be 1; a newer pytest-lookloox may",
    ),
    "text": ("  recorded_from: simulator\n", "", "lookloox.recorded_from is missing"),
    "time": (
        *("recorded_at: '2026-11-23T00:00:00Z'", "recorded_at: 2026-11-23"),
        "lookloox.recorded_at must be text, not a date; quote it",
    ),
    "no such day": ("recorded_at: '2026-11-23T00:00:00Z'", "recorded_at: 2026-11-32", "day is out"),
    "platform": ("documented\n", "new\n", "lookloox.platform must be documented or current"),
    "app_id": (APP_ID, "app_id: 1\n", "lookloox.app.app_id must be text, not a number; quote it"),
    "user": ("Female", "[]", "lookloox.user.user_gender must be text or a number, not a list"),
    "item": (
        "- response:\n",
        "- response: 1\n  lookloox:\n",
        "responses[2].response must be a mapping",
    ),
    "scalar": (
        "- response:\n",
        "- 1\n- response:\n",
        "responses[2] must be a mapping, not a number",
    ),
    "name in the head": ("  app:\n", "  1: x\n  app:\n", "unknown name in lookloox; known: form"),
    "name in an item": (BODY, f"{BODY}    x: 1\n", "unknown name in responses[2].response; known"),
    "status": (
        "status: 200",
        "status: '200'",
        "responses[2].response.status must be a number, not text",
    ),
    "body": (BODY, "    body: null\n", "responses[2].response.body must be text, not empty"),
    "header": (
        *("headers: {}", "headers: {Retry-After: 1}"),
        "responses[2].response.headers.Retry-After must be text, not a number",
    ),
    "own part": ("  lookloox:\n", "  lookloox: 1\n  more:\n", "unknown name in responses[2];"),
    "misspelt": (
        "    before:",
        "    befroe:",
        "unknown name in responses[2].lookloox; known: ",
    ),
    "step": ("remove_user: '1042'", "wait: 1", "unknown name in responses[2].lookloox.before[0];"),
    "seconds": (
        *("remove_user: '1042'", "advance: 1h"),
        "responses[2].lookloox.before[0].advance must be a number, not text",
    ),
}


@pytest.mark.parametrize(("old", "new", "reason"), BROKEN.values(), ids=BROKEN)
def test_broken_file(tmp_path: Path, old: str, new: str, reason: str) -> None:
    file = write_changed(tmp_path, "deleted_user", old, new)

    with pytest.raises(ValueError, match="not a cassette") as caught:
        load(file)

    assert str(caught.value).startswith(f"{file}: not a cassette: {reason}")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file must be a mapping, not empty"),
        (b"a: \xff", "unacceptable character"),
        (b"a: " + b"x" * 5_000_000, "larger than 5000000 bytes"),
    ],
    ids=["empty", "bytes", "huge"],
)
def test_not_a_cassette_at_all(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "broken.yaml"
    file.write_bytes(content)

    with pytest.raises(ValueError, match="not a cassette") as caught:
        load(file)

    assert str(caught.value).startswith(f"{file}: not a cassette: {reason}")


def test_file_of_an_earlier_version_is_of_a_documented_server(tmp_path: Path) -> None:
    earlier = load(write_changed(tmp_path, "login", "  platform: documented\n", ""))
    assert earlier.platform.name == "documented"
