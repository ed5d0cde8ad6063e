"""Cassettes written to a directory: all of them or none, and never half of one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from pytest_lookloox.cassette import format as cassette_format
from pytest_lookloox.cassette import scan
from pytest_lookloox.cassette.model import Cassette

_SUFFIX = ".yaml"


def prepare(directory: Path, names: Iterable[str], *, overwrite: bool) -> None:
    """Make sure that cassettes of these names can be written, before anything is asked.

    Raises `OSError` for a directory that cannot be written to, `FileExistsError` for a cassette
    that is there already.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=directory):
        pass
    for name in names:
        file = directory / f"{name}{_SUFFIX}"
        if file.exists() and not overwrite:
            raise FileExistsError(f"{file} exists already; to replace it, add --overwrite")


def write(cassettes: Iterable[Cassette], directory: Path) -> list[Path]:
    """Write the cassettes, each checked for what may not get out; returns the files.

    Raises `ValueError` if one holds such a thing; nothing is written then.
    """
    with contextlib.ExitStack() as stack:
        ready = []
        for cassette in cassettes:
            if problems := scan.problems(cassette):
                raise ValueError(f"{cassette.name} was not written: {'; '.join(problems)}")
            scratch = _write_scratch(cassette_format.dump(cassette), directory)
            stack.callback(scratch.unlink, missing_ok=True)
            ready.append((scratch, directory / f"{cassette.name}{_SUFFIX}"))
        for scratch, file in ready:
            os.replace(scratch, file)
    return [file for _, file in ready]


def _write_scratch(text: str, directory: Path) -> Path:
    """A complete file beside the one that it is going to replace."""
    handle, name = tempfile.mkstemp(suffix=".tmp", prefix=".lookloox-", dir=directory)
    with open(handle, "w", encoding="ascii", newline="\n") as file:
        file.write(text)
    path = Path(name)
    path.chmod(0o644)
    return path
