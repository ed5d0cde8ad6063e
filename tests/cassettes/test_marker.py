"""`@pytest.mark.lookloox_cassette`, as a test suite meets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from pytest_lookloox import App, LookLoox, build_user_info
from tests.cassettes.samples import KEY, TOKEN, changed
from tests.client import ask, authorize, get_user_info, key_in, log_in, visit
from tests.conftest import Run

LOGINS = ("login", "login_again")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.lookloox_cassette(name)) for name in LOGINS]
)
def test_login(lookloox: LookLoox, name: str) -> None:
    for _ in range(1 + LOGINS.index(name)):
        assert log_in(lookloox) == lookloox.user == build_user_info()


@pytest.mark.lookloox_cassette("login")
def test_login_from_the_browser_s_request_on(lookloox: LookLoox) -> None:
    location = visit(lookloox).headers["Location"]
    assert location == lookloox.app.callback_url(KEY)
    assert log_in(lookloox, location)["user_id"] == "1042"


def key_of(lookloox: LookLoox, **wrong: str) -> Any:
    app = replace(lookloox.app, **wrong)
    return authorize(lookloox, lookloox.issue_auth_key(), app).json()["message"]


def token_of(lookloox: LookLoox) -> Any:
    return get_user_info(lookloox, lookloox.issue_access_token()).json()


UNKNOWN_APP = (
    "We're sorry, but the application you're trying to use doesn't exist or has been disabled"
)
EXPIRED = {"error": True, "message": "Bad Request, expired access_token"}
OTHERS: dict[str, tuple[Callable[[LookLoox], Any], Any, bool]] = {
    "expired_token": (token_of, EXPIRED, True),
    "deleted_user": (token_of, [], False),
    "documented_sample": (token_of, {"user_info": build_user_info.empty()}, False),
    "reused_auth_key": (key_of, "Bad Request, invalid auth_key", True),
    "wrong_app_secret": (partial(key_of, app_secret="no"), "Bad Request, invalid app_secret", True),
    "unknown_app": (partial(key_of, app_id="other"), UNKNOWN_APP, True),
}


@pytest.mark.parametrize(
    ("ask", "answer", "is_error"),
    [
        pytest.param(*case, marks=pytest.mark.lookloox_cassette(name), id=name)
        for name, case in OTHERS.items()
    ],
)
def test_other_shipped_cassettes(
    lookloox: LookLoox, ask: Callable[[LookLoox], Any], answer: Any, is_error: bool
) -> None:
    assert ask(lookloox) == answer
    assert (lookloox.calls[-1].error is not None) == is_error


@pytest.mark.lookloox_cassette("missing_parameters")
def test_missing_parameters(lookloox: LookLoox) -> None:
    complete = {
        "app_id": lookloox.app.app_id,
        "app_secret": lookloox.app.app_secret,
        "auth_key": lookloox.issue_auth_key(),
    }
    assert ask(lookloox, "oauth", {}).status_code == 404
    for missing in complete:
        params = {name: value for name, value in complete.items() if name != missing}
        answer = ask(lookloox, "authorize", params).json()
        assert answer["message"] == f"Bad Request, invalid {missing}"
    answer = ask(lookloox, "get_user_info", {}).json()
    assert answer["message"] == "Bad Request, invalid access_token"


@pytest.mark.parametrize(
    "scheme", ["http", pytest.param("https", marks=pytest.mark.lookloox(tls=True))]
)
@pytest.mark.lookloox_cassette("login")
def test_login_on_a_real_port(lookloox_server: LookLoox, scheme: str) -> None:
    assert lookloox_server.base_url.startswith(f"{scheme}:")
    assert log_in(lookloox_server)["user_id"] == "1042"


@pytest.mark.lookloox_cassette("login")
@pytest.mark.lookloox(strict=False)
def test_real_port_says_what_was_not_recorded(lookloox_server: LookLoox) -> None:
    answer = get_user_info(lookloox_server, "secret")
    assert answer.status_code == 501
    assert "does not hold GET /api/get_user_info?access_token=***." in answer.text


@pytest.mark.lookloox_cassette("login")
@pytest.mark.lookloox(strict=False)
def test_stub_says_what_was_not_recorded(lookloox: LookLoox) -> None:
    with pytest.raises(requests.ConnectionError, match="does not hold GET /api/get_user_info") as e:
        get_user_info(lookloox, "secret")
    assert isinstance(e.value.request, requests.PreparedRequest)


@pytest.mark.lookloox_cassette("login")
def test_small_fixtures_have_the_recorded_values(
    lookloox: LookLoox,
    lookloox_app: App,
    lookloox_user: dict[str, Any],
    lookloox_callback_url: str,
    lookloox_access_token: str,
) -> None:
    assert (lookloox_app.app_id, lookloox_app.app_secret) == ("test-app-id", "test-app-secret")
    assert lookloox_user == build_user_info()
    assert key_in(lookloox_callback_url) == KEY
    assert lookloox_access_token == TOKEN
    get_user_info(lookloox, lookloox_access_token)


@pytest.mark.lookloox_cassette("login")
@pytest.mark.lookloox(
    base_url="https://sister.example",
    app_id="mine",
    app_secret="my-secret",
    redirect_url="http://app.example/cb",
)
def test_options_that_a_recording_heeds(lookloox: LookLoox) -> None:
    callback_url = lookloox.approve()
    assert callback_url == f"http://app.example/cb?auth_key={KEY}"
    app = App("mine", "my-secret", "", base_url=lookloox.base_url)
    token = authorize(lookloox, KEY, app).json()["access_token"]
    assert lookloox.base_url == "https://sister.example"
    assert get_user_info(lookloox, token).json() == {"user_info": lookloox.user}


@pytest.mark.lookloox_cassette("login")
@pytest.mark.lookloox(strict=False)
@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("add_user", ({},)),
        ("remove_user", ("1042",)),
        ("sign_in", ({},)),
        ("register_app", ()),
        ("disable_app", ("test-app-id",)),
        ("disable_api", ()),
        ("advance", (1,)),
        ("inject_fault", ("http_500",)),
        ("vary", ("slow_answer",)),
        ("forge_callback", ()),
        ("approve", ({"user_id": "7"},)),
    ],
)
def test_recording_cannot_be_changed(
    lookloox: LookLoox, method: str, arguments: tuple[Any, ...]
) -> None:
    with pytest.raises(RuntimeError, match=r"\(\) cannot change a recording: remove the marker"):
        getattr(lookloox, method)(*arguments)


CASSETTE = '@pytest.mark.lookloox_cassette("login")'
VISIT = """
import pytest, requests

