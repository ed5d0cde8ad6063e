"""`serve`: the provider on a developer's desk, for a browser and an app under development."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_lookloox import extras
from pytest_lookloox.app import App
from pytest_lookloox.control import controller
from pytest_lookloox.exchange import Request, Response
from pytest_lookloox.lookloox import LookLoox
from pytest_lookloox.masking import masked_query, shortened
from pytest_lookloox.user_info import build_user_info

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
        help="let this fault befall every login, see the command faults; may be repeated",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C; returns 0."""
    try:
        from pytest_lookloox.server import Server
        from pytest_lookloox.users_file import users_in

        tls = None
        if arguments.tls is not None:
            from pytest_lookloox.tls import server_context

            tls = server_context(arguments.tls)
    except ModuleNotFoundError as error:
        raise ValueError(extras.missing("serve", error)) from None
    users = [build_user_info()] if arguments.users is None else users_in(arguments.users)
    apps = [dict(zip(_APP, app, strict=True)) for app in arguments.app] or [{}]
    # A person sits before the browser: show every page that a new user of an app would see.
    lookloox = LookLoox(user=users[0], signed_in=False, approved=False, **apps[0])
    for user in users[1:]:
        lookloox.add_user(user)
    try:
        with Server(
            host=arguments.host,
            port=arguments.port,
            anywhere=arguments.beyond_loopback,
            tls=tls,
            log=_log,
        ) as server:
            served = lookloox.served_at(server.base_url, str(arguments.tls) if tls else None)
            for name in arguments.fault:
                served.inject_fault(name)
            registered = [served.app, *(served.register_app(**app) for app in apps[1:])]
            if arguments.control:
                server.control = controller(served)
            with server.serving(served):
                _print(_introduction(served, registered))
                server.wait()
    except KeyboardInterrupt:
        _print("\nStopped.")
    return 0


def _introduction(lookloox: LookLoox, apps: list[App]) -> str:
    title = f"Look Loox is simulated at {lookloox.base_url}; Ctrl-C stops it.\n"
    trust = f"Clients have to trust {lookloox.ca_file}.\n" if lookloox.ca_file else ""
    return "".join([title, trust, *(_CONFIGURATION.format(app=app) for app in apps)])


def _log(request: Request, response: Response) -> None:
    message = response.fact.message if response.fact else None
    outcome = response.wire.value if response.wire else str(response.status)
    time = datetime.datetime.now().strftime("%H:%M:%S")
    line = f"{time}  {request.method} {shortened(request.path)}{masked_query(request.params())}"
    _print(f"{line}  {outcome}{f'  {message}' if message else ''}")


def _print(text: str) -> None:
    # In one piece: other threads write, too.
    print(f"{text}\n", end="", flush=True)
