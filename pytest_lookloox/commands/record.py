"""`record`: the evidence of what a provider answers, free of secrets."""

from __future__ import annotations

import argparse
import getpass
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_lookloox import urls
from pytest_lookloox.app import App

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

_ENVIRONMENT = {
    "app_id": "LOOKLOOX_APP_ID",
    "app_secret": "LOOKLOOX_APP_SECRET",
    "auth_key": "LOOKLOOX_AUTH_KEY",
}
_APPROVE = """\
Open this link in a browser, sign in and approve; take the auth_key from the address that the
browser ends at, which begins with {redirect_url}. Do not let your app use it up.

  {login_url}
"""


def add_to(subparsers: Subparsers) -> None:
    """Declare the command and its arguments."""
    parser = subparsers.add_parser(
        "record",
        help="record what a provider answers to your app, as cassettes without any secret",
        description="Record what a provider answers to your app: a login, a used auth_key, a wrong "
        "secret, an unknown token. What identifies you or your app is replaced before anything is "
        "written.",
        epilog=f"The secret is taken from {_ENVIRONMENT['app_secret']} or a hidden prompt, app_id "
        f"and auth_key from {_ENVIRONMENT['app_id']} and {_ENVIRONMENT['auth_key']} or a prompt.",
    )
    parser.add_argument("--base-url", help="the provider, scheme and host")
    parser.add_argument("--redirect-url", help="your app's redirect URL, as registered")
    parser.add_argument(
        "--directory",
        type=Path,
        default=Path("cassettes"),
        help="where the cassettes are written (default: %(default)s)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace cassettes there")
    parser.add_argument(
        "--shipped",
        action="store_true",
        help="record this project's own cassettes from the simulator instead",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Record; returns 0, or 130 after Ctrl-C."""
    try:
        _record_shipped(arguments) if arguments.shipped else _record_live(arguments)
    except (KeyboardInterrupt, EOFError):
        print("\nStopped; nothing was written.", file=sys.stderr)
        return 130
    return 0


def _record_shipped(arguments: argparse.Namespace) -> None:
    from pytest_lookloox.cassette import files
    from pytest_lookloox.cassette.shipped import SCENARIOS, record_shipped

    files.prepare(arguments.directory, SCENARIOS, overwrite=arguments.overwrite)
    _print_written(files.write(record_shipped(), arguments.directory))


def _record_live(arguments: argparse.Namespace) -> None:
    from pytest_lookloox.cassette import files
    from pytest_lookloox.cassette.model import LIVE, SIMULATOR
    from pytest_lookloox.cassette.record import LIVE_PLAN, record_live
    from pytest_lookloox.cassette.scrub import scrubbed

    if not arguments.base_url or not arguments.redirect_url:
        raise ValueError("record needs --base-url and --redirect-url")
    base_url = urls.base_url(arguments.base_url)
    redirect_url = urls.redirect_url(arguments.redirect_url)
    names = list(dict.fromkeys(planned.cassette for planned in LIVE_PLAN))
    files.prepare(arguments.directory, names, overwrite=arguments.overwrite)

    print(f"These {len(LIVE_PLAN)} requests will be sent to {base_url}, and nothing else:\n")
    for number, planned in enumerate(LIVE_PLAN, start=1):
        print(f"  {number}. GET /api/{planned.endpoint:13}  {planned.purpose}")
    print()
    app_id = _asked("app_id", hidden=False)
    app_secret = _asked("app_secret", hidden=True)
    app = App(app_id, app_secret, redirect_url, "Recorded App", base_url)
    print(_APPROVE.format(redirect_url=redirect_url, login_url=app.login_url))
    auth_key = _key_in(_asked("auth_key", hidden=False))

    is_simulator = urls.is_loopback(urlsplit(base_url).hostname or "")
    origin = SIMULATOR if is_simulator else LIVE
    cassettes = record_live(app, auth_key, origin, lambda line: print(line, flush=True))
    _print_written(files.write(scrubbed(cassettes), arguments.directory))
    print("They hold no secret; see for yourself, then commit them.")


def _asked(name: str, *, hidden: bool) -> str:
    value = os.environ.get(_ENVIRONMENT[name], "")
    if not value.strip() and hidden and not sys.stdin.isatty():
        raise ValueError(f"no terminal to ask for {name} unseen: set {_ENVIRONMENT[name]}")
    if not value.strip():
        value = _typed(name, hidden=hidden)
    if not value.strip():
        raise ValueError(f"{name} is missing: type it, or set {_ENVIRONMENT[name]}")
    return value.strip()


def _typed(name: str, *, hidden: bool) -> str:
    try:
        return getpass.getpass(f"{name} (not shown): ") if hidden else input(f"{name}: ")
    except EOFError:
        if sys.stdin.isatty():
            raise
        print()
        return ""  # nobody is there to type it


def _key_in(typed: str) -> str:
    """The auth_key, alone or in the address that the browser ended at."""
    return re.split("[&#]", typed.rpartition("auth_key=")[2])[0]


def _print_written(files: list[Path]) -> None:
    for file in files:
        print(f"written: {file}")
