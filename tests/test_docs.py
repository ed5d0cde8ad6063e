"""The documentation tells the truth: its examples run, in Python, JavaScript and PHP."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import flask  # noqa: F401 - pytester forgets what is first imported inside it
import pytest

import pytest_lookloox
from pytest_lookloox.cli.control import ACTIONS
from tests.conftest import ROOT, Run

DOCS = ROOT / "docs"
BLOCK = re.compile(
    r"^```\{(code-block|literalinclude)\} *(\S+)\n:caption: (\S+)\n(?::[^\n]*\n)*\n?(.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
BASE = re.compile(r"^<!-- app: (\S+) -->$", re.MULTILINE)
SCRIPT = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NEEDED = {
    "recipes/authlib.md": "authlib",
    "recipes/django-allauth.md": "allauth",
    "recipes/fastapi.md": "fastapi",
    "recipes/playwright.md": "playwright",
    "recipes/social-auth.md": "social_django",
}
"""What the suite's own environment may lack."""


def files_of(page: str) -> dict[str, str]:
    """Return the files that a page prints, and those of the page whose app it uses."""
    path = DOCS / page
    text = path.read_text(encoding="utf-8")
    files: dict[str, str] = {}
    for base in BASE.findall(text):
        files |= {name: content for name, content in files_of(base).items() if not is_test(name)}
    for directive, argument, name, content in BLOCK.findall(text):
        included = directive == "literalinclude"
        files[name] = (path.parent / argument).read_text(encoding="utf-8") if included else content
    return files


def is_test(name: str) -> bool:
    return name.startswith("test_") and name.endswith(".py")


MISTAKES = """
import unittest
from urllib.request import urlopen

import pytest
import requests

def authorize(lookloox, method="get", way="params", **params):
    app = lookloox.app
    key = lookloox.issue_auth_key()
    login = {"app_id": app.app_id, "app_secret": app.app_secret, "auth_key": key, **params}
    url = f"{lookloox.base_url}/api/authorize"
    answer = requests.request(method, url, **{way: login}, timeout=5)
    return answer.json()["access_token"], key

def test_other_id(lookloox):
    authorize(lookloox, app_id="my-app")

def test_other_secret(lookloox):
    authorize(lookloox, app_secret="another")

def test_body(lookloox):
    authorize(lookloox, "post", "data")

@pytest.mark.lookloox(platform="current")
def test_query(lookloox):
    authorize(lookloox)

def test_other_name(lookloox):
    authorize(lookloox, auth_key=None, code="x")

def test_used_key(lookloox):
    authorize(lookloox, auth_key=authorize(lookloox)[1])

def test_void_key(lookloox, lookloox_auth_key):
    authorize(lookloox, auth_key=lookloox_auth_key)

def test_no_call(lookloox):
    raise KeyError

def test_other_host(lookloox):
    requests.get("https://mail.example/send", timeout=5)

def test_other_community(lookloox):
    requests.get("https://friends.example/api/authorize", timeout=5)

def test_own_app(lookloox):
    requests.get(lookloox.approve(), timeout=5)

def test_other_client(lookloox):
    urlopen(lookloox.base_url)

def test_real_address(lookloox_server):
    urlopen("https://lookloox.com")

def test_outside(lookloox):
    requests.get(f"{lookloox.base_url}/api/me", timeout=5)

def test_other_platform(lookloox):
    requests.post(f"{lookloox.base_url}/api/authorize", timeout=5)

@pytest.mark.lookloox_expired_token
def test_no_effect():
    pass

@pytest.mark.filterwarnings("error")
def test_no_timeout(lookloox):
    requests.get(f"{lookloox.base_url}/api/get_user_info")

@pytest.fixture(scope="session")
def app(lookloox_app):
    pass

def test_scope(app):
    pass

class TestConfigOfTheApp:
    @pytest.fixture
    def app(self, lookloox_app):
        pass

    @pytest.fixture
    def lookloox_config(self, app):
        pass

    def test_recursion(self, app):
        pass

@pytest.mark.lookloox(appid="x")
def test_option():
    pass

@pytest.mark.lookloox_fault("http_504")
def test_fault():
    pass

@pytest.mark.lookloox_faults("http_503")
def test_marker():
    pass

def test_fixture(lookloox_token):
    pass

class Test(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def fault(self, lookloox_fault):
        pass

    def test_it(self):
        pass

class TestWithoutAutouse(unittest.TestCase):
    def test_it(self, lookloox):
        pass

@pytest.mark.lookloox(base_url="http://lookloox.com")
@pytest.mark.lookloox_fault("tls_error")
def test_tls():
    pass
"""
"""The mistakes whose messages the page on troubleshooting quotes."""

PARAMETRIZED = """
import pytest

@pytest.mark.parametrize("lookloox_fault", ["http_503"])
def test_it(lookloox_fault):
    pass
"""
"""One more, which ends the collection of its module."""

