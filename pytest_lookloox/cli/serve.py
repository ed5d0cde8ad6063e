"""`serve`: the provider on this machine, for a browser and an app under development."""

from __future__ import annotations

import argparse
import os
import select
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from pytest_lookloox.cli.control import ACTIONS, Control
from pytest_lookloox.lookloox import view
from pytest_lookloox.options import Settings
from pytest_lookloox.provider import facts, pages
from pytest_lookloox.provider.browser import answer_home
from pytest_lookloox.provider.http import Request, Response
from pytest_lookloox.provider.models import DEFAULT_APP
from pytest_lookloox.provider.redaction import redact_query, shorten
from pytest_lookloox.provider.user_info import UserInfo, UserInfoBuilder, build_user_info
from pytest_lookloox.simulation import Simulation
from pytest_lookloox.transports.server import Handler, Server

_APP = ("app_id", "app_secret", "redirect_url", "name")
_SECRET_VARIABLE = "LOOKLOOX_APP_SECRET"
# A pipe that can be written to takes this much at once, on every system.
_LONGEST_LINE = 500
_CONTROL = f"""\
With --control, POST /_control takes a JSON object, {{"do": NAME}} and arguments, and answers
{{"result": ...}} or {{"error": "..."}}. Names and arguments: {", ".join(ACTIONS)}."""
_CONFIGURATION = """
Configuration of your app, which the browser comes back to at {app.redirect_url}:
  LOOKLOOX_BASE_URL={base_url}
  LOOKLOOX_APP_ID={app.app_id}
  LOOKLOOX_APP_SECRET={secret}"""


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its arguments."""
    parser = subparsers.add_parser(
        "serve",
        help="run the provider on this machine, for browsers and any HTTP client",
        epilog=_CONTROL,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address (default: %(default)s)")
    add("--port", type=int, default=8765, help="port, 0 for any free one (default: %(default)s)")
    add("--beyond-loopback", action="store_true", help="let other machines connect, by --host")
    add("--tls", type=Path, metavar="CA_FILE", help="speak https; clients must trust this file")
    add("--users", type=Path, metavar="FILE", help="YAML: a list of users, fields of user_info")
    add(
        "--app",
        nargs="+",
        action="append",
        metavar=("ID SECRET REDIRECT_URL", "NAME"),
        help="register this app instead of the default one; may be repeated",
    )
    add("--platform", default=Settings.platform, help="documented (the default) or current")
    add("--token-lifetime", type=float, metavar="SECONDS", help="default: the platform's")
    add("--error-status", type=int, default=Settings.error_status, help="status of JSON errors")
    add("--fault", action="append", default=[], help="inject this fault; may be repeated")
    add("--control", action="store_true", help="let tests in other languages steer it, see below")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C; return 0."""
    users = [build_user_info()] if arguments.users is None else _users_in(arguments.users)
    control = Control(partial(_simulate, arguments, users))
    server = Server(
        host=arguments.host,
        port=arguments.port,
        anywhere=arguments.beyond_loopback,
        ca_file=arguments.tls,
    )
    if arguments.control:
        server.control = partial(_log, control.handle)
    serving = server.serving(
        partial(_log, partial(_answer, control)),
        lambda: control.simulation.injector.is_untrusted_certificate_due(),
    )
    # The port accepts connections once the handler is there.
    with suppress(KeyboardInterrupt), serving, server:
        _say(f"Look Loox is simulated at {server.base_url}/; Ctrl-C stops it.")
        _say(f"A browser finds login links there. Platform: {arguments.platform}.")
        for app in control.simulation.provider.apps.values():
            is_known = app.app_secret == os.environ.get(_SECRET_VARIABLE)
            secret = "(as it is set already)" if is_known else app.app_secret
            _say(_CONFIGURATION.format(app=app, base_url=server.base_url, secret=secret))
        server.wait()
    _say("\nStopped.")
    return 0


