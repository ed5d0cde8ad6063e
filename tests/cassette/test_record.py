"""Recording over real HTTP, from a provider on the loopback interface."""

from __future__ import annotations

import getpass
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_lookloox import LookLoox
from pytest_lookloox.__main__ import main
from pytest_lookloox.cassette import files
from pytest_lookloox.cassette.format import load
from pytest_lookloox.cassette.library import shipped_directory
from pytest_lookloox.exchange import Request, Response, json_response
from pytest_lookloox.server import Server

NAMES = ["login", "reused_auth_key", "unknown_token", "wrong_app_secret"]
REDIRECT_URL = "https://app.example/callback"
SECRET = "a secret/that is nobody's business"
USER = {
    "user_id": "77123",
    "user_firstname": "Wilhelmina",
    "user_email": "wilhelmina@mail.example",
    "user_birthdate": None,
    "user_picture": "",
}

Record = Callable[..., int]
Output = pytest.CaptureFixture[str]


@pytest.fixture
def provider() -> LookLoox:
    return LookLoox(app_id="31337", app_secret=SECRET, redirect_url=REDIRECT_URL, user=USER)


@pytest.fixture
def server(provider: LookLoox) -> Any:
    with Server(provider.handle) as running:
        yield running


@pytest.fixture
def auth_key(provider: LookLoox, monkeypatch: pytest.MonkeyPatch) -> str:
    key = provider.issue_auth_key()
    monkeypatch.setenv("LOOKLOOX_APP_ID", "31337")
    monkeypatch.setenv("LOOKLOOX_APP_SECRET", SECRET)
    monkeypatch.setenv("LOOKLOOX_AUTH_KEY", key)
    return key


@pytest.fixture
def record(server: Server, tmp_path: Path, auth_key: str) -> Record:
    def run(*arguments: str) -> int:
        own = ("--base-url", server.base_url, "--redirect-url", REDIRECT_URL)
        return main(["record", *own, "--directory", str(tmp_path), *arguments])

    return run


