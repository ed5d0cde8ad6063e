"""`LookLoox` over a recording: what a test with the marker `lookloox_cassette` gets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from pytest_lookloox import checks
from pytest_lookloox.cassette import library
from pytest_lookloox.cassette.replay import Replay
from pytest_lookloox.exchange import NoAnswer, Request, Response, text_response
from pytest_lookloox.lookloox import LookLoox
from pytest_lookloox.options import Options

_KEPT_OPTIONS = ("base_url", "redirect_url", "allowed_hosts", "tls", "strict")
_CREDENTIALS = ("app_id", "app_secret")
_CHANGES = (
    "add_user",
    "remove_user",
    "register_app",
    "disable_app",
    "disable_api",
    "advance",
    "forge_callback",
    "inject_fault",
    "plan",
    "sign_in",
    "vary",
)


def refuse_fixed(options: Iterable[str]) -> None:
    """Raise `ValueError` for options that a recording has decided already."""
    heeded = (*_KEPT_OPTIONS, *_CREDENTIALS)
    fixed = sorted({*options} - {*heeded})
    if fixed:
        raise ValueError(
            "a recording answers as it was recorded, whatever @pytest.mark.lookloox says of "
            f"{', '.join(fixed)}: remove these, or the marker lookloox_cassette; "
            f"a recording heeds {', '.join(heeded)}"
        )


class ReplayedLookLoox(LookLoox):
    """Answers from a cassette; its app, user, auth_keys and tokens are the recorded ones.

    Of the options, those that say where provider and app are hold as usual; an app_id and
    app_secret are accepted from the client in place of the recorded ones. What would change the
    provider raises `RuntimeError`. With `required` the recording has to be used up.
    """

    def __init__(self, file: Path, options: Mapping[str, Any], *, required: bool) -> None:
        cassette = library.load(file)
        app = cassette.app
        given = {
            "base_url": cassette.base_url,
            "redirect_url": app.redirect_url,
            **{name: options[name] for name in _KEPT_OPTIONS if name in options},
            "app_id": app.app_id,
            "app_secret": app.app_secret,
        }
        # What is the default anyway, as placeholders are, need not be checked for every test.
        super().__init__(**{name: given[name] for name in given if given[name] != _DEFAULTS[name]})
        configured = {options[name]: getattr(app, name) for name in _CREDENTIALS if name in options}
        self._user = dict(cassette.user)
        self._required = required
        self._replay = Replay(cassette, self.app, configured)
        self._provider = self._replay  # type: ignore[assignment]
        vars(self).update(_REFUSALS)

    def handle(self, request: Request) -> Response:
        """Answer a plain request; one that was not recorded is told so with status 501."""
        try:
            return self._replay.handle(request)
        except NoAnswer as error:
            return text_response(str(error), 501)

    def check(self) -> None:
        """Run the teardown checks now; raises `AssertionError` that says what happened."""
        unused = self._replay.unused() if self._required else []
        problems = [*self._replay.problems, *unused]
        if problems:
            raise AssertionError("\n".join([*problems, checks.OPT_OUT]))


def _refuse(name: str, *_: object, **__: object) -> NoReturn:
    raise RuntimeError(
        f"lookloox.{name}() cannot change a recording: "
        "remove the marker lookloox_cassette, and the simulator answers"
    )


_DEFAULTS = vars(Options())
_REFUSALS = {name: partial(_refuse, name) for name in _CHANGES}
