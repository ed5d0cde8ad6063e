"""`python -m pytest_lookloox record`: prompts, files, and failures that show no secret."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pytest_lookloox import LookLoox
from pytest_lookloox.__main__ import main
from pytest_lookloox.cassettes.library import load
from pytest_lookloox.provider.http import html_response
from pytest_lookloox.provider.platforms import PLATFORMS, Platform
from tests.cassettes.site import APP, PRIVATE, SECRET, Site, running_site
from tests.conftest import Run

BOTH_PLATFORMS = pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
NAMES = ["login", "reused_auth_key", "unknown_token", "wrong_app_secret"]
VALUES = ("app_id", "app_secret", "auth_key")

Output = pytest.CaptureFixture[str]
Record = Callable[..., int]


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A provider whose app and auth_key are in the environment."""
    with running_site() as site:
        for name, value in zip(VALUES, (APP.app_id, SECRET, site.auth_key), strict=True):
            monkeypatch.setenv(f"LOOKLOOX_{name.upper()}", value)
        yield site


@pytest.fixture
def record(site: Site, tmp_path: Path) -> Record:
    def run(*arguments: str, base_url: str = site.app.base_url) -> int:
        own = ("--base-url", base_url, "--redirect-url", APP.redirect_url)
        return main(["record", *own, "--directory", str(tmp_path), *arguments])

    return run


def names_in(directory: Path) -> list[str]:
    return sorted(file.stem for file in directory.iterdir())


@BOTH_PLATFORMS
def test_what_is_shown(
    record: Record, site: Site, tmp_path: Path, capsys: Output, platform: Platform
) -> None:
    site.provider.platform = platform
    assert record() == 0

    base_url = site.app.base_url
    assert (
        capsys.readouterr().out
        == f"""\
These 5 requests will be sent to {base_url}, and nothing else:

  1. /api/authorize      turns your auth_key into an access_token
  2. /api/get_user_info  reads your profile with it
  3. /api/authorize      uses the auth_key again
  4. /api/authorize      uses a wrong app_secret
  5. /api/get_user_info  uses an unknown token

Each is a GET, as documented. If the server does not read the parameters of the first one, it is
sent once more, by POST, and the others to authorize by POST, too.

Open this link in a browser, sign in and approve; take the auth_key from the address that the
browser ends at, which begins with {APP.redirect_url}. Do not let your app use it up.

  {base_url}/api/oauth?app_id=31337

Platform of the server: "{platform.name}" (authorize by {platform.authorize_method})

written: {tmp_path / "login.yaml"}
written: {tmp_path / "reused_auth_key.yaml"}
written: {tmp_path / "wrong_app_secret.yaml"}
written: {tmp_path / "unknown_token.yaml"}
They contain no secret; see for yourself, then commit them.
"""
    )
    first_try = ["authorize"] if platform.name == "current" else []
    assert [request.path.rpartition("/")[2] for request in site.requests] == [
        *first_try,
        *("authorize", "get_user_info", "authorize", "authorize", "get_user_info"),
    ]
    assert load(tmp_path / "login.yaml").platform == platform


@BOTH_PLATFORMS
def test_cassettes_contain_no_secret(
    record: Record, site: Site, tmp_path: Path, capsys: Output, platform: Platform
) -> None:
    site.provider.platform = platform
    record()

    assert names_in(tmp_path) == NAMES
    text = "".join(file.read_text(encoding="ascii") for file in tmp_path.iterdir())
    private = [*filter(None, PRIVATE.values()), SECRET, "no%20one", "31337", site.auth_key]
    assert [value for value in (*private, APP.redirect_url) if value in text] == []
    assert main(["scan", str(tmp_path)]) == 0
    assert main(["verify", str(tmp_path)]) == 0
    notes = capsys.readouterr().out.splitlines()[-3:]
    assert notes[0].endswith(".body.user_info.name-1: note: not simulated")
    assert notes[-1] == f"cassettes: 4, findings: 0, notes: 2, in {tmp_path}"


def test_recorded_login_is_played(record: Record, run: Run, pytester: pytest.Pytester) -> None:
    record("--directory", str(pytester.path / "cassettes"))
    result = run(
        """
        import pytest
        from tests.client import log_in

        @pytest.mark.lookloox_cassette("login")
        def test_it(lookloox):
            assert lookloox.base_url == "https://lookloox.com"
            user = log_in(lookloox)
            assert user["user_firstname"] == lookloox.user["user_firstname"] == "Amina"
            assert user["user_birthdate"] is None
        """
    )
    result.assert_outcomes(passed=1)


@pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")
def test_origin_is_live_unless_the_host_is_this_machine(record: Record, tmp_path: Path) -> None:
    record()
    assert load(tmp_path / "login.yaml").head["recorded_from"] == "simulator"
    provider = LookLoox(app_id=APP.app_id, app_secret=SECRET, redirect_url=APP.redirect_url)
    with pytest.MonkeyPatch.context() as environment, provider:
        environment.setenv("LOOKLOOX_AUTH_KEY", provider.issue_auth_key())
        assert record("--directory", str(tmp_path / "x"), base_url=provider.base_url) == 0
    live = load(tmp_path / "x" / "login.yaml")
    assert (live.head["recorded_from"], live.app.base_url) == ("live", "https://lookloox.com")


@pytest.mark.parametrize(
    "around", ["{}", "x?auth_key={}", "x?auth_key={}&lang=fr", "x?auth_key={}#top", " {} "]
)
def test_prompts(record: Record, site: Site, monkeypatch: pytest.MonkeyPatch, around: str) -> None:
    asked = []
    typed = {"app_id: ": " 31337 ", "auth_key: ": around.format(site.auth_key)}

    def type_secret(prompt: str) -> str:
        asked.append(prompt)
        return SECRET

    for name in VALUES:
        monkeypatch.delenv(f"LOOKLOOX_{name.upper()}")
    monkeypatch.setattr("builtins.input", typed.pop)
    monkeypatch.setattr(getpass, "getpass", type_secret)
    assert record() == 0
    assert (asked, typed) == (["app_secret: "], {})


def raise_end_of_file(_: str) -> str:
    raise EOFError


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("prompt", [lambda _: " ", raise_end_of_file], ids=["blank", "no input"])
def test_value_that_is_missing(
    record: Record,
    site: Site,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Output,
    name: str,
    prompt: Callable[[str], str],
) -> None:
    monkeypatch.setenv(f"LOOKLOOX_{name.upper()}", "")
    monkeypatch.setattr("builtins.input", prompt)
    monkeypatch.setattr(getpass, "getpass", prompt)
    assert record() == 2
    assert f"{name} is missing: type it, or set LOOKLOOX_{name.upper()}" in capsys.readouterr().err
    assert (site.requests, names_in(tmp_path)) == ([], [])


def test_interruption(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    def interrupt(_: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.delenv("LOOKLOOX_AUTH_KEY")
    monkeypatch.setattr("builtins.input", interrupt)
    assert record() == 130
    assert capsys.readouterr().err == "\nStopped.\n"
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("name", ["login.yaml", "unknown_token.yml"])
def test_existing_cassette_is_kept_without_overwrite(
    record: Record, site: Site, tmp_path: Path, capsys: Output, name: str
) -> None:
    (tmp_path / name).touch()
    assert record() == 2
    assert f"{name} exists already; add --overwrite to replace it" in capsys.readouterr().err
    assert site.requests == []
    assert record("--overwrite") == 0
    assert (tmp_path / "login.yaml").read_text(encoding="ascii")


def test_directory_that_cannot_be_made(record: Record, site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert record("--directory", str(tmp_path / "file" / "below")) == 2
    assert site.requests == []


def test_failed_login_writes_nothing_and_shows_no_secret(
    record: Record, site: Site, tmp_path: Path, capsys: Output
) -> None:
    site.answers["get_user_info"] = html_response(f"<p>{SECRET}")
    assert record() == 2
    out, err = capsys.readouterr()
    assert "get_user_info answered no user_info: status 200, text/html; charset=utf-8; is --" in err
    site.provider.spend_auth_key(site.auth_key, site.app.app_id)
    site.requests.clear()
    assert record() == 2
    # By POST again only what the server missed in the GET.
    assert [request.method for request in site.requests] == ["GET"]
    assert record(base_url="http://127.0.0.1:1") == 2
    assert "http://127.0.0.1:1/api/authorize cannot be asked" in capsys.readouterr().err
    assert SECRET not in out + err
    assert site.auth_key not in out + err
    assert names_in(tmp_path) == []


def test_unknown_message_is_for_the_terminal_alone(
    record: Record, site: Site, tmp_path: Path, capsys: Output
) -> None:
    site.refusal = f"Sorry Wilhelmina\x1b[2J, {site.auth_key} is no key"
    assert record() == 0
    shown = "a placeholder takes the place of “Sorry Wilhelmina�[2J, *** is no key”"
    assert f"\nwrong_app_secret: {shown}\nwritten: " in capsys.readouterr().out
    assert load(tmp_path / "reused_auth_key.yaml").interactions[0].field("message") == "text-1"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--base-url", "https://x.example"], "arguments are required: --redirect-url"),
        (["--redirect-url", "https://x.example/cb"], "arguments are required: --base-url"),
        (["--base-url", "x", "--redirect-url", "y", "--app-secret", "z"], "unrecognized arguments"),
    ],
)
def test_usage(arguments: list[str], reason: str, capsys: Output) -> None:
    with pytest.raises(SystemExit):
        main(["record", *arguments])
    assert reason in capsys.readouterr().err
