"""`record`: what a provider answers to an app, as cassettes without secrets."""

from __future__ import annotations

import argparse
import getpass
import os
import re
from collections.abc import Callable
from pathlib import Path

from pytest_lookloox.provider import urls
from pytest_lookloox.provider.models import App

_NAMES = ("login", "reused_auth_key", "wrong_app_secret", "unknown_token")
_PLAN = """\
These 5 requests will be sent to {base_url}, and nothing else:

  1. /api/authorize      turns your auth_key into an access_token
  2. /api/get_user_info  reads your profile with it
  3. /api/authorize      uses the auth_key again
  4. /api/authorize      uses a wrong app_secret
  5. /api/get_user_info  uses an unknown token

Each is a GET, as documented. If the server does not read the parameters of the first one, it is
sent once more, by POST, and the others to authorize by POST, too.
"""
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
        description="What identifies you or your app is replaced before anything is written.",
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
    """Record, then write; return 0."""
    from pytest_lookloox.cassettes import library
    from pytest_lookloox.cassettes.recorder import message_of, record_live
    from pytest_lookloox.cassettes.scrubber import is_api_message, scrub

    base_url = urls.base_url(arguments.base_url)
    redirect_url = urls.redirect_url(arguments.redirect_url)
    directory = arguments.directory
    directory.mkdir(parents=True, exist_ok=True)
    existing = [file for file in library.files_in(directory) if file.stem in _NAMES]
    if existing and not arguments.overwrite:
        raise FileExistsError(f"{existing[0]} exists already; add --overwrite to replace it")
    print(_PLAN.format(base_url=base_url))
    app, auth_key = _ask_for_login(base_url, redirect_url)
    is_simulator = urls.is_loopback(urls.host_of(base_url).name)
    cassettes = record_live(app, auth_key, "simulator" if is_simulator else "live")
    platform = cassettes[0].platform
    print(f'Platform of the server: "{platform.name}" (authorize by {platform.authorize_method})\n')
    for cassette in cassettes:
        message = message_of(cassette.interactions[-1])
        if message and not is_api_message(message):
            print(f"{cassette.name}: a placeholder takes the place of “{message}”")
        print(f"written: {library.write(scrub(cassette), directory)}")
    print("They contain no secret; see for yourself, then commit them.")
    return 0


def _ask_for_login(base_url: str, redirect_url: str) -> tuple[App, str]:
    """Return the app, and an auth_key that the user gets in their browser."""
    app_id = _ask("app_id", input)
    app_secret = _ask("app_secret", getpass.getpass)
    app = App(app_id, app_secret, redirect_url, "Recorded App", base_url)
    print(_APPROVE.format(app=app))
    typed = _ask("auth_key", input)
    # The auth_key alone, or the address that the browser ended at.
    return app, re.split("[&#]", typed.rpartition("auth_key=")[2])[0]


def _ask(name: str, prompt: Callable[[str], str]) -> str:
    variable = f"LOOKLOOX_{name.upper()}"
    try:
        value = os.environ.get(variable) or prompt(f"{name}: ")
    except EOFError:
        value = ""
    if not value.strip():
        raise ValueError(f"{name} is missing: type it, or set {variable}")
    return value.strip()
