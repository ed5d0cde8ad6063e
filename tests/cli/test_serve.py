"""`python -m pytest_lookloox serve`, as a developer runs it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from pytest_lookloox.__main__ import main
from pytest_lookloox.transports.server import Server

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


@pytest.fixture
def complaint(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run the command with arguments that it refuses, and return what it says in one line."""

    def run(*arguments: str) -> str:
        assert main(["serve", "--port", "0", *arguments]) == 2
        error = capsys.readouterr().err
        assert error.startswith("python -m pytest_lookloox: ")
        assert error.count("\n") == 1
        return error

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


def test_introduction_and_pages_of_a_new_visitor(serve: Serve) -> None:
    seen: list[str] = []

    def use(base_url: str) -> None:
        visitor = {"user_id": "1042", "app_id": "test-app-id"}
        with requests.Session() as browser:
            sign_in = browser.get(f"{base_url}/api/oauth?app_id=test-app-id", timeout=5)
            consent = browser.post(f"{base_url}/sign-in", visitor, timeout=5)
        seen.extend([base_url, sign_in.text, consent.text])

    lines = serve(use)

    base_url, sign_in, consent = seen
    assert "\n".join(lines[:10]) == (
        f"""\
Look Loox is simulated at {base_url}; Ctrl-C stops it.

Log in With Look Loox:
  {base_url}/api/oauth?app_id=test-app-id

Configuration of your app, which the browser comes back to at http://localhost/callback:
  LOOKLOOX_BASE_URL={base_url}
  LOOKLOOX_APP_ID=test-app-id
  LOOKLOOX_APP_SECRET=test-app-secret
"""
    )
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", base_url)
    assert "<h1>Sign in</h1>" in sign_in
    assert "<h1>Log in With" in consent


def test_each_request_is_a_line_without_secrets(serve: Serve) -> None:
    def use(base_url: str) -> None:
        app = {"app_id": "test-app-id", "app_secret": "test-app-secret"}
        get(f"{base_url}/api/oauth", app_id="test-app-id")
        get(f"{base_url}/api/authorize", **app, auth_key=KEY)
        get(f"{base_url}/api/get_user_info", access_token=KEY)
        get(f"{base_url}/api/authorize", app_id="two\nlines \x1b[2J", more="x" * 1000)
        requests.post(f"{base_url}/sign-in", {"user_id": "1042"}, allow_redirects=False, timeout=5)
        do(base_url, "approve")

    lines = serve(use, "--control")[10:]

    assert all(re.match(r"\d\d:\d\d:\d\d  ", line) for line in lines)
    assert [line[10:] for line in lines] == [
        "GET /api/oauth?app_id=test-app-id  200",
        "GET /api/authorize?app_id=test-app-id&app_secret=***&auth_key=***"
        "  200  Bad Request, invalid auth_key",
        "GET /api/get_user_info?access_token=***  200  Bad Request, invalid access_token",
        f"GET /api/authorize?app_id=two�lines �[2J&more={'x' * 60}…"
        "  200  Bad Request, invalid app_secret",
        "POST /sign-in  302",
        "POST /_control  200",
    ]


def test_control_is_off_unless_asked_for(serve: Serve) -> None:
    def use(base_url: str) -> None:
        assert requests.post(f"{base_url}/_control", json={}, timeout=5).status_code == 404

    assert serve(use)[-1].endswith("POST /_control  404")


def test_apps_replace_the_default_one(serve: Serve) -> None:
    def use(base_url: str) -> None:
        assert do(base_url, "approve").startswith("http://localhost:3000/back?auth_key=")
        for app_id, message in (("test-app-id", "has been disabled"), ("two", "app_secret")):
            app = {"app_id": app_id, "app_secret": "x", "auth_key": "x"}
            assert get(f"{base_url}/api/authorize", **app).json()["message"].endswith(message)

    first = ("--app", "one", "secret-1", "http://localhost:3000/back")
    second = ("--app", "two", "secret-2", "http://localhost:4000/back")
    output = "\n".join(serve(use, *first, *second, "--control"))

    assert re.findall(r"oauth\?app_id=(\w+)\n", output) == ["one", "two"]
    assert re.findall("APP_SECRET=(.+)", output) == ["secret-1", "secret-2"]


