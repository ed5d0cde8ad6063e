"""`@pytest.mark.lookloox_cassette`, as a test suite meets it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from pytest_lookloox import App, LookLoox, build_user_info
from pytest_lookloox.cassettes.library import load
from pytest_lookloox.provider.models import DEFAULT_APP
from tests.cassettes.samples import KEY, SHIPPED, TOKEN, changed
from tests.client import authorize, get_user_info, key_in, log_in, visit
from tests.conftest import Run


@pytest.mark.parametrize(
    "file",
    [pytest.param(f, marks=pytest.mark.lookloox_cassette(f.stem), id=f.stem) for f in SHIPPED],
)
def test_shipped_cassettes(lookloox: LookLoox, file: Path) -> None:
    recorded = load(file)
    assert (lookloox.user, lookloox.app.redirect_url) == (recorded.user, recorded.app.redirect_url)
    for each in recorded.interactions:
        form = dict(each.params) if each.form else None
        answer = requests.request(
            each.method, each.url, data=form, allow_redirects=False, timeout=5
        )
        assert (answer.status_code, answer.text) == (each.status, each.body)
        assert answer.headers.get("Location") == each.headers.get("Location")


@pytest.mark.lookloox_cassette("login")
def test_login_from_the_browser_s_request_on(lookloox: LookLoox) -> None:
    location = visit(lookloox).headers["Location"]
    assert location == lookloox.app.callback_url(KEY)
    assert log_in(lookloox, location) == build_user_info()


@pytest.mark.lookloox(app_secret="hush-hush-hush-hush")
@pytest.mark.lookloox_cassette("login")
def test_secrets_of_a_recording_are_observed(lookloox: LookLoox) -> None:
    log_in(lookloox, visit(lookloox).headers["Location"])

    for secret in (KEY, lookloox.app.app_secret, "hush-hush-hush-hush"):
        lookloox._simulation.observe_other_host("log.example", [f"?q={secret}"])
    warnings = lookloox._simulation.observer.pending
    assert len(warnings) == 3
    warnings.clear()


@pytest.mark.lookloox(app_secret="hush-hush-hush-hush", strict=False)
@pytest.mark.lookloox_cassette("login")
def test_refusal_of_a_recording_shows_no_secret(lookloox: LookLoox) -> None:
    url = f"{lookloox.base_url}/api/{'0' * 32}?appsecrt=hush-hush-hush-hush"

    with pytest.raises(requests.ConnectionError, match=r"/api/\*\*\*\?appsecrt=\*\*\*\."):
        requests.get(url, timeout=5)


@pytest.mark.lookloox_cassette("current_login")
def test_login_at_a_current_server(lookloox: LookLoox) -> None:
    """A client that handles both platforms tries the documented way first."""
    auth_key = lookloox.issue_auth_key()
    assert authorize(lookloox, auth_key, method="GET").json()["error"] is True
    token = authorize(lookloox, auth_key).json()["access_token"]
    assert len(get_user_info(lookloox, token).json()["user_info"]) == 16


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
    assert (lookloox_app.app_id, lookloox_app.app_secret) == ("1029384756", DEFAULT_APP.app_secret)
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
        ("disable_app", ("1029384756",)),
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
    ("outer", "inner", "is_refused"),
    [
        ("", f"{CASSETTE}\n    {OPTIONS}", True),
        (CASSETTE, OPTIONS, True),
        (f"{CASSETTE}\n{OPTIONS}", "", True),
        (OPTIONS, CASSETTE, False),
        (f"pytestmark = {OPTIONS[1:]}\n{CASSETTE}", "", False),
        (f"{CONFIG}{CASSETTE}", "", False),
    ],
    ids=["both on test", "closer", "both on class", "class", "module", "lookloox_config"],
)
def test_options_beside_a_recording_or_further_out(
    run: Run, outer: str, inner: str, is_refused: bool
) -> None:
    result = run(VISIT.format(outer=outer, inner=inner, more=AMINA))

    result.assert_outcomes(**{"errors" if is_refused else "passed": 1})
    refusal = (
        "*UsageError: @pytest.mark.lookloox_cassette: a recording answers as it was recorded, "
        "whatever @pytest.mark.lookloox says of approved, user: remove these, or the marker "
        "lookloox_cassette; a recording heeds base_url, redirect_url, allowed_hosts, tls, strict, "
        "app_id, app_secret"
    )
    result.stdout.fnmatch_lines([refusal] if is_refused else [])


@pytest.mark.parametrize(
    ("marker", "argument", "text"),
    [
        ("()", "", "*lookloox_cassette: missing a required argument: 'name'; it takes the name*"),
        ("(1)", "", "*lookloox_cassette: no cassette 1 in *"),
        ("('logni')", "", "*lookloox_cassette: no cassette 'logni' in *did you mean 'login'?*"),
        ("('broken')", "", "*broken.yaml: not a cassette: the file must be a mapping*"),
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
