"""The file: round trips, `responses`, and files that are not as they should be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import requests
import responses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_lookloox.cassettes.cassette import (
    STEPS,
    Cassette,
    CassetteError,
    Interaction,
    Step,
    dump,
    parse,
)
from tests.cassettes.samples import LOGIN, SHIPPED, cassette, interaction, write_changed

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
content_types = st.lists(st.tuples(st.just("Content-Type"), texts), max_size=1).map(tuple)
headers = st.dictionaries(st.sampled_from(["Location", "Set-Cookie", "X-A"]), texts)
steps = st.integers(0, 10**6).map(lambda seconds: Step("advance", seconds)) | st.builds(
    Step, st.sampled_from(sorted({*STEPS} - {"advance"})), texts
)
interactions = st.builds(
    Interaction,
    method=st.sampled_from(["GET", "POST"]),
    url=st.text("abc=&?%/", max_size=20).map("https://lookloox.com/{}".format),
    status=st.integers(100, 599),
    headers=st.tuples(content_types, headers).map(lambda pair: (*pair[0], *pair[1].items())),
    body=st.binary(max_size=60) | texts.map(str.encode),
    before=st.lists(steps, max_size=2).map(tuple),
)


def reread(recorded: Cassette, directory: Path) -> Cassette:
    file = directory / f"{recorded.name}.yaml"
    file.write_text(dump(recorded), encoding="ascii")
    return parse(file)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(recorded=st.lists(interactions, max_size=3), user=st.dictionaries(texts, texts | st.none()))
def test_round_trip(
    tmp_path: Path, recorded: list[Interaction], user: dict[str, str | None]
) -> None:
    original = replace(parse(LOGIN), user=user, interactions=tuple(recorded))

    assert reread(original, tmp_path) == original


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_responses_answers_from_the_file(file: Path) -> None:
    with responses.RequestsMock() as mock:
        mock._add_from_file(str(file))
        for recorded in parse(file).interactions:
            answer = requests.get(recorded.url, allow_redirects=False, timeout=5)
            assert (answer.status_code, answer.content) == (recorded.status, recorded.body)
            assert answer.headers["Content-Type"] == recorded.header("content-type")


def test_responses_answers_bytes_that_are_not_text(tmp_path: Path) -> None:
    headers = (("X-A", "1"), ("Content-Type", "text/html"), ("X-B", "2"), ("x-b", "3"))
    odd = interaction(body=b"\xff\x00\xe9", headers=headers)
    [answer] = reread(cassette(odd), tmp_path).interactions
    assert answer.body == odd.body
    assert answer.headers == (("Content-Type", "text/html"), ("X-A", "1"), ("X-B", "2"))
    assert "X-B: '2'" in (tmp_path / "login.yaml").read_text(encoding="ascii")
    with responses.RequestsMock() as mock:
        mock._add_from_file(str(tmp_path / "login.yaml"))
        assert requests.get(odd.url, timeout=5).content == odd.body


BODY = "    body: '[]'\n"
BROKEN: dict[str, tuple[str, str, str]] = {
    "not YAML": ("lookloox:", "lookloox: [", "not YAML: while parsing"),
    "code": ("simulator\n", "!!python/name:os.getcwd ''\n", "not YAML: could not determine"),
    "no head": (
        "lookloox:\n  format",
        "other:\n  format",
        "lookloox: must be dict, and is missing",
    ),
    "no list": ("responses:\n", "answers:\n", "responses: must be list, and is missing"),
    "newer": (
        "format: 1",
        "format: 2",
        "lookloox.format: this pytest-lookloox reads format 1",
    ),
    "format": ("format: 1", "format: one", "lookloox.format: must be int, and is str"),
    "origin": ("recorded_from: ", "from: ", "lookloox.recorded_from: must be str, and is missing"),
    "base URL": ("url: https://lookloox.com\n", "url: ftp://a\n", "lookloox: base_url must begin"),
    "time": (
        "recorded_at: '2026-11-23T00:00:00Z'",
        "recorded_at: 2026-11-23",
        "lookloox.recorded_at: must be str, and is date; quote a text",
    ),
    "version": ("tool_version: 0.1.0", "tool_version: 1.0", "lookloox.tool_version: must be str"),
    "note": ("note: Recorded", "note: [] #", "lookloox.note: must be str, and is list"),
    "app": ("  app:\n", "  apps:\n", "lookloox.app: must be dict, and is missing"),
    "app_id": ("app_id: test-app-id\n", "app_id: 1\n", "lookloox.app.app_id: must be str"),
    "redirect URL": (
        "http://localhost/callback\n  u",
        "here\n  u",
        "lookloox: redirect_url must",
    ),
    "user": ("  user:\n", "  users:\n", "lookloox.user: must be dict, and is missing"),
    "user's field": ("Female", "[]", "lookloox.user.user_gender: must be str or int or NoneType"),
    "item": (
        "- response:\n",
        "- respond:\n",
        "responses[2].response: must be dict",
    ),
    "scalar": ("- response:\n", "- 1\n- response:\n", "responses[2].response: must be dict"),
    "unknown name at the top": ("responses:\n", "x: 1\nresponses:\n", "an unknown name; there are"),
    "unknown name in the head": ("  app:\n", "  1: x\n  app:\n", "lookloox: an unknown name"),
    "unknown name in the app": ("    app_id:", "    x: 1\n    app_id:", "lookloox.app: an unknown"),
    "unknown name in an item": (BODY, f"{BODY}    x: 1\n", "responses[2].response: an unknown"),
    "unknown origin": (
        "recorded_from: simulator",
        "recorded_from: x",
        "lookloox.recorded_from: must be documented or sim",
    ),
    "unknown version": (
        "api_version: '1.1'",
        "api_version: '2'",
        "lookloox.api_version: must be 1.1",
    ),
    "odd method": ("method: GET", "method: me@x", "responses[2]: method must be such as GET"),
    "odd status": ("status: 200", "status: 4915", "responses[2]: method must be such as GET"),
    "boolean": ("status: 200", "status: true", "responses[2].status: must be int, and is bool"),
    "method": ("method: GET", "method: 1", "responses[2].method: must be str, and is int"),
    "host": (
        "https://lookloox.com/api",
        "https://a/api",
        "responses[2].url: must begin with",
    ),
    "status": ("status: 200", "status: '200'", "responses[2].status: must be int, and is str"),
    "content type": (
        "content_type: application/json",
        "content_type: 1",
        "responses[2].content_type: must be str or NoneType, and is int",
    ),
    "body": (BODY, "    body: null\n", "responses[2].body: must be str or bytes, and is missing"),
    "headers": (BODY, f"{BODY}    headers: 1\n", "responses[2].headers: must be dict, and is int"),
    "header": (
        BODY,
        f"{BODY}    headers: {{Retry-After: 1}}\n",
        "responses[2].headers.Retry-After: must be str",
    ),
    "own part": (
        "  lookloox:\n",
        "  lookloox: 1\n  more:\n",
        "responses[2].lookloox: must be",
    ),
    "misspelt": (
        "    before:",
        "    befroe:",
        "responses[2].lookloox: an unknown name; there are before, headers",
    ),
    "steps": ("    before:\n    - ", "    before:\n      ", "responses[2].before: must be list"),
    "step": ("remove_user: '1042'", "wait: 1", "responses[2].before: a step is one of advance, "),
    "step's value": ("'1042'\n...", "1042\n...", "responses[2].before.remove_user: must be str"),
    "seconds": ("remove_user: '1042'", "advance: 1h", "responses[2].before.advance: must be int"),
}


def test_headers_that_earlier_versions_wrote_a_second_time(tmp_path: Path) -> None:
    more = "    headers: [[Content-Type, application/json]]\n    before:"
    file = write_changed(tmp_path, "deleted_user", "    before:", more)
    assert parse(file).interactions == parse(LOGIN.with_stem("deleted_user")).interactions


@pytest.mark.parametrize(("old", "new", "reason"), BROKEN.values(), ids=BROKEN)
def test_broken_file(tmp_path: Path, old: str, new: str, reason: str) -> None:
    file = write_changed(tmp_path, "deleted_user", old, new)

    with pytest.raises(CassetteError) as caught:
        parse(file)

    assert str(caught.value).startswith(f"{file}: {reason}")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "lookloox: must be dict, and is missing"),
        (b"a: \xff", "not YAML: 'utf-8' codec can't decode byte 0xff"),
        (b"a: " + b"x" * 5_000_000, "larger than 5000000 bytes"),
    ],
    ids=["empty", "bytes", "huge"],
)
def test_not_a_cassette_at_all(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "broken.yaml"
    file.write_bytes(content)

    with pytest.raises(CassetteError) as caught:
        parse(file)

    assert str(caught.value).startswith(f"{file}: {reason}")


@pytest.mark.parametrize(
    ("body", "token"),
    [
        ('{"access_token": "t"}', "t"),
        ('\ufeff{"access_token": "t"}', "t"),
        ('{"access_token": " "}', None),
        ('{"access_token": 1}', None),
        ("[]", None),
        ("<p>", None),
        ("[" * 100_000, None),
    ],
    ids=["token", "byte-order mark", "blank", "number", "list", "page", "deep"],
)
def test_token_of_an_answer(body: str, token: str | None) -> None:
    assert interaction(body=body).access_token == token