def test_users_come_from_a_file(serve: Serve, tmp_path: Path) -> None:
    file = tmp_path / "users.yaml"
    file.write_text(
        """
        - user_firstname: Bob
          user_lastname: Ray
          user_birthdate: 1990-02-03
          user_registered: 2026-11-02 09:14:55
          user_verified: yes
          user_website: null
        - {user_id: 7, user_firstname: Zoé, user_lastname: ""}
        """,
        encoding="utf-8",
    )

    def use(base_url: str) -> None:
        sign_in = get(f"{base_url}/api/oauth", app_id="test-app-id").text
        assert re.findall(r'name="user_id" value="(\d+)"', sign_in) == ["1042", "7"]
        assert "Zoé" in sign_in
        token = do(base_url, "issue_access_token")
        user = get(f"{base_url}/api/get_user_info", access_token=token).json()["user_info"]
        assert (user["user_firstname"], user["user_website"]) == ("Bob", None)
        assert (user["user_birthdate"], user["user_verified"]) == ("1990-02-03", "1")
        assert user["user_registered"] == "2026-11-02 09:14:55"

    serve(use, "--users", str(file), "--control")


def test_faults(serve: Serve) -> None:
    def use(base_url: str) -> None:
        with pytest.raises(requests.ConnectionError):
            get(f"{base_url}/api/authorize")
        assert get(f"{base_url}/api/get_user_info").status_code == 503

    lines = serve(use, "--fault", "connection_reset@authorize", "--fault", "http_503")

    assert lines[-2].endswith("GET /api/authorize  connection_reset")
    assert lines[-1].endswith("GET /api/get_user_info  503")


def test_https(serve: Serve, tmp_path: Path) -> None:
    ca_file = str(tmp_path / "ca.pem")

    def use(base_url: str) -> None:
        with requests.Session() as client:
            client.verify = ca_file
            action = {"do": "issue_access_token"}
            answer = client.post(f"{base_url}/_control", json=action, timeout=5)
            url = f"{base_url}/api/get_user_info?access_token={answer.json()['result']}"
            with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
                client.get(url, timeout=5)

    lines = serve(use, "--tls", ca_file, "--control", "--fault", "tls_error")

    assert lines[0].startswith("Look Loox is simulated at https://127.0.0.1:")
    assert lines[1] == f"Clients have to trust {ca_file}."


def test_beyond_loopback(serve: Serve) -> None:
    def use(base_url: str) -> None:
        assert base_url.startswith("http://127.0.0.1:")
        assert get(f"{base_url}/api/oauth").status_code == 200

    serve(use, "--host", "0.0.0.0", "--beyond-loopback")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("- [", "is not YAML: while parsing", id="not YAML"),
        pytest.param("- !!python/object/apply:os.getcwd []", "is not YAML: could not", id="code"),
        pytest.param(b"\xff\xfe\x00", "is not YAML: ", id="not text"),
        pytest.param("", "must be a list of users", id="empty"),
        pytest.param("[]", "must be a list of users", id="empty list"),
        pytest.param("user_id: 7", "must be a list of users", id="mapping"),
        pytest.param("- Bob", "must be a list of users", id="names"),
        pytest.param("- user_nme: Bob", "did you mean 'user_name'", id="misspelt"),
        pytest.param("- 1042: Bob", "no field '1042'", id="number as a name"),
        pytest.param("- user_name: [Bob]", "user_name must be a string", id="list as a value"),
        pytest.param("[{user_id: 7}, {user_id: '7'}]", "two users have the user_id", id="twice"),
    ],
)
def test_wrong_users(
    complaint: Callable[..., str], tmp_path: Path, content: str | bytes, message: str
) -> None:
    file = tmp_path / "users.yaml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)

    line = complaint("--users", str(file))

    assert str(file) in line
    assert message in line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--users", "nowhere.yaml"], "No such file or directory: 'nowhere.yaml'"),
        (["--tls", "nowhere/ca.pem"], "No such file or directory: 'nowhere/ca.pem'"),
        (["--host", "0.0.0.0"], "others could reach the server there"),
        (["--host", "::"], "--beyond-loopback"),
        (["--host", "192.0.2.1", "--beyond-loopback"], "cannot listen on port 0 of 192.0.2.1"),
        (["--port", "70000"], "from 0, for any free one, to 65535"),
        (["--app", "a", "", "http://localhost/"], "app_secret must not be blank"),
        (["--app", "a", "b", "/callback"], "redirect_url must be an absolute URL"),
        (["--app", "a", "b", "http://x/", "--app", "c", "d", "/x"], "must be an absolute URL"),
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

    assert "serve --tls needs an extra: pip install 'pytest-lookloox[tls]' (" in line
