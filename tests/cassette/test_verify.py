"""Drift between recordings and the simulator, found and named."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pytest

from pytest_lookloox.__main__ import main
from pytest_lookloox.cassette.format import dump, load
from pytest_lookloox.cassette.library import shipped_directory
from pytest_lookloox.cassette.verify import verify

SHIPPED = sorted(shipped_directory().glob("*.yaml"))
LOGIN = shipped_directory() / "login.yaml"


CopyOf = Callable[[str, str, str], Path]
Terminal = Callable[[int], pytest.CaptureFixture[str]]


@pytest.fixture
def copy_of(tmp_path: Path) -> CopyOf:
    """Makes a copy of a shipped cassette, with the last one of a text replaced."""

    def copy(name: str, old: str, new: str) -> Path:
        text = (shipped_directory() / f"{name}.yaml").read_text(encoding="utf-8")
        head, found, tail = text.rpartition(old)
        assert found
        file = tmp_path / "copy.yaml"
        file.write_text(f"{head}{new}{tail}", encoding="utf-8")
        return file

    return copy


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_ones_agree_with_the_simulator(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "--json", str(file)]) == 0
    results = json.loads(capsys.readouterr().out)
    assert results
    assert {result["verdict"] for result in results} == {"same"}


HTML = "status: 200\n    content_type: text/html"
JSON = "status: 200\n    content_type: application/json"
NO_TYPE = "status: 200\n    content_type: null"
ERROR = """'{"error": true, "message": "Bad Request, invalid auth_key"}'"""
REDIRECT = "    headers:\n      Location: http://localhost/callback?auth_key="
LOCATION = f"{REDIRECT}{'a' * 24}00000001\n"
ELSEWHERE = "status: 404\n    headers: {Location: 'https://example.com'}\n"
DEEP = f"'{'[' * 99_999}'"
WEBSITE = "user_website: https://example.com"

# What is edited in a copy: cassette, old text, new text; what verify says of it.
DIFFERENCES: dict[str, tuple[str, str, str, list[str]]] = {
    "null": ("login", WEBSITE, "user_website: null", ["changed type user_info.user_website"]),
    "name": (
        "login",
        '"user_verified"',
        '"verified"',
        ["added field user_info.verified", "missing field user_info.user_verified"],
    ),
    "list": ("deleted_user", "body: '[]'", "body: '{}'", ["changed type body"]),
    "longer list": ("deleted_user", "body: '[]'", "body: '[1]'", ["changed value body"]),
    "status": ("reused_auth_key", "status: 200", "status: 400", ["status "]),
    "content type": ("reused_auth_key", JSON, HTML, ["content type "]),
    "no content type": ("reused_auth_key", JSON, NO_TYPE, ["content type "]),
    "HTML": ("reused_auth_key", ERROR, "<p>", ["changed type body"]),
    "deep JSON": ("reused_auth_key", ERROR, DEEP, ["changed type body"]),
    "other target": ("login", "localhost/callback?", "localhost/other?", ["location "]),
    "no target": ("missing_parameters", LOCATION, "", ["location "]),
    "target": ("missing_parameters", "status: 404\n", ELSEWHERE, ["location "]),
}
HARMLESS: dict[str, tuple[str, str, str, list[str]]] = {
    "added field": (
        "login",
        '{"user_id"',
        '{"profile_cover": "", "user_id"',
        ["added field user_info.profile_cover"],
    ),
    "type in the state": ("login", "user_id: '1042'", "user_id: 1042", []),
    "charset": ("reused_auth_key", JSON, f"{JSON}; charset=utf-8", []),
}
EDITS = [
    *(pytest.param(*edit, 1, id=name) for name, edit in DIFFERENCES.items()),
    *(pytest.param(*edit, 0, id=name) for name, edit in HARMLESS.items()),
]


@pytest.mark.parametrize(("name", "old", "new", "findings", "exit_code"), EDITS)
def test_edit_is_named_and_nothing_else(
    copy_of: CopyOf,
    capsys: pytest.CaptureFixture[str],
    name: str,
    old: str,
    new: str,
    findings: list[str],
    exit_code: int,
) -> None:
    assert main(["verify", "--json", str(copy_of(name, old, new))]) == exit_code
    results = json.loads(capsys.readouterr().out)
    assert [
        f"{finding['kind']} {finding['field']}"
        for result in results
        for finding in result["findings"]
    ] == findings


def fields_in(body: Any, prefix: str = "") -> Iterator[str]:
    """The path of every field of a body that holds no further ones."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield from fields_in(value, f"{prefix}.{name}" if prefix else name)
    elif prefix:
        yield prefix


