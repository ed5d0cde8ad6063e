"""`lookloox serve`, as a developer runs it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from pytest_lookloox.__main__ import main
from pytest_lookloox.cli import control
from pytest_lookloox.provider.models import DEFAULT_APP
from pytest_lookloox.transports.server import Server

APP_ID = DEFAULT_APP.app_id
APP = {"app_id": APP_ID}
KEY = "0123456789abcdef" * 2

Serve = Callable[..., list[str]]


def get(url: str, **params: str) -> requests.Response:
    return requests.get(url, params, allow_redirects=False, timeout=5)


def do(base_url: str, name: str, **arguments: Any) -> Any:
    """Let the control endpoint carry out an action."""
    action = {"do": name, **arguments}
    return requests.post(f"{base_url}/_control", json=action, timeout=5).json()["result"]


@pytest.fixture
def serve(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Run the command, use it, and press Ctrl-C; return the lines that it printed."""

    def run(use: Callable[[str], object], *arguments: str) -> list[str]:
        def use_and_stop(server: Server) -> None:
            use(server.base_url)
            raise KeyboardInterrupt

        monkeypatch.setattr(Server, "wait", use_and_stop)
        assert main(["serve", "--port", "0", *arguments]) == 0
        output, errors = capsys.readouterr()
        assert errors == ""
        assert output.endswith("\n\nStopped.\n")
        return output.splitlines()[:-2]

    return run


def test_ctrl_c_ends_it() -> None:
    command = [sys.executable, "-m", "pytest_lookloox", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while "LOOKLOOX_APP_SECRET=" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)

    assert output.split() == ["Stopped."]
    assert process.returncode == 0


def test_introduction(serve: Serve) -> None:
    seen: list[str] = []

    lines = serve(seen.append)

    [base_url] = seen
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", base_url)
    assert "\n".join(lines) == (
        f"""\
Look Loox is simulated at {base_url}/; Ctrl-C stops it.
A browser finds login links there. Platform: documented.

Configuration of your app, which the browser comes back to at http://localhost/callback:
  LOOKLOOX_BASE_URL={base_url}
  LOOKLOOX_APP_ID={APP_ID}
  LOOKLOOX_APP_SECRET={DEFAULT_APP.app_secret}"""
    )


