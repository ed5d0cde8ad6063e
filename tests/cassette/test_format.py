"""The file format: round trips, `responses`, and files that are not as they should be."""

from __future__ import annotations

import dataclasses
import inspect
from pathlib import Path
from typing import Any

import pytest
import requests
import responses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_lookloox.cassette.format import dump, load
from pytest_lookloox.cassette.library import shipped_directory
from pytest_lookloox.cassette.model import STEPS, Cassette, Exchange, Step
from pytest_lookloox.cassette.nodes import CassetteError

LOGIN = shipped_directory() / "login.yaml"
SHIPPED = sorted(shipped_directory().glob("*.yaml"))
ONE_FILE = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
header_names = st.text("abcXYZ019-_!", min_size=1, max_size=10) | st.sampled_from(
    ["Content-Type", "content-type", "Set-Cookie", "set-cookie"]
)
header_values = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=20).filter(
    lambda value: "\x7f" not in value
)
steps = st.one_of(
    st.integers(0, 10**6).map(lambda seconds: Step("advance", seconds)),
    st.tuples(st.sampled_from(sorted({*STEPS} - {"advance"})), texts).map(lambda pair: Step(*pair)),
)
exchanges = st.builds(
    Exchange,
    method=st.sampled_from(["GET", "POST"]),
    url=st.text("abc=&?%/", max_size=20).map("https://lookloox.com/{}".format),
    status=st.integers(100, 599),
    headers=st.lists(st.tuples(header_names, header_values), max_size=5).map(tuple),
    body=st.binary(max_size=60) | texts.map(str.encode),
    before=st.lists(steps, max_size=2).map(tuple),
)


def with_exchanges(*recorded: Exchange, **fields: Any) -> Cassette:
    return dataclasses.replace(load(LOGIN), exchanges=recorded, **fields)


def reread(cassette: Cassette, directory: Path) -> Cassette:
    file = directory / "login.yaml"
    file.write_text(dump(cassette), encoding="ascii")
    return load(file)


@ONE_FILE
@given(recorded=st.lists(exchanges, max_size=3), user=st.dictionaries(texts, texts | st.none()))
def test_everything_survives_a_round_trip(
    tmp_path: Path, recorded: list[Exchange], user: dict[str, Any]
) -> None:
    cassette = with_exchanges(*recorded, user=user)
    assert reread(cassette, tmp_path) == cassette


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_ones_load(file: Path) -> None:
    cassette = load(file)
    assert cassette.name == file.stem
    assert cassette.origin == ("documented" if file.stem == "documented_sample" else "simulator")
    assert cassette.exchanges


class TestResponses:
    """`responses` itself answers from a cassette, as its own loader reads it."""

    @pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
    def test_it_answers_from_the_shipped_ones(self, file: Path) -> None:
        with responses.RequestsMock() as mock:
            mock._add_from_file(str(file))
            for exchange in load(file).exchanges:
                answer = requests.get(exchange.url, allow_redirects=False, timeout=5)
                assert answer.status_code == exchange.status
                assert answer.content == exchange.body
                assert answer.headers["Content-Type"] == exchange.header("content-type")

    @pytest.mark.skipif(
        "headers" not in inspect.getsource(responses.RequestsMock._add_from_file),
        reason="this old version of responses leaves the headers of a file out",
    )
    def test_headers(self) -> None:
        redirect = load(LOGIN).exchanges[0]
        with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
            mock._add_from_file(str(LOGIN))
            answer = requests.get(redirect.url, allow_redirects=False, timeout=5)
        assert answer.headers["Location"] == redirect.header("location")

    def test_bytes_that_are_no_utf_8(self, tmp_path: Path) -> None:
        odd = Exchange(
            method="GET",
            url="https://lookloox.com/api/authorize",
            status=200,
            headers=(
                ("X-A", "1"),
                ("Content-Type", "text/html"),
                ("Set-Cookie", "a"),
                ("set-cookie", "b"),
            ),
            body=b"\xff\x00\xe9",
        )
        file = tmp_path / "odd.yaml"
        file.write_text(dump(with_exchanges(odd)), encoding="ascii")
        assert load(file).exchanges == (odd,)
        with responses.RequestsMock() as mock:
            mock._add_from_file(str(file))
            answer = requests.get(odd.url, timeout=5)
        assert answer.content == odd.body


RESPONSE = "- response:"
BODY = "    body: ''"

