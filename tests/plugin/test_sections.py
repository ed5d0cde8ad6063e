"""The section "Look Loox" of a failed test: what was asked, what was answered, and why."""

from __future__ import annotations

import re

import pytest

from tests.conftest import Run
from tests.provider.conftest import UNKNOWN_APP

MODULE = """
import pytest
import requests
from urllib.request import urlopen

def ask(endpoint, method="GET", **options):
    requests.request(method, "https://lookloox.com/api/" + endpoint, timeout=5, **options)

{test}
"""
REFUSED = '/api/authorize → "Bad Request, invalid app_id"'
IN_BODY = 'the parameters came in the body, and platform="documented" reads the query'
NOT_REGISTERED = f"\"{UNKNOWN_APP}\": app_id 'my-app' is not registered (registered: '1029384756')"


def sections(result: pytest.RunResult) -> list[str]:
    """Return the lines of each section "Look Loox" in the order of the output."""
    found = re.findall(
        r"^-+ Look Loox -+\n(.*?)(?=^---|^===|^___)", str(result.stdout), re.M | re.S
    )
    return [section.rstrip() for section in found]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('ask("authorize", "POST", data={"app_id": "1"})', f"POST {REFUSED}: {IN_BODY}"),
        ('ask("oauth", params={"app_id": "my-app"})', f"GET /api/oauth → {NOT_REGISTERED}"),
        (
            'lookloox.inject_fault("http_500"); ask("authorize")',
            "GET /api/authorize → 500: the fault http_500 took effect\nhttp_500: Status 500, "
            "with an HTML page. A good client: Log in only if the status is 200; the visitor may "
            "try again later.",
        ),
        (
            'lookloox.inject_fault("missing_auth_key@oauth"); lookloox.approve()',
            "missing_auth_key: The redirect to the app comes without an auth_key. A good client: "
            "Ask Look Loox for nothing, and show the login link again.",
        ),
        (
            "requests.get('https://www.lookloox.com/api/authorize', timeout=5)",
            "GET https://www.lookloox.com/api/authorize was refused: the address of the site is "
            "https://lookloox.com. Elsewhere, servers carry a call out, and answer with a "
            "redirect; let your app ask there.",
        ),
        (
            "urlopen('https://lookloox.com')",
            "lookloox.com is simulated for requests and httpx, and another client looked it up. "
            "Give that client lookloox_server.base_url instead of https://lookloox.com (without "
            "pytest, that of LookLoox.serve()), or let it reach the real host by "
            "allowed_hosts=['lookloox.com'].",
        ),
        (
            "requests.get('https://sister.example/api/authorize?app_secret=x', timeout=5)",
            "GET https://sister.example/api/authorize?app_secret=*** was refused: only "
            "https://lookloox.com is simulated. If your app's users log in at sister.example, let "
            'lookloox_config return {"base_url": "https://sister.example"}.',
        ),
        (
            'ask("get_user_info", params={"access_token": lookloox.issue_access_token()})',
            "GET /api/get_user_info → 200",
        ),
        (
            'ask("authorize", params={"access_token": "x"})',
            f"GET {REFUSED}: app_id was not sent; sent: access_token\nMisdirectedSecretWarning: "
            "access_token was sent to /api/authorize; only /api/get_user_info needs it.",
        ),
    ],
)
def test_each_call_with_its_reason(run: Run, body: str, expected: str) -> None:
    test = f"def test_it(lookloox):\n    {body}\n    assert False"

    result = run(MODULE.format(test=test), "-Wdefault")

    assert sections(result) == [expected]


@pytest.mark.parametrize(
    ("options", "source"),
    [("", "by default: lookloox_config can return yours."), ("app_id='7'", "as configured.")],
)
def test_test_that_asked_for_nothing(run: Run, options: str, source: str) -> None:
    test = f"@pytest.mark.lookloox({options})\ndef test_it(lookloox_app):\n    assert False"

    [section] = sections(run(MODULE.format(test=test)))

    assert section.startswith("No request reached the provider. The usual causes")
    assert "lookloox_server.base_url" in section
    assert section.endswith(f"with the redirect URL http://localhost/callback, {source}")


def test_wrong_argument_explains_itself(run: Run) -> None:
    assert sections(run("def test_it(lookloox): lookloox.vary('x')")) == []


FIXTURE = "@pytest.fixture\ndef site(lookloox):\n    ask('me')\n    assert False\n"


@pytest.mark.parametrize(
    ("test", "outcome"),
    [
        ("def test_it(lookloox): ask('me')", {"passed": 1, "errors": 1}),
        (f"{FIXTURE}def test_it(site): pass", {"errors": 1}),
        ("def test_it(lookloox):\n    ask('me')\n    pytest.skip('x')", {"skipped": 1}),
        ("def test_it(): assert False", {"failed": 1}),
    ],
)
def test_section_belongs_to_what_failed_with_a_provider(
    run: Run, test: str, outcome: dict[str, int]
) -> None:
    result = run(MODULE.format(test=test))

    result.assert_outcomes(**outcome)
    assert len(sections(result)) == outcome.get("errors", 0)


@pytest.mark.parametrize(
    ("call", "warning"),
    [
        ('inject_fault("http_500@authorize")', "fault http_500@authorize never took effect: no re"),
        ('vary("slow_answer")', "variation slow_answer never took effect"),
    ],
)
def test_fault_of_the_body_without_effect_warns(run: Run, call: str, warning: str) -> None:
    result = run(MODULE.format(test=f"def test_it(lookloox): lookloox.{call}"), "-Wdefault")

    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines([f"*UnusedFaultWarning: the {warning}*"])


@pytest.mark.parametrize("arguments", ["-Wdefault", "-Werror"])
def test_refused_look_up_tells_why_a_fault_has_no_effect(run: Run, arguments: str) -> None:
    test = """
@pytest.mark.lookloox_expired_token
def test_it(lookloox):
    lookloox.inject_fault("http_500@authorize")
    with pytest.raises(OSError):
        urlopen("https://lookloox.com")
"""
    result = run(MODULE.format(test=test), arguments)

    told = "*never took effect: no request reached /api/authorize; lookloox.com is simulated *"
    result.stdout.fnmatch_lines([told])


CONFIG = """
@pytest.fixture(params=["documented", "current"])
def lookloox_config(request):
    return {"platform": request.param}
"""


@pytest.mark.parametrize(
    "test",
    [
        "def test_it(lookloox): pass",
        "def test_it(lookloox_server): pass",
        "def test_it(lookloox_auth_key, lookloox_user): pass",
        '@pytest.mark.lookloox(app_id="1")\nclass TestIt:\n    def test_it(self): pass',
    ],
)
def test_parametrised_config_runs_every_test_for_each_platform(run: Run, test: str) -> None:
    result = run(MODULE.format(test=f"{CONFIG}\n{test}"), "-v")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines_random(["*test_it[[]documented]*", "*test_it[[]current]*"])