def test_first_request_is_answered(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client may connect as soon as the port is open, before the server's thread runs."""
    start = Server.__enter__
    statuses: list[bytes] = []

    def connect_and_start(server: Server) -> Server:
        with socket.create_connection(("127.0.0.1", server.port), 5) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            start(server)
            statuses.append(client.recv(12))
        return server

    monkeypatch.setattr(Server, "__enter__", connect_and_start)
    serve(lambda _: None)

    assert statuses == [b"HTTP/1.1 200"]


def test_pages_of_a_visitor(serve: Serve) -> None:
    link = f'<a href="/api/oauth?app_id={APP_ID}">'

    def use(base_url: str) -> None:
        login_url = f"{base_url}/api/oauth"
        with requests.Session() as browser:
            home = browser.get(base_url, timeout=5).text
            assert link in home
            assert "Signed in as" not in home
            assert "<h1>Sign in</h1>" in browser.get(login_url, timeout=5).text
            home = browser.post(base_url, {"user_id": "1042"}, timeout=5).text
            assert re.search(r"Signed in as.*Amina", home, re.DOTALL)
            assert "<h1>Log in With" in browser.get(login_url, params=APP, timeout=5).text
            assert link in browser.get(f"{login_url}?app_id=x", timeout=5).text
            do(base_url, "disable_app", **APP)
            home = browser.post(base_url, {"user_id": ""}, timeout=5).text
            assert "Signed in as" not in home
            assert link not in home
        assert [call["endpoint"] for call in do(base_url, "calls")] == ["oauth"] * 3

    lines = serve(use, "--control")

    reason = f"  app_id 'x' is not registered (registered: '{APP_ID}')"
    assert any(line.endswith(reason) for line in lines)


def test_each_request_is_a_line_without_secrets(serve: Serve) -> None:
    def use(base_url: str) -> None:
        secrets = {"app_secret": DEFAULT_APP.app_secret, "auth_key": KEY}
        get(f"{base_url}/api/oauth", **APP)
        get(f"{base_url}/api/authorize", **APP, **secrets)
        get(f"{base_url}/api/authorize", app_id="two\nlines \x1b[2J", more="x" * 1000)
        with pytest.raises(requests.ConnectionError):
            get(f"{base_url}/api/get_user_info", access_token=KEY)
        # As curl sends it, as a form.
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        requests.post(f"{base_url}/_control", '{"do": "approve"}', headers=form, timeout=5)

    lines = serve(use, "--fault", "connection_reset@get_user_info")[7:]

    assert all(re.match(r"\d\d:\d\d:\d\d  ", line) for line in lines)
    assert [line[10:] for line in lines] == [
        f"GET /api/oauth?app_id={APP_ID}  200",
        f"GET /api/authorize?app_id={APP_ID}&app_secret=***&auth_key=***"
        "  200  Bad Request, invalid auth_key  this provider never issued that auth_key",
        f"GET /api/authorize?app_id=two�lines �[2J&more={'x' * 60}…"
        "  200  Bad Request, invalid app_secret  app_secret was not sent; sent: app_id, more",
        "GET /api/get_user_info?access_token=***  connection_reset"
        "  the fault connection_reset@get_user_info took effect",
        # Without the option --control:
        "POST /_control  404  the API has only /api/oauth, /api/authorize, /api/get_user_info",
    ]


@pytest.mark.skipif(os.name != "posix", reason="only sockets can tell there")
@pytest.mark.parametrize("is_full", [True, False], ids=["slow reader", "no reader"])
def test_log_without_a_reader_stops_nothing(monkeypatch: pytest.MonkeyPatch, is_full: bool) -> None:
    reader, writer = os.pipe()

    def use_and_stop(server: Server) -> None:
        try:
            if is_full:
                os.set_blocking(writer, False)
                with suppress(BlockingIOError):
                    while True:
                        os.write(writer, b"x" * 4096)
                os.set_blocking(writer, True)
            else:
                os.close(reader)
            assert [get(server.base_url).status_code for _ in range(2)] == [200, 200]
        finally:
            if is_full:
                os.close(reader)
        raise KeyboardInterrupt

    with open(writer, "w", encoding="utf-8") as output:
        monkeypatch.setattr(sys, "stdout", output)
        monkeypatch.setattr(Server, "wait", use_and_stop)
        assert main(["serve", "--port", "0"]) == 0


def test_calls_are_bounded(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "_KEPT_CALLS", 1)

    def use(base_url: str) -> None:
        for _ in range(3):
            get(f"{base_url}/api/get_user_info")
        assert len(do(base_url, "calls")) == 1

    serve(use, "--control")


def test_apps_replace_the_default_one(serve: Serve) -> None:
    def use(base_url: str) -> None:
        assert do(base_url, "approve").startswith("http://localhost:3000/back?auth_key=")
        for app_id, message in ((APP_ID, "has been disabled"), ("two", "app_secret")):
            app = {"app_id": app_id, "app_secret": "x", "auth_key": "x"}
            assert get(f"{base_url}/api/authorize", **app).json()["message"].endswith(message)
        assert "Book Club" in get(base_url).text

    first = ("--app", "one", "secret-1", "http://localhost:3000/back")
    second = ("--app", "two", "secret-2", "http://localhost:4000/back", "Book Club")
    output = "\n".join(serve(use, *first, *second, "--control"))

    assert re.findall(r"APP_ID=(.+)", output) == ["one", "two"]
    assert re.findall("APP_SECRET=(.+)", output) == ["secret-1", "secret-2"]


def test_secret_from_the_environment_is_not_printed(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    def use(base_url: str) -> None:
        url, key = f"{base_url}/api/authorize", do(base_url, "issue_auth_key")
        answer = get(url, **APP, app_secret="my-secret", auth_key=key).json()
        assert re.fullmatch("[0-9a-f]{32}", answer["access_token"])

    monkeypatch.setenv("LOOKLOOX_APP_SECRET", "my-secret")

    assert "my-secret" not in "\n".join(serve(use, "--control"))


def test_options(serve: Serve) -> None:
    def use(base_url: str) -> None:
        missing = get(f"{base_url}/api/authorize", **APP)
        assert missing.json()["message"] == "Bad Request, invalid app_id"
        token = do(base_url, "issue_access_token")
        do(base_url, "advance", seconds=6)
        expired = get(f"{base_url}/api/get_user_info", access_token=token)
        assert (expired.status_code, "expired" in expired.text) == (401, True)
        do(base_url, "reset")
        assert do(base_url, "approve") == "http://localhost/callback"

    options = ["--platform", "current", "--token-lifetime", "5", "--error-status", "401"]
    serve(use, *options, "--fault", "missing_auth_key", "--control")


def test_users_come_from_a_file(serve: Serve, tmp_path: Path) -> None:
    file = tmp_path / "users.yaml"
    file.write_text(
        """
        - user_id: 5
          user_firstname: Bob
          user_birthdate: 1990-02-03
          user_verified: 1
          user_website: null
          extra: {profile_cover: a.jpg}
        - {user_id: 7, user_firstname: Zoé, user_lastname: ""}
        - {}
        """,
        encoding="utf-8",
    )

    def use(base_url: str) -> None:
        sign_in = get(f"{base_url}/api/oauth", **APP).text
        assert re.findall(r'name="user_id" value="(\d+)"', sign_in) == ["5", "7", "1044"]
        assert "Zoé" in sign_in
        token = do(base_url, "issue_access_token")
        user = get(f"{base_url}/api/get_user_info", access_token=token).json()["user_info"]
        assert (user["user_firstname"], user["user_website"]) == ("Bob", None)
        assert (user["user_birthdate"], user["user_verified"]) == ("1990-02-03", "1")
        assert user["profile_cover"] == "a.jpg"

    serve(use, "--users", str(file), "--control")


def test_https(serve: Serve, tmp_path: Path) -> None:
    ca_file = str(tmp_path / "ca.pem")

    def use(base_url: str) -> None:
        assert base_url.startswith("https://127.0.0.1:")
        with requests.Session() as client:
            client.verify = ca_file
            action = {"do": "issue_access_token"}
            answer = client.post(f"{base_url}/_control", json=action, timeout=5)
            url = f"{base_url}/api/get_user_info?access_token={answer.json()['result']}"
            with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
                client.get(url, timeout=5)

    serve(use, "--tls", ca_file, "--control", "--fault", "tls_error")


@pytest.mark.skipif(sys.platform == "darwin", reason="has one loopback address only")
def test_https_at_another_address_by_the_same_authority(serve: Serve, tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"

    def use(base_url: str) -> None:
        assert base_url.startswith("https://127.0.0.2:")
        assert requests.get(base_url, verify=str(ca_file), timeout=5).status_code == 200

    arguments = ("--host", "127.0.0.2", "--tls", str(ca_file))
    serve(use, *arguments)
    first = ca_file.read_bytes()
    serve(use, *arguments)
    assert ca_file.read_bytes() == first


def test_beyond_loopback(serve: Serve) -> None:
    def use(base_url: str) -> None:
        assert base_url.startswith("http://127.0.0.1:")
        assert get(base_url).status_code == 200

    serve(use, "--host", "0.0.0.0", "--beyond-loopback")


@pytest.fixture
def complaint(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """Run the command with arguments that it refuses, and return what it says in one line."""
    monkeypatch.setattr(Server, "wait", lambda _: None)

    def run(*arguments: str) -> str:
        assert main(["serve", "--port", "0", *arguments]) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        return error

    return run


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("- [", "while parsing a flow node", id="not YAML"),
        pytest.param(b"\x89PNG", "character #x0089: invalid start byte", id="not text"),
        pytest.param("", "a list of users is expected", id="empty"),
        pytest.param("user_id: 7", "a list of users is expected", id="mapping"),
        pytest.param("- !!python/object/apply:os.getcwd []", "a list of users", id="code"),
        pytest.param("- nme: Bob", "'user_name'? A field that only newer servers", id="misspelt"),
        pytest.param("- nme: Bob", " goes into extra: {…}", id="field of newer servers"),
        pytest.param("[{user_id: 7}, {user_id: 7}]", "two users have one user_id", id="two users"),
        pytest.param("- user_name: [Bob]", "user_name must be a string", id="list as a value"),
    ],
)
def test_wrong_users(
    complaint: Callable[..., str], tmp_path: Path, content: str | bytes, message: str
) -> None:
    file = tmp_path / "users.yaml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)

    line = complaint("--users", str(file))

    assert f"{file} is not a usable YAML file of users: " in line
    assert message in line


@pytest.mark.parametrize("name", ["ca.pem", "ca.pem.key"])
def test_no_other_file_is_overwritten(
    complaint: Callable[..., str], tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("mine", encoding="ascii")

    assert str(tmp_path / name) in complaint("--tls", str(tmp_path / "ca.pem"))
    assert [(file.name, file.read_text("ascii")) for file in tmp_path.iterdir()] == [(name, "mine")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--users", "nowhere.yaml"], "No such file or directory: 'nowhere.yaml'"),
        (["--tls", "nowhere/ca.pem"], "No such file or directory: 'nowhere/ca.pem.key'"),
        (["--host", "0.0.0.0"], "others could reach the server there"),
        (["--host", "192.0.2.1", "--beyond-loopback"], "cannot listen on port 0 of 192.0.2.1"),
        (["--app", "a", "b"], "--app takes an id, a secret, a redirect URL"),
        (["--app", "a", "", "http://localhost/"], "app_secret must not be blank"),
        (["--app", "a", "b", "http://x/", "--app", "c", "d", "/x"], "must be an absolute URL"),
        (["--app", "a", "b", "http://x/", "--app", "a", "c", "http://y/"], "two apps have one id"),
        (["--platform", "newest"], "platform must be 'documented' or 'current'"),
        (["--fault", "http_530"], "did you mean 'http_503'"),
        (["--fault", "tls_error"], "tls_error needs https"),
    ],
)
def test_wrong_argument(complaint: Callable[..., str], arguments: list[str], message: str) -> None:
    assert message in complaint(*arguments)


def test_missing_extra(
    complaint: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delitem(sys.modules, "pytest_lookloox.transports.tls", raising=False)
    monkeypatch.setitem(sys.modules, "trustme", None)

    line = complaint("--tls", str(tmp_path / "ca.pem"))

    assert "https needs an extra: pip install 'pytest-lookloox[tls]' (" in line