BROKEN: dict[str, tuple[str, str, int, str]] = {
    "alias": ("note: ", "note: &a ", 8, "anchors and aliases are refused"),
    "alias used": ("note: ", "note: *a\n  notes: ", 8, "anchors and aliases are refused"),
    "code": (
        "api_version: '1.1'",
        "api_version: !!python/object/apply:os.getcwd []",
        5,
        "the tag 'tag:yaml.org,2002:python/object/apply:os.getcwd' is refused",
    ),
    "own tag": ("'1.1'", "!mine '1.1'", 5, "the tag '!mine' is refused"),
    "deep": ("'1.1'", "[" * 50 + "]" * 50, 5, "nested too deeply"),
    "syntax": ("'1.1'", "'1.1", 6, "no YAML that is accepted"),
    "second document": ("responses:", "---\nresponses:", 28, "no YAML that is accepted"),
    "newer": ("format: 1", "format: 2", 2, "format 2 is newer than this pytest-lookloox"),
    "older": ("format: 1", "format: 0", 2, "format must be 1"),
    "format": ("format: 1", "format: one", 2, "format must be a whole number"),
    "origin": ("from: simulator", "from: memory", 3, "must be one of documented, simulator, live"),
    "base URL": ("base_url: https://", "base_url: ftp://", 4, "base_url must begin with https"),
    "base URL's form": (
        "base_url: https://lookloox.com",
        "base_url: https://LOOKLOOX.com/",
        4,
        "must be written 'https://lookloox.com'",
    ),
    "version": ("'1.1'", "'1.2'", 5, 'api_version must be "1.1"'),
    "number": ("'1.1'", "1.1", 5, "api_version must be a text"),
    "time": ("'2026-11-23T00:00:00Z'", "yesterday", 6, "recorded_at must be UTC"),
    "real time": ("'2026-11-23T00:00:00Z'", "2026-11-23", 6, "recorded_at must be a text"),
    "missing": ("  api_version: '1.1'\n", "", 2, "lookloox lacks the field 'api_version'"),
    "unknown": ("note: ", "notes: ", 8, "lookloox has no field 'notes'; allowed: format, "),
    "twice": ("  api_version: '1.1'", "  base_url: x", 5, "has the field 'base_url' twice"),
    "redirect URL": ("http://localhost/callback\n  u", "here\n  u", 12, "must be an absolute URL"),
    "user": ("user_gender: Female", "user_gender: [Female]", 19, "user_gender must be a text or"),
    "not a list": ("responses:\n-", "responses: 1\nmore:\n-", 30, "a cassette has no field 'more'"),
    "method": ("method: GET", "method: get it", 30, "method must be such as GET"),
    "host": (
        "    url: https://lookloox.com/",
        "    url: https://other.example/",
        31,
        "must begin with https://lookloox.com/",
    ),
    "encoding": ("?app_id=test", "?app_id=té", 31, "must begin with https://lookloox.com/"),
    "status": ("status: 302", "status: 999", 32, "status must be 100 to 599, not 999"),
    "status's type": ("status: 302", "status: '302'", 32, "status must be a whole number"),
    "huge number": ("status: 302", f"status: {'9' * 5000}", 32, "status cannot be read as int"),
    "length": ("length: false", "length: true", 36, "auto_calculate_content_length must be false"),
    "header's name": ("      Location: ", '      "Loc ation": ', 34, "'Loc ation' is no name of a"),
    "header's value": (
        "Location: http",
        'Location: "\\n\\n" #',
        34,
        "value must be one line of Latin-1",
    ),
    "header in Greek": ("Location: http", "Location: \u03b1 # http", 34, "one line of Latin-1"),
    "content type": ("Location: ", "content-type: ", 34, "stands in content_type, not in headers"),
    "no mapping": (f"{RESPONSE}\n    method: GET", "- 1\n- x:\n    y: 1", 29, "must be a mapping"),
    "body": (BODY, "    body: null", 37, "body must be a text or !!binary"),
    "binary": (BODY, "    body: !!binary é", 37, "body cannot be read as binary"),
    "rest of binary": (
        BODY,
        "    body: !!binary W10=c2VjcmV0",
        37,
        "body cannot be read as binary",
    ),
    "half a character": (BODY, '    body: "\\ud800"', 37, "body holds half a character"),
    "half a name": ("  user:", '  user:\n    "\\udfff": x', 14, "a name in user holds half a char"),
    "directive": ("lookloox:", "%SECRET x\n---\nlookloox:", 1, "directives are refused"),
    "number in sixties": ("status: 302", f"status: 1{':59' * 3000}", 32, "cannot be read as int"),
    "step": (BODY, f"{BODY}\n  lookloox: {{before: [{{wait: 1}}]}}", 38, "a step must be one of"),
    "steps": (BODY, f"{BODY}\n  lookloox: {{before: 1}}", 38, "before must be a list"),
    "step back": (
        BODY,
        f"{BODY}\n  lookloox: {{before: [{{advance: -1}}]}}",
        38,
        "advance must be 0 seconds or more",
    ),
    "headers disagree": (
        BODY,
        f"{BODY}\n  lookloox: {{headers: [[Location, x]]}}",
        38,
        "these headers and those of response disagree",
    ),
    "half a header": (
        BODY,
        f"{BODY}\n  lookloox: {{headers: [[Location]]}}",
        38,
        "a header must be a list of its name and its value",
    ),
    "control character": ("Female", "\x07", 19, "holds U+0007, which YAML forbids"),
}


@pytest.mark.parametrize(("old", "new", "line", "reason"), BROKEN.values(), ids=BROKEN)
def test_broken_file_is_refused(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    text = LOGIN.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "broken.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CassetteError) as caught:
        load(file)
    assert str(caught.value).startswith(f"{file}, line {line}: ")
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"", 1, "the file is empty"),
        (b"a: 1\nb: \xff\n", 2, "no UTF-8: invalid start byte"),
        (b"[]\n...\n", 1, "a cassette must be a mapping"),
        (b"a: " + b"x" * 1_000_000, 1, "the file is larger than 1 MB"),
    ],
)
def test_no_cassette_at_all(tmp_path: Path, data: bytes, line: int, reason: str) -> None:
    file = tmp_path / "broken.yaml"
    file.write_bytes(data)
    with pytest.raises(CassetteError, match=f"line {line}: {reason}"):
        load(file)


def test_half_written_file_is_refused_wherever_it_ends(tmp_path: Path) -> None:
    text = LOGIN.read_text(encoding="utf-8").rstrip()
    file = tmp_path / "half.yaml"
    accepted = []
    for end in range(0, len(text), 7):
        file.write_text(text[:end], encoding="utf-8")
        with pytest.raises(CassetteError):
            accepted.append((end, load(file)))
    assert accepted == []
