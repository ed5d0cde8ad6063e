"""`serve`: the provider on this machine, for a browser and an app under development."""

from __future__ import annotations

import argparse
import datetime
import ssl
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_lookloox.cli.control import control
from pytest_lookloox.lookloox import LookLoox, view
from pytest_lookloox.options import resolve
from pytest_lookloox.provider.http import Request, Response
from pytest_lookloox.provider.models import App
from pytest_lookloox.provider.redaction import redact_query, shorten
from pytest_lookloox.provider.user_info import build_user_info
from pytest_lookloox.simulation import Simulation
from pytest_lookloox.transports.server import Handler, Server

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

_APP = ("app_id", "app_secret", "redirect_url")
_CONFIGURATION = """\

Log in With Look Loox:
  {app.login_url}

Configuration of your app, which the browser comes back to at {app.redirect_url}:
  LOOKLOOX_BASE_URL={app.base_url}
  LOOKLOOX_APP_ID={app.app_id}
  LOOKLOOX_APP_SECRET={app.app_secret}
"""


def add_to(subparsers: Subparsers) -> None:
    """Declare the command and its arguments."""
    parser = subparsers.add_parser(
        "serve",
        help="run the provider on this machine, for browsers and any HTTP client",
        description="Run the simulated provider on this machine until Ctrl-C.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=8765, help="port, 0 for any free one (default: %(default)s)"
    )
    parser.add_argument(
        "--beyond-loopback",
        action="store_true",
        help="listen where other machines can connect, if --host says so",
    )
    parser.add_argument(
        "--tls",
        type=Path,
        metavar="CA_FILE",
        help="speak https; what clients have to trust is written to this file",
    )
    parser.add_argument(
        "--users", type=Path, metavar="FILE", help="YAML: a list of users, fields of user_info"
    )
    parser.add_argument(
        "--app",
        nargs=3,
        action="append",
        default=[],
        metavar=("ID", "SECRET", "REDIRECT_URL"),
        help="register an app instead of the default one; may be repeated",
    )
    parser.add_argument(
        "--control",
        action="store_true",
        help="let tests in other languages approve and advance time: POST /_control",
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME",
        help="make requests fail with this fault, see the command faults; may be repeated",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C; return 0."""
    from pytest_lookloox.cli.users_file import users_in

    users = [build_user_info()] if arguments.users is None else users_in(arguments.users)
    apps = [dict(zip(_APP, app, strict=True)) for app in arguments.app] or [{}]
    # For a person at a browser: show every page that a new user of an app would see.
    options = resolve({"user": users[0], "signed_in": False, "approved": False, **apps[0]})
    simulation = Simulation(options)
    tls = None if arguments.tls is None else _server_context(arguments.tls)
    with (
        suppress(KeyboardInterrupt),
        Server(
            host=arguments.host, port=arguments.port, anywhere=arguments.beyond_loopback, tls=tls
        ) as server,
    ):
        ca_file = None if arguments.tls is None else str(arguments.tls)
        lookloox = view(simulation, server.base_url, ca_file)
        for user in users[1:]:
            lookloox.add_user(user)
        registered = [lookloox.app, *(lookloox.register_app(**app) for app in apps[1:])]
        for name in arguments.fault:
            lookloox.inject_fault(name)
        if arguments.control:
            server.control = partial(_log, partial(control, lookloox))
        is_due = simulation.injector.is_untrusted_certificate_due
        with server.serving(partial(_log, simulation.handle), is_due):
            _introduce(lookloox, registered)
            server.wait()
    _print("\nStopped.")
    return 0


def _introduce(lookloox: LookLoox, apps: list[App]) -> None:
    trust = f"Clients have to trust {lookloox.ca_file}.\n" if lookloox.ca_file else ""
    configurations = "".join(_CONFIGURATION.format(app=app) for app in apps)
    _print(
        f"Look Loox is simulated at {lookloox.base_url}; Ctrl-C stops it.\n{trust}{configurations}"
    )


def _server_context(ca_file: Path) -> ssl.SSLContext:
    try:
        from pytest_lookloox.transports.tls import server_context
    except ModuleNotFoundError as error:
        raise ValueError(
            f"serve --tls needs an extra: pip install 'pytest-lookloox[tls]' ({error})"
        ) from None
    return server_context(ca_file)


def _log(handler: Handler, request: Request) -> Response:
    """Answer a request and print a line about it."""
    response = handler(request)
    message = response.fact.message if response.fact else None
    outcome = response.fault.value if response.fault else str(response.status)
    time = datetime.datetime.now().strftime("%H:%M:%S")
    line = f"{time}  {request.method} {shorten(request.path)}{redact_query(request.params())}"
    _print(f"{line}  {outcome}{f'  {message}' if message else ''}")
    return response


def _print(text: str) -> None:
    # In one piece: several threads write.
    print(f"{text}\n", end="", flush=True)