def _simulate(arguments: argparse.Namespace, users: list[UserInfo]) -> Simulation:
    """Return a new simulation as the arguments describe it."""
    secret = os.environ.get(_SECRET_VARIABLE) or DEFAULT_APP.app_secret
    apps = arguments.app or [[DEFAULT_APP.app_id, secret, DEFAULT_APP.redirect_url]]
    if not all(len(app) in (3, 4) for app in apps):
        raise ValueError("--app takes an id, a secret, a redirect URL and, if you like, a name")
    if len({app[0] for app in apps}) < len(apps):
        raise ValueError("--app: two apps have one id; give each app its own")
    port = f":{arguments.port}" if 0 < arguments.port < 65536 else ""
    options = Settings(
        app_id=apps[0][0],
        base_url=f"{'https' if arguments.tls else 'http'}://127.0.0.1{port}",
        platform=arguments.platform,
        token_lifetime=arguments.token_lifetime,
        error_status=arguments.error_status,
        # For a person at a browser: show every page that a new user of an app would see.
        signed_in=False,
        approved=False,
    )
    simulation = Simulation(options)
    lookloox = view(simulation)
    simulation.provider.users.clear()
    for user in users:
        lookloox.add_user(user)
    simulation.sign_in(users[0])
    for app in apps:
        lookloox.register_app(**dict(zip(_APP, app, strict=False)))
    for fault in arguments.fault:
        lookloox.inject_fault(fault)
    return simulation


def _users_in(file: Path) -> list[UserInfo]:
    """Return the users of a YAML list of `user_info` fields; missing fields are filled in."""
    import yaml

    build = UserInfoBuilder(first_id=1042)
    try:
        # Every value as it is written: the API sends dates, numbers and "yes" as strings.
        entries = yaml.load(file.read_bytes(), yaml.BaseLoader)
        if not entries or not all(isinstance(entry, dict) for entry in entries):
            raise TypeError("a list of users is expected, each with fields of user_info")
        for entry in entries:
            entry.update({name: None for name, value in entry.items() if value == "null"})
        users = [build(**entry) for entry in entries]
        if len({user["user_id"] for user in users}) < len(users):
            raise TypeError("two users have one user_id; give each user their own")
        return users
    except (OSError, yaml.YAMLError, TypeError) as error:
        reason = " ".join(str(error).split()).replace("extra={…}", "extra: {…}")
        raise ValueError(f"{file} is not a usable YAML file of users: {reason}") from None


def _answer(control: Control, request: Request) -> Response:
    """Answer a request, with a page at `/`, and a list of the apps if another was asked for."""
    provider = control.simulation.provider
    if request.path == "/":
        return answer_home(provider, request)
    response = control.simulation.handle(request)
    control.forget_early_calls()
    if response.fact is facts.OAUTH_UNKNOWN_APP:
        page = pages.error_page(request, response.fact, provider.apps.values())
        return page._replace(reason=response.reason)
    return response


def _log(handler: Handler, request: Request) -> Response:
    """Answer a request and print a line about it."""
    response = handler(request)
    message = response.fact.message if response.fact else None
    outcome = response.fault.value if response.fault else str(response.status)
    # curl sends an action as a form, of which the JSON would be a parameter.
    query = "" if request.path == "/_control" else redact_query(request.params())
    line = f"{time.strftime('%H:%M:%S')}  {request.method} {shorten(request.path)}{query}"
    _say("  ".join(filter(None, [line, outcome, message, response.reason]))[:_LONGEST_LINE])
    return response


def _say(text: str) -> None:
    """Print a text, unless no one reads it: an answer must not wait for the log's reader."""
    can_print = True
    with suppress(OSError):  # Windows cannot tell.
        can_print = bool(select.select([], [sys.stdout], [], 0)[1])
    if can_print:
        try:
            # In one piece: several threads write.
            print(f"{text}\n", end="", flush=True)
        except BrokenPipeError:
            # The reader has left, as `head` does. The rest must not fail either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
