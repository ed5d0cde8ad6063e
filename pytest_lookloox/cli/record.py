"""`record`: what a provider answers to an app, as cassettes without secrets."""

from __future__ import annotations

import argparse
import getpass
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from pytest_lookloox.provider import urls
from pytest_lookloox.provider.models import App

_APPROVE = """\
Open this link in a browser, sign in and approve; take the auth_key from the address that the
browser ends at, which begins with {app.redirect_url}. Do not let your app use it up.

  {app.login_url}
"""


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its arguments."""
    parser = subparsers.add_parser(
        "record",
        help="record what a provider answers to your app, as cassettes without any secret",
        description="Record what a provider answers to your app: a login, a used auth_key, a wrong "
        "secret, an unknown token. What identifies you or your app is replaced before anything is "
        "written.",
        epilog="The secret is taken from LOOKLOOX_APP_SECRET or a hidden prompt, app_id and "
        "auth_key from LOOKLOOX_APP_ID and LOOKLOOX_AUTH_KEY or a prompt.",
    )
    add = parser.add_argument
    add("--base-url", required=True, help="the provider, scheme and host")
    add("--redirect-url", required=True, help="your app's redirect URL, as registered")
    add(
        "--directory",
        type=Path,
        default=Path("cassettes"),
        help="where the cassettes are written (default: %(default)s)",
    )
    add("--overwrite", action="store_true", help="replace cassettes there")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Record; return 0, or 130 after Ctrl-C."""
    from pytest_lookloox.cassettes import library
    from pytest_lookloox.cassettes.recorder import LIVE_PLAN, record_live
    from pytest_lookloox.cassettes.scrubber import scrub

    base_url = urls.base_url(arguments.base_url)
    redirect_url = urls.redirect_url(arguments.redirect_url)
    names = () if arguments.overwrite else {name for name, _, _ in LIVE_PLAN}
    library.check_writable(arguments.directory, names)
    print(f"These {len(LIVE_PLAN)} requests will be sent to {base_url}, and nothing else:\n")
    for number, (_, endpoint, purpose) in enumerate(LIVE_PLAN, start=1):
        print(f"  {number}. GET /api/{endpoint:13}  {purpose}")
    print()
    try:
        app_id = _ask("app_id", input)
        app_secret = _ask("app_secret", getpass.getpass)
        app = App(app_id, app_secret, redirect_url, "Recorded App", base_url)
        print(_APPROVE.format(app=app))
        typed = _ask("auth_key", input)
        # The auth_key alone, or the address that the browser ended at.
        auth_key = re.split("[&#]", typed.rpartition("auth_key=")[2])[0]
        is_simulator = urls.is_loopback(urlsplit(base_url).hostname or "")
        cassettes = record_live(app, auth_key, "simulator" if is_simulator else "live")
    except KeyboardInterrupt:
        print("\nStopped; nothing was written.", file=sys.stderr)
        return 130
    for file in library.write(scrub(cassettes), arguments.directory):
        print(f"written: {file}")
    print("They contain no secret; see for yourself, then commit them.")
    return 0


def _ask(name: str, prompt: Callable[[str], str]) -> str:
    variable = f"LOOKLOOX_{name.upper()}"
    try:
        value = os.environ.get(variable) or prompt(f"{name}: ")
    except EOFError:
        value = ""
    if not value.strip():
        raise ValueError(f"{name} is missing: type it, or set {variable}")
    return value.strip()
