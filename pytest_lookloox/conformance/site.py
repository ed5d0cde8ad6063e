"""The website under test: where it is, and the command that starts it."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

_SECONDS_TO_START = 30
_SECONDS_TO_STOP = 5


@dataclass(frozen=True)
class Site:
    """A website, and what its owner tells about it.

    A login begins at `login_url`. A visitor is signed in who sees the text `signed_in` after it,
    or who may open `account_url`; each is `""` if the owner does not tell. `patience` is how many
    seconds a visitor waits for an answer. `no_login` tells of each platform on which the good login
    does not work why.
    """

    login_url: str
    signed_in: str
    account_url: str
    patience: float
    no_login: dict[str, str] = field(default_factory=dict)

    @property
    def tells(self) -> bool:
        """Whether one can tell who is signed in."""
        return bool(self.signed_in or self.account_url)


def option(config: pytest.Config, name: str) -> str:
    """Return an option from the command line, or else from the configuration file, or `""`."""
    return str(config.getoption(f"lookloox_{name}") or config.getini(f"lookloox_{name}") or "")


def site_from(config: pytest.Config) -> Site:
    """Return the site that the options describe; raise `ValueError` for a wrong one."""
    urls = {name: option(config, name) for name in ("site", "account")}
    if not urls["site"]:
        raise ValueError("--lookloox-site is missing: the URL of the page where a login begins")
    for name, url in urls.items():
        if url and not (url.startswith(("http://", "https://")) and urlsplit(url).hostname):
            raise ValueError(f"--lookloox-{name}: {url!r} is not a URL with http:// or https://")
    try:
        patience = float(option(config, "patience") or 6)
    except ValueError:
        patience = 0
    if not 0 < patience < float("inf"):
        raise ValueError("--lookloox-patience must be a number of seconds over 0")
    return Site(urls["site"], option(config, "signed_in"), urls["account"], patience)


@contextmanager
def running(command: str, url: str, environment: Mapping[str, str], log: Path) -> Iterator[None]:
    """Run the command that starts a site until the block ends; enter it when the site listens.

    Its children stop with it. What it prints goes to a file, since it may contain secrets.
    Raises `OSError` if the site does not start.
    """
    if not hasattr(os, "killpg"):
        raise OSError("it could not be stopped with its children on this system: start it yourself")
    address = urlsplit(url)
    port = address.port or {"http": 80, "https": 443}[address.scheme]
    where = (str(address.hostname), port)
    if _listens(where):
        raise OSError(f"something listens at {url} already: stop it, or give no command")
    with log.open("wb") as output:
        program, *arguments = shlex.split(command)
        if not shutil.which(program):
            raise OSError(f"there is no program {program!r}; for a shell's command: sh -c '...'")
        process = subprocess.Popen(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + _SECONDS_TO_START
        while not _listens(where):
            if process.poll() is not None:
                raise OSError(f"it ended with exit code {process.returncode}; see {log.name}")
            if time.monotonic() > deadline:
                waited = f"after {_SECONDS_TO_START} seconds"
                raise OSError(f"it does not listen at {url} {waited}; see {log.name}")
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
        yield
    finally:
        _stop(process)


def _listens(where: tuple[str, int]) -> bool:
    with suppress(OSError), socket.create_connection(where, timeout=1):
        return True
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the process and its children: the way that lets them finish, then for good."""
    for way in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, way)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_SECONDS_TO_STOP)
