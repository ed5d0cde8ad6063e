"""Make the pictures of the documentation, from real runs: `python docs/screenshots.py`.

It needs the extra `examples`, and Chromium as the system has it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from pytest_lookloox import LookLoox

DOCS = Path(__file__).parent
PICTURES = DOCS / "_static"
FILE = re.compile(
    r"^```\{code-block\} python\n:caption: (\S+)\n\n(.*?)^```$", re.DOTALL | re.MULTILINE
)
FAULT_TEST = """
def test_no_one_gets_in(lookloox_fault, lookloox, client):
    assert "Welcome" not in client.get(lookloox.approve()).text
"""


def main() -> None:
    """Make the pictures."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        consent_page(browser)
        report(browser)
        conformance(browser)
        browser.close()


def consent_page(browser: Browser) -> None:
    """Show what a user sees who meets the app for the first time."""
    lookloox = LookLoox(approved=False, strict=False)
    with lookloox.serve() as provider:
        shoot(browser, provider.app.login_url, "consent.png", width=640, height=800)


def report(browser: Browser) -> None:
    """Show what becomes of each fault in the app of the quick start."""
    with TemporaryDirectory() as parent:
        directory = Path(parent, "my-website")  # the page names the project
        directory.mkdir()
        for name, text in FILE.findall((DOCS / "quickstart.md").read_text(encoding="utf-8")):
            (directory / name).write_text(text, encoding="utf-8")
        (directory / "test_faults.py").write_text(FAULT_TEST, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "--lookloox-report=report.html"]
        subprocess.run([*command, "test_faults.py"], cwd=directory, stdout=subprocess.DEVNULL)
        shoot(browser, f"file://{directory}/report.html", "report.png", width=1000, height=800)


def conformance(browser: Browser) -> None:
    """Show what the suite for websites finds in a careless one."""
    site, url = DOCS.parent / "tests/conformance/sites/careless.py", "http://127.0.0.1:8000"
    with TemporaryDirectory() as directory:
        command = [sys.executable, "-m", "pytest", "-q", "--lookloox-report=report.html"]
        command += ["--pyargs", "pytest_lookloox.conformance", "-k", "not time", "-pno:randomly"]
        command += [
            f"--lookloox-start={sys.executable} {site} 8000",
            f"--lookloox-site={url}/login",
        ]
        command += ["--lookloox-signed-in=Welcome", f"--lookloox-account={url}/account"]
        subprocess.run(command, cwd=directory, stdout=subprocess.DEVNULL)
        shoot(
            browser, f"file://{directory}/report.html", "conformance.png", width=1000, height=1100
        )


def shoot(browser: Browser, url: str, name: str, *, width: int, height: int) -> None:
    """Write a picture of a page, as far down as it is high."""
    page = browser.new_page(viewport={"width": width, "height": height}, locale="en")
    page.goto(url)
    page.screenshot(path=PICTURES / name)
    page.close()


if __name__ == "__main__":
    main()
