"""`serve`: the provider on a developer's desk, for a browser and an app under development."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_lookloox.control import controller
from pytest_lookloox.exchange import Request, Response
from pytest_lookloox.lookloox import LookLoox
from pytest_lookloox.masking import masked_query
from pytest_lookloox.user_info import build_user_info

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

_CONFIGURATION = """\
Look Loox is simulated at {base_url}; Ctrl-C stops it.

Log in With Look Loox:
  {login_url}

Configuration of your app, which the browser comes back to at {redirect_url}:
  LOOKLOOX_BASE_URL={base_url}
  LOOKLOOX_APP_ID={app_id}
  LOOKLOOX_APP_SECRET={app_secret}
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
    from pytest_lookloox.server import Server

    lookloox = _configured(arguments)

    def answer(request: Request) -> Response:
        response = lookloox.handle(request)
        print(_log_line(request, response), flush=True)
        return response

    with Server(
        answer, host=arguments.host, port=arguments.port, anywhere=arguments.beyond_loopback
    ) as server:
        served = lookloox.served_at(server.base_url)
        served.keep_the_door(server.keep_the_door)
        for name in arguments.fault:
            served.inject_fault(name)
        if arguments.control:
            server.control = controller(served)
        app = served.app
        print(
            _CONFIGURATION.format(
                base_url=served.base_url,
                login_url=app.login_url,
                redirect_url=app.redirect_url,
                app_id=app.app_id,
                app_secret=app.app_secret,
            ),
            flush=True,
        )
        try:
            server.wait()
        except KeyboardInterrupt:
            print("\nStopped.")
    return 0


def _configured(arguments: argparse.Namespace) -> LookLoox:
    # A person sits before the browser: show every page that a new user of an app would see.
    options: dict[str, Any] = {"signed_in": False, "approved": False}
    users = [] if arguments.users is None else _users_in(arguments.users)
    if users:
        options["user"] = users[0]
    if arguments.app:
        options |= dict(
            zip(("app_id", "app_secret", "redirect_url"), arguments.app[0], strict=True)
        )
    lookloox = LookLoox(**options)
    for user in users[1:]:
        lookloox.add_user(build_user_info(**user))
    for app_id, app_secret, redirect_url in arguments.app[1:]:
        lookloox.register_app(app_id=app_id, app_secret=app_secret, redirect_url=redirect_url)
    return lookloox


def _users_in(file: Path) -> list[dict[str, Any]]:
    import yaml

    try:
        users = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{file} is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(users, list) or not all(isinstance(user, dict) for user in users):
        raise ValueError(f"{file} must be a list of users, each with fields of user_info")
    return [{name: _as_sent(value) for name, value in user.items()} for user in users]


def _as_sent(value: object) -> object:
    """YAML reads 2026-11-02 as a date and 1042 as a number; the API sends strings."""
    return value if value is None else str(value)


def _log_line(request: Request, response: Response) -> str:
    message = response.fact.message if response.fact else None
    outcome = response.wire.value if response.wire else str(response.status)
    time = datetime.datetime.now().strftime("%H:%M:%S")
    line = f"{time}  {request.method} {request.path}{masked_query(request.params())}"
    return f"{line}  {outcome}{f'  {message}' if message else ''}"
