"""The suite for any website, run against real ones: it finds their mistakes, and nothing else."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_lookloox.faults.catalogue import faults_at_each_endpoint
from tests.conformance.conftest import RunSuite, free_port

SITES = Path(__file__).parent / "sites"
COMMANDS = {
    "py": f"{sys.executable} {{}} {{}}",
    "php": "php -S 127.0.0.1:{1} {0}",
    "mjs": "node {} {}",
}

TELLING = ("--lookloox-signed-in=Welcome", "--lookloox-account={}/account")

Check = Callable[..., pytest.RunResult]


@pytest.fixture
def check(run_suite: RunSuite) -> Check:
    """Run the conformance suite against one of the sites."""

    def run(name: str, *arguments: str) -> pytest.RunResult:
        command = COMMANDS[name.partition(".")[2]]
        if not shutil.which(command.split()[0]):
            pytest.skip(f"needs {command.split()[0]}")
        port = free_port()
        return run_suite(
            f"--lookloox-site=http://127.0.0.1:{port}/login",
            f"--lookloox-start={command.format(SITES / name, port)}",
            *(argument.format(f"http://127.0.0.1:{port}") for argument in arguments),
        )

    return run


def failed(result: pytest.RunResult) -> set[str]:
    """Return the names of the tests that failed."""
    return set(re.findall(r"^(?:FAILED|ERROR) .*::test_(\S+)", str(result.stdout), re.MULTILINE))


def faults(*parts: str, without: str = "tls_error") -> set[str]:
    """Return the tests of the faults in whose `name@endpoint` one of these parts is."""
    by_name = {f"{each.name}@{each.endpoints[0]}": each for each in faults_at_each_endpoint()}
    return {
        f"fault[{fault}]"
        for name, fault in by_name.items()
        if any(part in name for part in parts) and not re.search(without, name)
    }


@pytest.mark.parametrize(
    ("site", "arguments", "count"),
    [
        ("good.py", ["-k=not (timeout and get_user_info)"], 83),
        ("good.py", ["--lookloox-tls", "--lookloox-platform=both", "-k=tls or good or http"], 30),
        ("good.php", ["--lookloox-platform=both", "-k=not time"], 166),
        ("good.mjs", ["--lookloox-platform=both", "-k=not time"], 166),
    ],
    ids=["flask", "flask_with_tls_on_both_platforms", "php", "node"],
)
def test_good_site_passes(site: str, arguments: list[str], count: int, check: Check) -> None:
    result = check(site, *TELLING, *arguments)

    assert failed(result) == set()
    assert result.ret == 0
    assert result.parseoutcomes()["passed"] == count


@pytest.mark.parametrize(
    ("site", "arguments", "mistakes"),
    [
        # It sets no time-out, fails when it is refused, keeps the token in a cookie, takes the
        # e-mail address for the user's id, and has never heard of byte-order marks.
        (
            "careless.py",
            ["--lookloox-patience=3", "-k=not (timeout and get_user_info)"],
            {
                *faults(
                    "timeout@authorize", "user@", "user_info@", "_token@", "_400", "_401", "_429"
                ),
                *faults("reused_auth_key", "secret", "unknown_app", "api_disabled"),
                *("callback_of_another_visitor", "same_callback_twice"),
                *("two_users[same_email]", "two_users[no_email]"),
                *("no_secret_is_shown", "forged_callback", "variation[byte_order_mark]"),
            },
        ),
        ("careless.py", ["--lookloox-tls", "-k=tls"], faults("tls_error", without="^$")),
        # It only knows what the document says; the other platform is one finding.
        (
            "careless.py",
            ["--lookloox-platform=both", "-k=good or numeric"],
            {"good_login[current]"},
        ),
        # It shows PHP's warnings, with the secret in them, and lets in whoever has a token. To
        # whom it shows whose account cannot be told: it greets all members with the same words.
        (
            "careless.php",
            ["-k=not time"],
            {
                *faults("@get_user_info", without="time|tls"),
                *faults("http_", "wrong_site", "too_many", "refused", "reset"),
                *("forged_callback", "variation[byte_order_mark]"),
            },
        ),
        # All users without an id have one account, and every exception is an internal error.
        (
            "careless.mjs",
            ["--lookloox-patience=2"],
            {
                *faults(""),
                *("forged_callback", "callback_without_key", "callback_of_another_visitor"),
            },
        ),
    ],
    ids=["flask", "flask_with_tls", "flask_on_both_platforms", "php", "node"],
)
def test_every_mistake_is_found_and_nothing_else(
    site: str, arguments: list[str], mistakes: set[str], check: Check
) -> None:
    result = check(site, *TELLING, *arguments)

    assert failed(result) == mistakes
    assert result.ret == 1


def test_finding_says_what_was_sent_what_the_site_did_and_what_a_good_client_does(
    check: Check,
) -> None:
    result = check("careless.py", *TELLING, "-k=empty_user_info")

    result.stdout.fnmatch_lines(
        [
            "The site signed the visitor in: http://127.0.0.1:*/account shows 'Welcome'.",
            "Tried: empty_user_info: Every field is `*",
            "A good client: Log in only if `user_info` is an object with a `user_id`: *",
            "GET /api/get_user_info → 200: the fault empty_user_info took effect",
        ]
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["-k=good or forged or deleted"], "[[]3[]] *: cannot tell who is signed in: give --*"),
        (["-k=tls"], "[[]2[]] *: certificates are shown with --lookloox-tls"),
        ([*TELLING, "-k=in_one"], "[[]1[]] *: the site begins no second login in a browser *"),
        ([*TELLING, "-k=two_users and user_name"], "[[]1[]] *shows nothing but user_name"),
        (["--lookloox-account={}/orders", "-k=in_one"], "[[]1[]] *shows neither name nor *"),
    ],
)
def test_nothing_passes_that_cannot_be_told(
    arguments: list[str], reason: str, check: Check
) -> None:
    result = check("good.py", *arguments)

    result.stdout.fnmatch_lines([f"SKIPPED {reason}"])
    assert "passed" not in result.parseoutcomes()


def test_report_page_shows_the_faults(check: Check, pytester: pytest.Pytester) -> None:
    check("careless.py", *TELLING, "-rs", "-k=empty_user_info", "--lookloox-report=report.html")

    assert "1 of 51 faults fail" in (pytester.path / "report.html").read_text("utf-8")


def test_options_may_stand_in_the_configuration_file(
    check: Check, pytester: pytest.Pytester
) -> None:
    pytester.makeini("[pytest]\nlookloox_signed_in = Welcome\nlookloox_patience = 8\n")

    result = check("good.py", "--strict-config", "-k=good_login")

    assert result.parseoutcomes()["passed"] == 1