def edited(body: Any, field: str, edit: Callable[[dict[str, Any], str], object]) -> bytes:
    """The body with one field edited."""
    body = json.loads(json.dumps(body))
    *parents, name = field.split(".")
    edit(reduce(getitem, parents, body), name)
    return json.dumps(body).encode()


ANOTHER = {str: "another", bool: False}

FIELD_EDITS: dict[str, Callable[[dict[str, Any], str], object]] = {
    "changed value": lambda fields, name: fields.update({name: ANOTHER[type(fields[name])]}),
    "changed type": lambda fields, name: fields.update({name: 7}),
    "missing field": lambda fields, name: fields.pop(name),
}
BODY_FIELDS = [
    pytest.param(file, number, field, id=f"{file.stem}-{number}-{field}")
    for file in SHIPPED
    for number, exchange in enumerate(load(file).exchanges)
    if exchange.content_type == "application/json"
    for field in fields_in(exchange.json())
]


@pytest.mark.parametrize("kind", FIELD_EDITS)
@pytest.mark.parametrize(("file", "number", "field"), BODY_FIELDS)
def test_edited_body_field_is_named_and_nothing_else(
    tmp_path: Path, file: Path, number: int, field: str, kind: str
) -> None:
    cassette = load(file)
    exchanges = [*cassette.exchanges]
    body = edited(exchanges[number].json(), field, FIELD_EDITS[kind])
    exchanges[number] = dataclasses.replace(exchanges[number], body=body)
    copy = tmp_path / "copy.yaml"
    copy.write_text(
        dump(dataclasses.replace(cassette, exchanges=tuple(exchanges))), encoding="ascii"
    )
    found = [[(one.kind, one.field) for one in result.findings] for result in verify(copy)]
    nothing: list[tuple[str, str]] = []
    wanted = [nothing] * len(exchanges)
    wanted[number] = [(KIND_OF_MESSAGE.get((field, kind), kind), field)]
    assert found == wanted


KIND_OF_MESSAGE = {("message", "changed value"): "message"}


def test_table(copy_of: CopyOf, capsys: pytest.CaptureFixture[str]) -> None:
    copy = copy_of("login", '{"user_id": "1042"', '{"user_id": 1042, "profile_cover": ""')
    assert main(["verify", str(copy)]) == 1
    user_id = "changed type user_info.user_id: recorded number, simulator string"
    cover = "added field user_info.profile_cover: recorded string, simulator missing"
    assert capsys.readouterr().out.splitlines() == [
        "recording  request                                        verdict     what differs",
        "copy:29    GET /api/oauth?app_id                          same",
        "copy:38    GET /api/authorize?app_id&app_secret&auth_key  same",
        f"copy:45    GET /api/get_user_info?access_token            difference  {user_id}",
        f"                                                          note        {cover}",
        "",
        "3 requests: 2 same, 1 difference",
    ]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """Makes a terminal of the output, so and so wide."""

    def make(columns: int) -> pytest.CaptureFixture[str]:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setenv("COLUMNS", str(columns))
        return capsys

    return make


def test_table_that_a_terminal_has_room_for(copy_of: CopyOf, terminal: Terminal) -> None:
    screen = terminal(135)
    copy = copy_of("login", '{"user_id": "1042"', '{"user_id": 1042')
    assert main(["verify", str(copy)]) == 1
    heading, *_, last, _, _ = screen.readouterr().out.splitlines()
    assert heading.endswith("verdict     what differs")
    assert last.endswith(
        "difference  changed type user_info.user_id: recorded number, simulator string"
    )
    assert len(last) == 135


