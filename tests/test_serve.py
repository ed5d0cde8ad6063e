"""`python -m pytest_lookloox serve`, as a developer runs it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from pytest_lookloox.__main__ import main
from pytest_lookloox.server import Server

TIMEOUT = 20
SERVE = [sys.executable, "-m", "pytest_lookloox", "serve"]
KEY = "0123456789abcdef" * 2


class Served(NamedTuple):
    process: subprocess.Popen[str]
    base_url: str
    introduction: str

    def stop(self) -> str:
        """Press Ctrl-C; returns what else was printed."""
        self.process.send_signal(signal.SIGINT)
        output, _ = self.process.communicate(timeout=TIMEOUT)
        return output


@contextmanager
def serving(*arguments: str, apps: int = 1) -> Iterator[Served]:
    """The command, once it has printed how to log in to so many apps."""
    with subprocess.Popen(
        [*SERVE, "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            assert process.stdout is not None
            lines: list[str] = []
            while "".join(lines).count("LOOKLOOX_APP_SECRET=") < apps:
                lines.append(process.stdout.readline())
                assert lines[-1], "".join(lines)
            introduction = "".join(lines)
            address = re.search(r"https?://\S+:\d+", introduction)
            assert address is not None
            yield Served(process, address[0], introduction)
        finally:
            # Kindly at first, so that its coverage is counted.
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(TIMEOUT)
            process.kill()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as running:
        yield running


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command where it ends by itself."""
    return subprocess.run([*SERVE, *arguments], capture_output=True, text=True, timeout=TIMEOUT)


def get(url: str, **params: str) -> requests.Response:
    return requests.get(url, params, allow_redirects=False, timeout=TIMEOUT)


def test_introduction_has_the_login_link_and_a_configuration(served: Served) -> None:
    assert served.introduction.rstrip() == (
        f"""\
Look Loox is simulated at {served.base_url}; Ctrl-C stops it.

Log in With Look Loox:
  {served.base_url}/api/oauth?app_id=test-app-id

Configuration of your app, which the browser comes back to at http://localhost/callback:
  LOOKLOOX_BASE_URL={served.base_url}
  LOOKLOOX_APP_ID=test-app-id
  LOOKLOOX_APP_SECRET=test-app-secret"""
    )


def test_it_listens_on_loopback(served: Served) -> None:
    assert served.base_url.startswith("http://127.0.0.1:")


def test_person_sees_the_pages_of_a_new_visitor(served: Served) -> None:
    with requests.Session() as browser:
        sign_in = browser.get(f"{served.base_url}/api/oauth?app_id=test-app-id", timeout=TIMEOUT)
        consent = browser.post(
            f"{served.base_url}/sign-in",
            {"user_id": "1042", "app_id": "test-app-id"},
            timeout=TIMEOUT,
        )

    assert "<h1>Sign in</h1>" in sign_in.text
    assert "<h1>Log in With" in consent.text


def test_control_is_off(served: Served) -> None:
    response = requests.post(f"{served.base_url}/_control", json={"do": "approve"}, timeout=TIMEOUT)

    assert response.status_code == 404


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}], ids=["Origin", "Host"]
)
def test_control_obeys_no_web_page(headers: dict[str, str]) -> None:
    with serving("--control") as served:
        url = f"{served.base_url}/_control"
        response = requests.post(url, json={"do": "approve"}, headers=headers, timeout=TIMEOUT)

    assert response.status_code == 403


def test_control_can_be_asked_for() -> None:
    with serving("--control") as served:
        url = f"{served.base_url}/_control"
        callback = requests.post(url, json={"do": "approve"}, timeout=TIMEOUT).json()["result"]
        auth_key = callback.partition("?auth_key=")[2]
        login = {"app_id": "test-app-id", "app_secret": "test-app-secret", "auth_key": auth_key}
        token = get(f"{served.base_url}/api/authorize", **login).json()
        profile = get(f"{served.base_url}/api/get_user_info", **token).json()

    assert profile["user_info"]["user_firstname"] == "Amina"


def test_each_request_is_one_line_without_secrets() -> None:
    with serving("--control") as served:
        get(f"{served.base_url}/api/oauth", app_id="test-app-id")
        get(
            f"{served.base_url}/api/authorize",
            app_id="test-app-id",
            app_secret="test-app-secret",
            auth_key=KEY,
        )
        get(f"{served.base_url}/api/get_user_info", access_token=KEY)
        get(f"{served.base_url}/api/authorize", app_id="two\nlines \x1b[2J", more="x" * 1000)
        requests.post(f"{served.base_url}/sign-in", {"user_id": "1042"}, timeout=TIMEOUT)
        requests.post(f"{served.base_url}/_control", json={"do": "approve"}, timeout=TIMEOUT)
        lines = served.stop().strip().splitlines()

    assert lines[-2:] == ["", "Stopped."]
    assert [re.sub(r"^\d\d:\d\d:\d\d  ", "", line) for line in lines[:-2]] == [
        "GET /api/oauth?app_id=test-app-id  200",
        "GET /api/authorize?app_id=test-app-id&app_secret=***&auth_key=***"
        "  200  Bad Request, invalid auth_key",
        "GET /api/get_user_info?access_token=***  200  Bad Request, invalid access_token",
        f"GET /api/authorize?app_id=two�lines �[2J&more={'x' * 60}…"
        "  200  Bad Request, invalid app_secret",
        "POST /sign-in  302",
        "GET /api/oauth?app_id=  404",
        "POST /_control  200",
    ]


def test_ctrl_c_ends_it_well() -> None:
    with serving() as served:
        output = served.stop()

    assert output.split() == ["Stopped."]
    assert served.process.returncode == 0