PAGES = [page.relative_to(DOCS).as_posix() for page in sorted(DOCS.glob("**/*.md"))]
PROJECTS = [page for page in PAGES if any(map(is_test, files_of(page)))]
SCRIPTS = [
    pytest.param(script, id=page)
    for page in PAGES
    for script in SCRIPT.findall((DOCS / page).read_text(encoding="utf-8"))
    if "def test_" not in script
]


def write(directory: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")


# The examples' own: a library that they use may be about to change.
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("page", PROJECTS)
def test_projects_pass(
    page: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = NEEDED.get(page)
    if needed and not importlib.util.find_spec(needed):
        pytest.skip(f"needs {needed}, of the extra docs")
    if "playwright" in page and not shutil.which("chromium"):
        pytest.skip("needs the system's package chromium")
    files = files_of(page)
    write(pytester.path, files)
    if "lookloox_login/views.py" in files:
        (pytester.path / "lookloox_login/__init__.py").touch()
    pytester.syspathinsert()
    if "pytest.ini" in files:
        options = os.environ["PYTEST_ADDOPTS"].replace("-pno:django", "")
        monkeypatch.setenv("PYTEST_ADDOPTS", options)

    result = pytester.runpytest_inprocess("-Werror::pytest_lookloox.LookLooxClientWarning")

    outcomes = result.parseoutcomes()
    outcomes.pop("warnings", None)
    assert list(outcomes) == ["passed"], page
    assert outcomes["passed"] >= "".join(files.values()).count("def test_")


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("quickstart.md", "33 of these 51 tests fail:\n\n- 32 with status 500"),
        ("fr.md", "33 de ces 51 tests échouent. Pour 32 d'entre eux, l'application répond 500"),
    ],
    ids=["quickstart", "fr"],
)
def test_quick_start_tells_which_faults_its_app_fails(
    page: str, told: str, pytester: pytest.Pytester, run: Run
) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    assert told in text
    files = files_of(page)
    write(pytester.path, {name: files[name] for name in files if not is_test(name)})
    pytester.syspathinsert()
    [module] = SCRIPT.findall(text)

    result = run(module)

    result.assert_outcomes(failed=33, passed=18)
    assert result.outlines.count("E       AssertionError: assert 500 == 401") == 32
    result.stdout.fnmatch_lines(["*SecretInLogWarning*", "FAILED *[[]empty_user_info[]]*"])


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_run(script: str) -> None:
    exec(compile(script, "docs", "exec"), {})


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`lookloox serve --control`, and its configuration in the environment."""
    app = ("48151623", "not-a-secret", "http://localhost:3000/callback")
    command = [sys.executable, "-m", "pytest_lookloox", "serve", "--control", "--port", "0"]
    with subprocess.Popen([*command, "--app", *app], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        [address] = re.findall(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
        monkeypatch.setenv("LOOKLOOX_BASE_URL", address)
        monkeypatch.setenv("LOOKLOOX_APP_ID", app[0])
        monkeypatch.setenv("LOOKLOOX_APP_SECRET", app[1])
        yield
        server.terminate()


@pytest.mark.parametrize(
    "command", [("node", "--test"), ("php", "test_login.php")], ids=["node", "php"]
)
def test_other_languages(command: tuple[str, ...], served: None, tmp_path: Path) -> None:
    if not shutil.which(command[0]):
        pytest.skip(f"needs {command[0]}")
    write(tmp_path, files_of("recipes/other-languages.md"))

    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    assert result.returncode == 0, result.stdout
    assert "All is well" in result.stdout or "\n# fail 0\n" in result.stdout


@pytest.mark.filterwarnings("default")
def test_quoted_messages_are_the_real_ones(run: Run) -> None:
    """`…` stands for a part that differs."""
    text = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
    quotes = re.findall(r"^```text\n(.*?)\n```$", text, re.DOTALL | re.MULTILINE)
    assert len(quotes) > 15
    output = "\n".join(str(run(module).stdout) for module in (MISTAKES, PARAMETRIZED))

    said = " ".join(output.split())
    patterns = [".*?".join(map(re.escape, " ".join(quote.split()).split("…"))) for quote in quotes]
    assert [pattern for pattern in patterns if not re.search(pattern, said)] == []


def test_every_warning_has_a_row() -> None:
    text = (DOCS / "warnings.md").read_text(encoding="utf-8")
    warnings = [name for name in pytest_lookloox.__all__ if name.endswith("Warning")]
    assert [name for name in warnings if f"`{name}`" not in text] == []


def test_every_action_of_control_has_a_row() -> None:
    text = (DOCS / "serve.md").read_text(encoding="utf-8")
    names = [action.partition("(")[0] for action in ACTIONS]
    assert [name for name in names if f'`"{name}"`' not in text] == []


def test_examples_were_found() -> None:
    assert len(PROJECTS) >= 15, PROJECTS
    assert SCRIPTS
