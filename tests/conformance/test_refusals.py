"""What ends a run at once: wrong options, and a site that cannot do the good login."""

from __future__ import annotations

import sys

import pytest

from tests.conformance.conftest import Page, RunSuite, Website, free_port

SILENT = "http://127.0.0.1:1/"
FAILING = f"start={sys.executable} -c exit(3)"


@pytest.mark.parametrize(
    ("site", "option", "message"),
    [
        ("", "patience=9", "site is missing: the URL of the page where a login begins"),
        ("/login", "patience=9", "site: '/login' is not a URL with http:// or *"),
        (SILENT, "account=me", "account: 'me' is not a URL*"),
        (SILENT, "patience=0", "patience must be a number*"),
        (SILENT, "patience=no", "patience must be a number*"),
        (SILENT, "port=no", "port: 'no' is not a number"),
        (SILENT, "port=99999", "port: cannot listen on *"),
        (SILENT, "platform=old", "platform must be documented, *"),
        ("{}", "start=php", "start='php': something listens at {} already: *"),
        (SILENT, "start='php", """start="'php": No closing quotation*"""),
        (
            SILENT,
            "start=cd /srv",
            "start='cd /srv': there is no program 'cd'; for a shell's command: sh -c*",
        ),
        (SILENT, FAILING, "start='*': it ended with exit code 3; see lookloox-site.log"),
    ],
)
def test_wrong_option(
    site: str, option: str, message: str, run_suite: RunSuite, website: Website
) -> None:
    result = run_suite(f"--lookloox-site={site.format(website.url)}", f"--lookloox-{option}")

    result.stdout.fnmatch_lines([f"*Exit: --lookloox-{message.format(website.url)}*"])
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_site_that_is_not_there(run_suite: RunSuite) -> None:
    result = run_suite(f"--lookloox-site={SILENT}")

    result.stdout.fnmatch_lines(["*The site gave no answer * Start the site, or let --lookloox-*"])


def test_several_processes(run_suite: RunSuite) -> None:
    result = run_suite("-n1", "-k=good_login")

    result.stdout.fnmatch_lines(["the site knows one port, for one process: run without -n"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_tls_without_its_extra(run_suite: RunSuite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pytest_lookloox.transports.tls", None)

    result = run_suite("--lookloox-site=http://127.0.0.1", "--lookloox-tls")

    result.stdout.fnmatch_lines(["*Exit: --lookloox-tls: import of *"])


LINK = "<a href='{}/api/oauth?app_id={}'>"


@pytest.mark.parametrize(
    ("login", "callback", "messages"),
    [
        ("Hello", "", ["The site has no link or redirect to {base_url}/api/oauth at *"]),
        (
            LINK.format("https://lookloox.com", "1"),
            "",
            ["*/api/oauth at {site}/, but one to https://lookloox.com/api/oauth?app_id=1."],
        ),
        ("Welcome", "", ["*Before any login, {site}/ shows 'Welcome': *"]),
        (
            LINK.format("{base_url}", "1&amp;x=2"),
            "",
            [
                "The site did not sign the visitor in: {base_url}/api/oauth* does not show *",
                "*'1'*",
            ],
        ),
        (
            LINK.format("http://localhost:{port}", "1029384756"),
            "Hello",
            [
                "*: {site}/callback?auth_key=[*][*][*] does not show 'Welcome'.",
                "*GET */api/oauth → 302*",
            ],
        ),
    ],
)
def test_site_that_cannot_do_the_good_login(
    login: str, callback: str, messages: list[str], run_suite: RunSuite, website: Website
) -> None:
    port = free_port()
    values = {"base_url": f"http://127.0.0.1:{port}", "port": port, "site": website.url}
    website.pages["/"] = Page(login.format(**values))
    website.pages["/callback"] = Page(callback)

    result = run_suite(
        f"--lookloox-site={website.url}/", "--lookloox-signed-in=Welcome", f"--lookloox-port={port}"
    )

    result.stdout.fnmatch_lines([f"*{message.format(**values)}*" for message in messages])
    assert result.ret == pytest.ExitCode.TESTS_FAILED