def test_apps_are_registered_instead_of_the_default_one() -> None:
    first = ("--app", "one", "secret-1", "http://localhost:3000/back")
    second = ("--app", "two", "secret-2", "http://localhost:4000/back")
    with serving(*first, *second, "--control", apps=2) as served:
        url = f"{served.base_url}/_control"
        callback = requests.post(url, json={"do": "approve"}, timeout=TIMEOUT).json()["result"]
        unknown = get(
            f"{served.base_url}/api/authorize", app_id="test-app-id", app_secret="x", auth_key="x"
        ).json()
        wrong = get(
            f"{served.base_url}/api/authorize", app_id="two", app_secret="x", auth_key="x"
        ).json()

    assert callback.startswith("http://localhost:3000/back?auth_key=")
    assert "has been disabled" in unknown["message"]
    assert wrong["message"] == "Bad Request, invalid app_secret"
    for text in ("app_id=one", "app_id=two", "APP_SECRET=secret-1", "APP_SECRET=secret-2"):
        assert text in served.introduction
    assert served.introduction.count(f"LOOKLOOX_BASE_URL={served.base_url}") == 2
    assert served.introduction.count(f"{served.base_url}/api/oauth?app_id=") == 2


def test_users_come_from_a_file(tmp_path: Path) -> None:
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
    with serving("--users", str(file), "--control") as served:
        sign_in = get(f"{served.base_url}/api/oauth", app_id="test-app-id").text
        token = requests.post(
            f"{served.base_url}/_control", json={"do": "issue_access_token"}, timeout=TIMEOUT
        ).json()["result"]
        profile = get(f"{served.base_url}/api/get_user_info", access_token=token).json()

    assert re.findall(r'name="user_id" value="(\d+)"', sign_in) == ["1042", "7"]
    assert "Bob Ray" in sign_in
    assert "Zoé" in sign_in
    assert (
        profile["user_info"]
        | {
            "user_firstname": "Bob",
            "user_birthdate": "1990-02-03",
            "user_registered": "2026-11-02 09:14:55",
            "user_verified": "1",
            "user_website": None,
        }
        == profile["user_info"]
    )


Fails = Callable[..., str]


@pytest.fixture
def fails(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Fails:
    """Run the command, which has to fail: the one line of its complaint."""

    def wait(_: Server) -> None:
        raise AssertionError("the command serves")

    def complaint_about(*arguments: str) -> str:
        assert main(["serve", "--port", "0", *arguments]) == 2
        complaint = capsys.readouterr().err
        assert complaint.startswith("python -m pytest_lookloox: ")
        assert complaint.count("\n") == 1
        return complaint

    monkeypatch.setattr(Server, "wait", wait)
    return complaint_about


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param("- [", "is no YAML: while parsing", id="no YAML"),
        pytest.param("- !!python/object/apply:os.getcwd []", "is no YAML: could not", id="code"),
        pytest.param(b"\xff\xfe\x00", "is no YAML: ", id="no text"),
        pytest.param("", "must be a list of users", id="empty"),
        pytest.param("[]", "must be a list of users", id="empty list"),
        pytest.param("user_id: 7", "must be a list of users", id="mapping"),
        pytest.param("- Bob", "must be a list of users", id="names"),
        pytest.param("- user_nme: Bob", "did you mean 'user_name'", id="misspelt"),
        pytest.param("- 1042: Bob", "no field '1042'", id="number as a name"),
        pytest.param("- user_name: [Bob]", "user_name must be a string", id="list as a value"),
        pytest.param(
            "[{user_id: 7}, {user_id: '7'}]", "2 users have the user_id '7'", id="same id"
        ),
    ],
)
def test_file_of_users_that_is_none_is_refused(
    fails: Fails, tmp_path: Path, content: str | bytes, complaint: str
) -> None:
    file = tmp_path / "users.yaml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)

    line = fails("--users", str(file))
    assert str(file) in line
    assert complaint in line


@pytest.mark.parametrize(
    ("arguments", "complaint"),
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
    ],
)
def test_wrong_argument_is_told_in_one_line(
    fails: Fails, arguments: list[str], complaint: str
) -> None:
    assert complaint in fails(*arguments)


def test_port_in_use_is_told_in_one_line(fails: Fails) -> None:
    with Server() as other:
        line = fails("--port", str(other.port))

    assert f"port {other.port} of 127.0.0.1 is in use; choose another" in line


def test_beyond_loopback_in_so_many_words() -> None:
    with serving("--host", "0.0.0.0", "--beyond-loopback") as served:
        assert served.base_url.startswith("http://127.0.0.1:")
        assert get(f"{served.base_url}/api/token").status_code == 200


def test_https_tells_what_clients_have_to_trust(tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    with serving("--tls", str(ca_file)) as served:
        answer = requests.get(f"{served.base_url}/api/token", verify=str(ca_file), timeout=TIMEOUT)

    assert answer.status_code == 200
    assert served.base_url.startswith("https://")
    assert f"\nClients have to trust {ca_file}.\n" in served.introduction


@pytest.mark.parametrize("library", ["werkzeug.serving", "yaml", "trustme"])
def test_missing_extra_is_told_in_one_line(
    fails: Fails, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, library: str
) -> None:
    for module in ("pytest_lookloox.server", "pytest_lookloox.tls", "pytest_lookloox.users_file"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, library, None)

    assert "serve needs an extra: pip install 'pytest-lookloox[server]'" in fails(
        "--tls", str(tmp_path / "ca.pem")
    )


@pytest.mark.parametrize("arguments", [[], ["--help"], ["serve", "--help"], ["sing"]])
def test_help_and_usage(arguments: list[str]) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "pytest_lookloox", *arguments],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )

    assert "usage: python -m pytest_lookloox" in result.stdout + result.stderr
    assert "serve" in result.stdout + result.stderr