def test_table_that_is_wider_than_the_terminal(copy_of: CopyOf, terminal: Terminal) -> None:
    screen = terminal(80)
    copy = copy_of("login", '{"user_id": "1042"', '{"user_id": 1042, "profile_cover": ""')
    assert main(["verify", str(copy)]) == 1
    assert screen.readouterr().out.splitlines() == [
        "recording  request                                        verdict",
        "copy:29    GET /api/oauth?app_id                          same",
        "copy:38    GET /api/authorize?app_id&app_secret&auth_key  same",
        "copy:45    GET /api/get_user_info?access_token            difference",
        "  difference: changed type user_info.user_id: recorded number, simulator string",
        "  note: added field user_info.profile_cover: recorded string, simulator missing",
        "",
        "3 requests: 2 same, 1 difference",
    ]


def test_long_sentence_on_a_narrow_terminal(copy_of: CopyOf, terminal: Terminal) -> None:
    screen = terminal(50)
    copy = copy_of("reused_auth_key", "Bad Request", "No")
    assert main(["verify", str(copy)]) == 1
    assert screen.readouterr().out.splitlines()[-5:] == [
        "  difference: message: recorded No, invalid",
        "    auth_key, simulator Bad Request, invalid",
        "    auth_key",
        "",
        "2 requests: 1 same, 1 difference",
    ]


