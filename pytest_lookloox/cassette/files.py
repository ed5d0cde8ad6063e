"""Cassettes written to a directory: all of them or none, and never half of one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from pytest_lookloox.cassette import format as cassette_format
from pytest_lookloox.cassette import library, scan
from pytest_lookloox.cassette.model import Cassette

_SUFFIX = ".yaml"


def prepare(directory: Path, names: Iterable[str], *, overwrite: bool) -> None:
    """Make sure that cassettes of these names can be written, before anything is asked.

    Raises `OSError` for a directory that cannot be written to, or made, `FileExistsError` for a
    cassette that is there already.
    """
    existing = next(path for path in (directory, *directory.absolute().parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        raise OSError(
            f"{existing} cannot be written to ({error.strerror}): choose another --directory"
        ) from None
    for name in names:
        file = directory / f"{name}{_SUFFIX}"
        if file.exists() and not overwrite:
            raise FileExistsError(f"{file} exists already; to replace it, add --overwrite")
        for other in library.files_named(name, directory):
            if other != file:
                raise FileExistsError(
                    f"{other} has the name of a new cassette: rename or remove it"
                )


def write(cassettes: Iterable[Cassette], directory: Path) -> list[Path]:
    """Write the cassettes, each checked for what may not get out; returns the files.

    Raises `ValueError` if one holds such a thing; nothing is written then.
    """
    texts = {}
    for cassette in cassettes:
        if problems := scan.problems(cassette):
            raise ValueError(f"{cassette.name} was not written: {'; '.join(problems)}")
        texts[directory / f"{cassette.name}{_SUFFIX}"] = cassette_format.dump(cassette)
    directory.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as scratches, contextlib.ExitStack() as way_back:
        ready = []
        for file, text in texts.items():
            scratch = _write_scratch(text.encode("ascii"), directory)
            scratches.callback(scratch.unlink, missing_ok=True)
            ready.append((scratch, file))
        for scratch, file in ready:
            way_back.callback(_put_back, file, file.read_bytes() if file.exists() else None)
            os.replace(scratch, file)
        way_back.pop_all()
    return [*texts]


def _put_back(file: Path, data: bytes | None) -> None:
    """What the file held before, if there was one."""
    file.unlink(missing_ok=True)
    if data is not None:
        _write_scratch(data, file.parent).rename(file)


def _write_scratch(data: bytes, directory: Path) -> Path:
    """A complete file beside the one that it is going to replace."""
    handle, name = tempfile.mkstemp(suffix=".tmp", prefix=".lookloox-", dir=directory)
    with open(handle, "wb") as file:
        file.write(data)
    path = Path(name)
    path.chmod(0o644)
    return path