def written(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


class TestRecording:
    def test_round_trip_into_verify(self, record: Record, tmp_path: Path, capsys: Output) -> None:
        assert record() == 0
        assert written(tmp_path) == [f"{name}.yaml" for name in NAMES]
        capsys.readouterr()
        assert main(["scan", str(tmp_path)]) == 0
        assert main(["verify", str(tmp_path)]) == 0
        assert capsys.readouterr().out.endswith("5 requests: 5 same\n")

    def test_what_is_told(
        self, record: Record, server: Server, tmp_path: Path, auth_key: str, capsys: Output
    ) -> None:
        record()
        out = capsys.readouterr().out
        assert SECRET not in out
        assert auth_key not in out
        assert (
            out
            == f"""\
These 5 requests will be sent to {server.base_url}, and nothing else:

  1. GET /api/authorize      turns your auth_key into an access_token
  2. GET /api/get_user_info  reads your profile with it
  3. GET /api/authorize      uses the auth_key again
  4. GET /api/authorize      uses a wrong app_secret
  5. GET /api/get_user_info  uses a token that never was

Open this link in a browser, sign in and approve; take the auth_key from the address that the
browser ends at, which begins with {REDIRECT_URL}. Do not let your app use it up.

  {server.base_url}/api/oauth?app_id=31337

[1/5] authorize: status 200, application/json
[2/5] get_user_info: status 200, application/json
[3/5] authorize: status 200, application/json, “Bad Request, invalid auth_key”
[4/5] authorize: status 200, application/json, “Bad Request, invalid app_secret”
[5/5] get_user_info: status 200, application/json, “Bad Request, invalid access_token”
written: {tmp_path / "login.yaml"}
written: {tmp_path / "reused_auth_key.yaml"}
written: {tmp_path / "wrong_app_secret.yaml"}
written: {tmp_path / "unknown_token.yaml"}
They hold no secret; see for yourself, then commit them.
"""
        )

    def test_no_secret_is_written(self, record: Record, tmp_path: Path, auth_key: str) -> None:
        record()
        text = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
        secrets = [SECRET, "31337", auth_key, "77123", "Wilhelmina", "mail.example", REDIRECT_URL]
        assert [secret for secret in secrets if secret in text] == []
        assert load(tmp_path / "login.yaml").origin == "simulator"

    @pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")
    def test_origin_is_live_unless_it_is_this_machine(
        self, provider: LookLoox, tmp_path: Path, auth_key: str
    ) -> None:
        own = ("--base-url", provider.base_url, "--redirect-url", REDIRECT_URL)
        with provider:
            assert main(["record", *own, "--directory", str(tmp_path)]) == 0
        cassette = load(tmp_path / "login.yaml")
        assert (cassette.origin, cassette.base_url) == ("live", "https://lookloox.com")

    def test_replayed_login_fits_together(
        self, record: Record, pytester: pytest.Pytester, tmp_path: Path
    ) -> None:
        record()
        pytester.makeini(f"[pytest]\nlookloox_cassette_dir = {tmp_path}\n")
        pytester.makepyfile(
            """
            import pytest, requests

            @pytest.mark.lookloox_cassette("login")
            def test_it(lookloox, lookloox_app, lookloox_auth_key):
                assert lookloox.base_url.startswith("http://127.0.0.1:")
                credentials = {
                    "app_id": lookloox_app.app_id,
                    "app_secret": lookloox_app.app_secret,
                    "auth_key": lookloox_auth_key,
                }
                api = f"{lookloox.base_url}/api"
                token = requests.get(f"{api}/authorize", credentials, timeout=5).json()
                user = requests.get(f"{api}/get_user_info", token, timeout=5).json()
                assert user == {"user_info": lookloox.user}
                assert user["user_info"]["user_birthdate"] is None
            """
        )
        pytester.runpytest().assert_outcomes(passed=1)

    @pytest.mark.parametrize("behind", ["", "#", "&lang=fr", "&lang=fr#top"])
    def test_values_that_were_typed(
        self,
        record: Record,
        monkeypatch: pytest.MonkeyPatch,
        auth_key: str,
        behind: str,
    ) -> None:
        for name in ("LOOKLOOX_APP_ID", "LOOKLOOX_APP_SECRET", "LOOKLOOX_AUTH_KEY"):
            monkeypatch.delenv(name)
        typed = iter([" 31337 ", f"{REDIRECT_URL}?auth_key={auth_key}{behind}"])
        monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
        monkeypatch.setattr(getpass, "getpass", lambda prompt: SECRET)
        monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
        assert record() == 0

    def test_secret_that_nobody_can_type(
        self, record: Record, monkeypatch: pytest.MonkeyPatch, capsys: Output
    ) -> None:
        monkeypatch.delenv("LOOKLOOX_APP_SECRET")
        monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: False))
        assert record() == 2
        assert "no terminal to ask for app_secret unseen: set LOOKLOOX_APP_SECRET" in (
            capsys.readouterr().err
        )

    def test_secret_is_no_argument(self, record: Record, capsys: Output) -> None:
        with pytest.raises(SystemExit):
            record("--app-secret", SECRET)
        assert "unrecognized arguments" in capsys.readouterr().err

    def test_existing_ones_are_kept_unless_told(
        self, record: Record, provider: LookLoox, tmp_path: Path, capsys: Output
    ) -> None:
        (tmp_path / "unknown_token.yaml").write_text("mine", encoding="utf-8")
        assert record() == 2
        assert "unknown_token.yaml exists already" in capsys.readouterr().err
        assert provider.calls == []
        assert record("--overwrite") == 0
        assert written(tmp_path) == [f"{name}.yaml" for name in NAMES]

    @pytest.mark.parametrize("arguments", [(), ("--overwrite",)])
    def test_no_second_one_of_a_name(
        self,
        record: Record,
        provider: LookLoox,
        tmp_path: Path,
        capsys: Output,
        arguments: tuple[str, ...],
    ) -> None:
        (tmp_path / "login.yml").write_text("mine", encoding="utf-8")
        assert record(*arguments) == 2
        assert "login.yml has the name of a new cassette: rename or remove it" in (
            capsys.readouterr().err
        )
        assert provider.calls == []

    def test_new_directory(self, record: Record, tmp_path: Path) -> None:
        directory = tmp_path / "new" / "cassettes"
        assert record("--directory", str(directory)) == 0
        assert written(directory) == [f"{name}.yaml" for name in NAMES]

    def test_old_ones_are_back_after_an_interruption(
        self, record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """All are replaced or none, however far it went."""
        (tmp_path / "login.yaml").write_text("mine", encoding="utf-8")
        replaced: list[object] = []

        def replace(source: Path, target: Path) -> None:
            replaced.append(source.rename(target))
            if len(replaced) == 3:
                raise KeyboardInterrupt

        monkeypatch.setattr(os, "replace", replace)
        assert record("--overwrite") == 130
        assert written(tmp_path) == ["login.yaml"]
        assert (tmp_path / "login.yaml").read_text(encoding="utf-8") == "mine"


class TestFailure:
    """Whatever goes wrong: nothing is left in the directory, and no secret on the screen."""

    @pytest.fixture
    def answers(self, server: Server, provider: LookLoox) -> dict[str, Response]:
        """Answers by endpoint, which take the place of the provider's."""
        replaced: dict[str, Response] = {}

        def answer(request: Request) -> Response:
            endpoint = request.path.rpartition("/")[2]
            return replaced.get(endpoint) or provider.handle(request)

        server.answer = answer
        return replaced

    @pytest.fixture(autouse=True)
    def nothing_is_left(self, tmp_path: Path, capsys: Output) -> Any:
        yield
        assert written(tmp_path) == []
        assert SECRET not in "".join(capsys.readouterr())

    @pytest.mark.parametrize("endpoint", ["authorize", "get_user_info"])
    def test_html(
        self, record: Record, answers: dict[str, Response], endpoint: str, capsys: Output
    ) -> None:
        answers[endpoint] = Response(None, 200, "text/html", "", b"<h1>Hello</h1>")
        assert record() == 2
        assert f"/api/{endpoint} answered no JSON (text/html): is --base-url right?" in (
            capsys.readouterr().err
        )

    @pytest.mark.parametrize(
        ("endpoint", "data", "reason"),
        [
            ("authorize", {"error": True, "message": "Hi 12345"}, "answered no access_token"),
            ("authorize", [], "answered no access_token"),
            ("authorize", {"access_token": 1}, "answered no access_token"),
            ("get_user_info", [], "answered no user_info"),
            ("get_user_info", {"user_info": "x"}, "answered no user_info"),
        ],
    )
    def test_login_without_success(
        self,
        record: Record,
        answers: dict[str, Response],
        endpoint: str,
        data: Any,
        reason: str,
        capsys: Output,
    ) -> None:
        answers[endpoint] = json_response(None, data)
        assert record() == 2
        assert f"the login did not succeed: {endpoint} {reason}" in capsys.readouterr().err

    def test_nobody_listens(self, record: Record, server: Server, capsys: Output) -> None:
        assert record("--base-url", "http://127.0.0.1:1") == 2
        assert capsys.readouterr().err.endswith(
            "http://127.0.0.1:1/api/authorize cannot be asked: ConnectionError\n"
        )

    @pytest.mark.parametrize("error", [KeyboardInterrupt, EOFError])
    def test_interrupted_at_the_prompt(
        self,
        record: Record,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: Output,
        error: type,
    ) -> None:
        def interrupt(prompt: str) -> str:
            raise error

        monkeypatch.delenv("LOOKLOOX_AUTH_KEY")
        monkeypatch.setattr("builtins.input", interrupt)
        monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
        assert record("--directory", str(tmp_path / "new")) == 130
        assert capsys.readouterr().err == "\nStopped; nothing was written.\n"

    def test_nobody_to_ask(
        self, record: Record, monkeypatch: pytest.MonkeyPatch, capsys: Output
    ) -> None:
        monkeypatch.delenv("LOOKLOOX_APP_ID")
        monkeypatch.setattr("sys.stdin", io.StringIO())
        assert record() == 2
        assert "app_id is missing: type it, or set LOOKLOOX_APP_ID" in capsys.readouterr().err

    def test_interrupted_while_writing(
        self, record: Record, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(os, "replace", interrupt)
        assert record() == 130

    @pytest.mark.parametrize(
        ("name", "value"), [("LOOKLOOX_APP_ID", " "), ("LOOKLOOX_AUTH_KEY", "")]
    )
    def test_nothing_typed(
        self,
        record: Record,
        monkeypatch: pytest.MonkeyPatch,
        capsys: Output,
        name: str,
        value: str,
    ) -> None:
        monkeypatch.setenv(name, value)
        monkeypatch.setattr("builtins.input", lambda prompt: "")
        assert record() == 2
        assert f"is missing: type it, or set {name}" in capsys.readouterr().err

    @pytest.mark.parametrize(
        "arguments",
        [[], ["--base-url", "https://x.example"], ["--redirect-url", REDIRECT_URL]],
    )
    def test_addresses_are_needed(self, arguments: list[str], capsys: Output) -> None:
        assert main(["record", *arguments]) == 2
        assert "record needs --base-url and --redirect-url" in capsys.readouterr().err


def test_directory_that_cannot_be_written_to(
    record: Record,
    provider: LookLoox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Output,
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert record("--directory", str(tmp_path / "file" / "below")) == 2
    assert "cannot be written to (Not a directory): choose another --directory" in (
        capsys.readouterr().err
    )
    assert provider.calls == []


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="nothing is read-only for root"
)
def test_read_only_directory(
    record: Record, provider: LookLoox, tmp_path: Path, capsys: Output
) -> None:
    tmp_path.chmod(0o500)
    assert record() == 2
    assert f"{tmp_path} cannot be written to (Permission denied): choose another --directory" in (
        capsys.readouterr().err
    )
    assert provider.calls == []
    tmp_path.chmod(0o700)


def test_shipped_ones_are_the_same_when_recorded_again(tmp_path: Path, capsys: Output) -> None:
    assert main(["record", "--shipped", "--directory", str(tmp_path)]) == 0
    shipped = {
        path.name: path.read_bytes()
        for path in shipped_directory().iterdir()
        if path.stem != "documented_sample"
    }
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == shipped
    assert len(shipped) == 8


def test_shipped_ones_replace_no_other_unless_told(tmp_path: Path, capsys: Output) -> None:
    mine = tmp_path / "login.yaml"
    mine.write_text("mine", encoding="utf-8")
    assert main(["record", "--shipped", "--directory", str(tmp_path)]) == 2
    assert f"{mine} exists already; to replace it, add --overwrite" in capsys.readouterr().err
    assert mine.read_text(encoding="utf-8") == "mine"
    assert main(["record", "--shipped", "--overwrite", "--directory", str(tmp_path)]) == 0
    assert len(written(tmp_path)) == 8


def test_repeated_headers_are_recorded(provider: LookLoox, tmp_path: Path) -> None:
    from pytest_lookloox.cassette import wire

    def answer(request: Request) -> Response:
        cookies = (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
        return Response(None, 200, "", None, json.dumps([]).encode(), headers=cookies)

    with Server(answer) as server:
        exchange = wire.get(server.base_url, "/api/authorize", {})
    assert exchange.headers == (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
    assert files.write([], tmp_path) == []
