"""`serve`: the provider on this machine, for a browser and an app under development."""

from __future__ import annotations

import argparse
import datetime
import ssl
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from pytest_lookloox.cli.control import control
from pytest_lookloox.lookloox import view
from pytest_lookloox.options import resolve
from pytest_lookloox.provider.http import Request, Response
from pytest_lookloox.provider.redaction import redact_query, shorten
from pytest_lookloox.provider.user_info import UserInfo, UserInfoBuilder, build_user_info, identity
from pytest_lookloox.simulation import Simulation
from pytest_lookloox.transports.server import Handler, Server

_APP = ("app_id", "app_secret", "redirect_url")
_CONFIGURATION = """\

Log in With Look Loox:
  {app.login_url}

Configuration of your app, which the browser comes back to at {app.redirect_url}:
  LOOKLOOX_BASE_URL={app.base_url}
  LOOKLOOX_APP_ID={app.app_id}
  LOOKLOOX_APP_SECRET={app.app_secret}
"""


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its arguments."""
    parser = subparsers.add_parser(
        "serve",
        help="run the provider on this machine, for browsers and any HTTP client",
        description="Run the simulated provider on this machine until Ctrl-C.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address (default: %(default)s)")
    add("--port", type=int, default=8765, help="port, 0 for any free one (default: %(default)s)")
    add(
        "--beyond-loopback",
        action="store_true",
        help="listen where other machines can connect, if --host says so",
    )
    add(
        "--tls",
        type=Path,
        metavar="CA_FILE",
        help="speak https; what clients have to trust is written to this file",
    )
    add("--users", type=Path, metavar="FILE", help="YAML: a list of users, fields of user_info")
    add(
        "--app",
        nargs=3,
        action="append",
        default=[],
        metavar=("ID", "SECRET", "REDIRECT_URL"),
        help="register an app instead of the default one; may be repeated",
    )
    add(
        "--control",
        action="store_true",
        help="let tests in other languages approve and advance time: POST /_control",
    )
    add(
        "--fault",
        action="append",
        default=[],
        metavar="NAME",
        help="make requests fail with this fault, see the command faults; may be repeated",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C; return 0."""
    users = [build_user_info()] if arguments.users is None else _users_in(arguments.users)
    apps = [dict(zip(_APP, app, strict=True)) for app in arguments.app] or [{}]
    # For a person at a browser: show every page that a new user of an app would see.
    options = resolve({"user": users[0], "signed_in": False, "approved": False, **apps[0]})
    simulation = Simulation(options)
    server = Server(
        host=arguments.host,
        port=arguments.port,
        anywhere=arguments.beyond_loopback,
        tls=_server_context(arguments.tls) if arguments.tls else None,
    )
    with suppress(KeyboardInterrupt), server:
        lookloox = view(simulation, server.base_url)
        for user in users[1:]:
            lookloox.add_user(user)
        registered = [lookloox.app, *(lookloox.register_app(**app) for app in apps[1:])]
        for name in arguments.fault:
            lookloox.inject_fault(name)
        if arguments.control:
            server.control = partial(_log, partial(control, lookloox))
        is_due = simulation.injector.is_untrusted_certificate_due
        with server.serving(partial(_log, simulation.handle), is_due):
            _print(f"Look Loox is simulated at {server.base_url}; Ctrl-C stops it.")
            if arguments.tls:
                _print(f"Clients have to trust {arguments.tls}.")
            _print("".join(_CONFIGURATION.format(app=app) for app in registered))
            server.wait()
    _print("\nStopped.")
    return 0


def _users_in(file: Path) -> list[UserInfo]:
    """Return the users of a YAML list of `user_info` fields; missing fields are filled in."""
    import yaml

    build = UserInfoBuilder(first_id=1042)
    try:
        entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{file} is not YAML: {' '.join(str(error).split())}") from None
    is_list = isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)
    if not is_list or not entries:
        raise ValueError(f"{file} must be a list of users, each with fields of user_info")
    users: dict[str, UserInfo] = {}
    for entry in entries:
        try:
            user = build(**{str(name): _as_sent(value) for name, value in entry.items()})
        except TypeError as error:
            raise ValueError(f"{file}: {error}") from None
        if identity(user) in users:
            raise ValueError(f"{file}: two users have the user_id {identity(user)!r}")
        users[identity(user)] = user
    return list(users.values())


def _as_sent(value: Any) -> Any:
    """Return a value as the API sends it, where YAML reads a date, a number or a boolean."""
    if isinstance(value, bool):
        return str(int(value))
    return str(value) if isinstance(value, (int, float, datetime.date)) else value


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
    _print("  ".join(filter(None, [line, outcome, message])))
    return response


def _print(text: str) -> None:
    # In one piece: several threads write.
    print(f"{text}\n", end="", flush=True)