def test_message_cannot_write_on_the_screen_as_it_likes(
    copy_of: CopyOf, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = copy_of(
        "reused_auth_key", "Bad Request, invalid auth_key", r"\u001b[2J\n\ud800\u202eBad"
    )
    assert main(["verify", str(copy)]) == 1
    assert "message: recorded �[2J���Bad, simulator Bad" in capsys.readouterr().out


def test_screen_without_the_letters(copy_of: CopyOf) -> None:
    copy = copy_of("reused_auth_key", "Bad Request", "Clé")
    result = subprocess.run(
        [sys.executable, "-m", "pytest_lookloox", "verify", str(copy)],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (result.returncode, result.stderr) == (1, "")
    assert r"message: recorded Cl\xe9, invalid auth_key, simulator Bad" in result.stdout


def test_screen_that_is_none() -> None:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert main(["verify", str(LOGIN)]) == 0
    assert out.getvalue().endswith("3 requests: 3 same\n")


class TestFiles:
    def test_shipped_ones_by_default(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert main(["verify"]) == 0
        assert capsys.readouterr().out.endswith("\n28 requests: 28 same\n")

    def test_own_ones_if_there_are_any(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.chdir(tmp_path)
        own = tmp_path / "cassettes"
        own.mkdir()
        (own / "mine.yml").write_text(LOGIN.read_text(encoding="utf-8"), encoding="utf-8")
        assert main(["verify"]) == 0
        assert capsys.readouterr().out.endswith("\n3 requests: 3 same\n")
        assert main(["scan"]) == 0
        assert capsys.readouterr().out == "1 cassette scanned: no problems\n"

    def test_recording_of_nothing(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        head, _, _ = LOGIN.read_text(encoding="utf-8").partition("responses:")
        file = tmp_path / "nothing.yaml"
        file.write_text(f"{head}responses: []\n...\n", encoding="utf-8")
        assert main(["verify", str(file)]) == 0
        assert capsys.readouterr().out.endswith("0 requests: nothing to compare\n")


class TestBroken:
    """What cannot be read is a difference like any other, and keeps no other file from its turn."""

    @pytest.fixture
    def directory(self, tmp_path: Path) -> Path:
        """Two broken cassettes with a good one between them."""
        text = LOGIN.read_text(encoding="utf-8")
        (tmp_path / "a.yaml").write_text(text.replace("format: 1", "format: 2"), encoding="utf-8")
        (tmp_path / "b.yaml").write_text(text, encoding="utf-8")
        (tmp_path / "c.yaml").write_text("", encoding="utf-8")
        return tmp_path

    def test_table(self, directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["verify", str(directory)]) == 1
        newer = "format 2 is newer than this pytest-lookloox, which reads 1: update it"
        lines = capsys.readouterr().out.splitlines()
        assert [line.partition("GET")[0].split() for line in lines[2:5]] == [
            [f"b:{line}"] for line in (29, 38, 45)
        ]
        assert [line.split(maxsplit=2) for line in (lines[1], lines[5])] == [
            ["a:2", "difference", f"broken file: {directory / 'a.yaml'}, line 2: {newer}"],
            [
                "c:1",
                "difference",
                f"broken file: {directory / 'c.yaml'}, line 1: the file is empty",
            ],
        ]
        assert lines[-1] == "3 requests: 3 same; 2 broken files"

    def test_json(self, directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["verify", "--json", str(directory)]) == 1
        results = json.loads(capsys.readouterr().out)
        assert [(result["file"], result["line"], result["verdict"]) for result in results] == [
            (str(directory / "a.yaml"), 2, "difference"),
            *((str(directory / "b.yaml"), line, "same") for line in (29, 38, 45)),
            (str(directory / "c.yaml"), 1, "difference"),
        ]
        assert {tuple(result) for result in results} == {tuple(results[1])}
        assert results[-1]["findings"] == [
            {
                "kind": "broken file",
                "field": "",
                "recorded": "the file is empty",
                "simulated": "not asked",
                "verdict": "difference",
            }
        ]

    def test_one_that_cannot_be_played(
        self, copy_of: CopyOf, capsys: pytest.CaptureFixture[str]
    ) -> None:
        copy = copy_of("expired_token", "advance: 3601", f"advance: {10**17}")
        assert main(["verify", str(copy)]) == 1
        assert f"{copy}, line 45: cannot be played: advance() cannot go that far" in (
            capsys.readouterr().out
        )

    @pytest.mark.parametrize("arguments", [["verify"], ["verify", "--json"], ["scan"]])
    @pytest.mark.parametrize(
        ("path", "reason"),
        [
            ("none", "no such file or directory"),
            ("logni.yaml", "no such file or directory; did you mean 'login.yaml'?"),
            ("empty", "the directory holds no cassette, which is a file *.yaml"),
        ],
    )
    def test_path_without_a_cassette(
        self,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        arguments: list[str],
        path: str,
        reason: str,
    ) -> None:
        (tmp_path / "empty").mkdir()
        (tmp_path / "login.yaml").write_text(LOGIN.read_text(encoding="utf-8"), encoding="utf-8")
        assert main([*arguments, str(tmp_path / path), str(tmp_path / "login.yaml")]) == 1
        out = capsys.readouterr().out
        assert reason in out
        assert str(tmp_path / path) in out

    def test_file_that_may_not_be_read(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        def refuse(_: Path) -> bytes:
            raise PermissionError(errno.EACCES, "Permission denied")

        file = tmp_path / "locked.yaml"
        file.touch()
        # Let it import what it needs: pytest itself reads modules with `read_bytes`.
        assert main(["scan", str(LOGIN)]) == 0
        capsys.readouterr()
        monkeypatch.setattr(Path, "read_bytes", refuse)
        assert main(["scan", str(file)]) == 1
        assert capsys.readouterr().out.startswith(f"{file}: Permission denied\n")

    def test_scan(self, directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
        text = LOGIN.read_text(encoding="utf-8")
        (directory / "b.yaml").write_text(text.replace("Amina", "Zoe", 1), encoding="utf-8")
        assert main(["scan", str(directory)]) == 1
        assert capsys.readouterr().out.splitlines()[1:] == [
            f"{directory / 'b.yaml'}, line 17: the user's user_firstname is no placeholder",
            f"{directory / 'c.yaml'}, line 1: the file is empty",
            "3 cassettes scanned: 3 problems",
        ]

    def test_question_that_cannot_be_asked(self) -> None:
        with pytest.raises(SystemExit) as caught:
            main(["verify", "--jsno"])
        assert caught.value.code == 2