{outer}
class TestIt:
    {inner}
    def test_it(self, lookloox):
        requests.get(lookloox.app.login_url, allow_redirects=False, timeout=5)
        {more}
"""
IGNORED = """try:
            requests.get(f"{lookloox.base_url}/api/get_user_info", timeout=5)
        except requests.RequestException:
            pass"""
UNUSED = (
    "*not used up: the client never sent responses[[]1[]]: GET /api/authorize?app_id&app_secret*"
)
REFUSED = "The recording 'login' (*login.yaml) does not hold GET /api/get_user_info."


@pytest.mark.parametrize(
    ("outer", "inner", "more", "lines"),
    [
        ("", CASSETTE, "", [UNUSED, "To opt out of these checks: @pytest.mark.lookloox(strict=*"]),
        (CASSETTE, "", "", []),
        ("", f"{CASSETTE}\n    @pytest.mark.lookloox(strict=False)", "", []),
        (CASSETTE, "", IGNORED, [REFUSED]),
    ],
    ids=["own marker", "marker of the class", "not strict", "refusal that the client ignored"],
)
def test_teardown(run: Run, outer: str, inner: str, more: str, lines: list[str]) -> None:
    result = run(VISIT.format(outer=outer, inner=inner, more=more))

    result.assert_outcomes(passed=1, errors=1 if lines else 0)
    result.stdout.fnmatch_lines(lines)


def test_ignored_refusal_is_in_the_log_of_a_failed_test(run: Run) -> None:
    failing = f"{IGNORED}\n        assert False"
    result = run(VISIT.format(outer=CASSETTE, inner="", more=failing))

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Captured log call*", f"WARNING * {REFUSED}"])


OPTIONS = '@pytest.mark.lookloox(user={"user_firstname": "Zoe"}, approved=False, strict=False)'
CONFIG = "@pytest.fixture\ndef lookloox_config(): return {'user': {'user_firstname': 'Zoe'}}\n"
AMINA = 'assert lookloox.user["user_firstname"] == "Amina"'


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("", f"{CASSETTE}\n    {OPTIONS}"),
        (CASSETTE, OPTIONS),
        (f"{CASSETTE}\n{OPTIONS}", ""),
    ],
    ids=["both on the test", "closer than the recording", "both on the class"],
)
def test_options_that_a_recording_refuses(run: Run, outer: str, inner: str) -> None:
    result = run(VISIT.format(outer=outer, inner=inner, more=""))

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "*UsageError: @pytest.mark.lookloox_cassette: a recording answers as it was "
            "recorded, whatever @pytest.mark.lookloox says of approved, user: remove these, or "
            "the marker lookloox_cassette; a recording heeds base_url, redirect_url, "
            "allowed_hosts, tls, strict, app_id, app_secret"
        ]
    )


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        (OPTIONS, CASSETTE),
        (f"pytestmark = {OPTIONS[1:]}\n{CASSETTE}", ""),
        (f"{CONFIG}{CASSETTE}", ""),
    ],
    ids=["class", "module", "lookloox_config"],
)
def test_options_further_out_give_way(run: Run, outer: str, inner: str) -> None:
    result = run(VISIT.format(outer=outer, inner=inner, more=AMINA))

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("marker", "argument", "text"),
    [
        ("()", "", "*lookloox_cassette: missing a required argument: 'name'; it takes the name*"),
        ("(1)", "", "*lookloox_cassette: no cassette 1 in *"),
        ("('logni')", "", "*lookloox_cassette: no cassette 'logni' in *did you mean 'login'?*"),
        ("('broken')", "", "*broken.yaml: lookloox: must be dict, and is missing"),
        ("('login')", "lookloox_fault", "*the fixture lookloox_fault contradict each other*"),
        ("('login')", "lookloox_odd_user", "*the fixture lookloox_odd_user contradict each other*"),
        (
            "('login')\n@pytest.mark.lookloox_expired_token",
            "",
            "*the marker of the fault expired_token contradict each other*",
        ),
    ],
)
def test_misuse(run: Run, pytester: pytest.Pytester, marker: str, argument: str, text: str) -> None:
    pytester.mkdir("cassettes").joinpath("broken.yaml").touch()
    result = run(
        f"import pytest\n@pytest.mark.lookloox_cassette{marker}\ndef test_it({argument}): pass"
    )

    assert result.parseoutcomes().keys() == {"errors"}
    result.stdout.fnmatch_lines([f"*UsageError: {text}"])


@pytest.mark.parametrize("directory", ["cassettes", "here/recordings"])
def test_own_cassette(run: Run, pytester: pytest.Pytester, directory: str) -> None:
    if directory != "cassettes":
        pytester.makeini(f"[pytest]\nlookloox_cassette_dir = {directory}\n")
    own = Path(pytester.path, directory)
    own.mkdir(parents=True)
    text = changed("login", "user_firstname: Amina", "user_firstname: Zoe")
    (own / "login.yml").write_text(text, encoding="utf-8")
    result = run(VISIT.format(outer=CASSETTE, inner="", more=AMINA.replace("Amina", "Zoe")))

    result.assert_outcomes(passed=1)
