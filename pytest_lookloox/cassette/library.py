"""Where cassettes are found: in the suite's own directory, then among the shipped ones."""

from __future__ import annotations

import difflib
import re
import stat
from functools import cache
from pathlib import Path

import pytest_lookloox
from pytest_lookloox.cassette import format as cassette_format
from pytest_lookloox.cassette.model import Cassette
from pytest_lookloox.cassette.nodes import CassetteError

OWN_DIRECTORY = "cassettes"
_SUFFIXES = (".yaml", ".yml")
_NAME = re.compile(r"\w[\w.-]*")


@cache
def shipped_directory() -> Path:
    """The cassettes of this project: inside the wheel, or at the top of a checkout."""
    package = Path(pytest_lookloox.__file__).parent
    installed = package / OWN_DIRECTORY
    return installed if installed.is_dir() else package.parent / OWN_DIRECTORY


def find(name: object, own_directory: Path) -> Path:
    """The file of a cassette.

    Raises `TypeError` or `ValueError` for a name that is none, or that no file or several have.
    """
    if not isinstance(name, str):
        raise TypeError(f"a cassette's name must be a text, not {type(name).__name__}")
    if not _NAME.fullmatch(name) or ".." in name:
        raise ValueError(f"{name!r} is no cassette's name: write it without directory, as 'login'")
    if name.endswith(_SUFFIXES):
        raise ValueError(f"write a cassette's name without suffix: {name.rpartition('.')[0]!r}")
    files = files_named(name, own_directory)
    if len(files) > 1:
        raise ValueError(
            f"two cassettes are named {name!r}: {', '.join(map(str, files))}; rename one"
        )
    if files:
        return _inside(files[0], own_directory)
    if name in _shipped():
        return _shipped()[name]
    raise ValueError(_not_found(name, own_directory))


def files_named(name: str, directory: Path) -> list[Path]:
    """The cassettes of this name in a directory; more than one is a mistake."""
    return [file for suffix in _SUFFIXES if (file := directory / f"{name}{suffix}").is_file()]


def cassettes_in(paths: list[Path]) -> list[Path]:
    """The files themselves, and those in the directories.

    A path that leads to none is kept: whoever loads it is told what is wrong, file by file.
    """
    files: list[Path] = []
    for path in paths:
        files.extend((_files(path) if path.is_dir() else []) or [path])
    return files


def load(path: Path) -> Cassette:
    """The cassette at this path; raises `CassetteError` for whatever is wrong with it."""
    try:
        status = path.stat()
    except OSError:
        names = [file.name for file in _files(path.parent)]
        closest = difflib.get_close_matches(path.name, names, n=1)
        hint = f"; did you mean {closest[0]!r}?" if closest else ""
        raise CassetteError(path, None, f"no such file or directory{hint}") from None
    if stat.S_ISDIR(status.st_mode):
        raise CassetteError(path, None, "the directory holds no cassette, which is a file *.yaml")
    return _parsed(path, status.st_ino, status.st_mtime_ns, status.st_size)


@cache
def _parsed(path: Path, *_version: int) -> Cassette:
    """Parsed once for all tests of a session, as long as the file stays the same."""
    return cassette_format.load(path)


def default_paths() -> list[Path]:
    """The suite's own directory if there is one, else the shipped cassettes."""
    own = Path(OWN_DIRECTORY)
    return [own] if own.is_dir() else [shipped_directory()]


@cache
def _shipped() -> dict[str, Path]:
    return {file.stem: file for file in _files(shipped_directory())}


def _files(directory: Path) -> list[Path]:
    return sorted(file for file in directory.glob("*") if file.suffix in _SUFFIXES)


def _inside(file: Path, directory: Path) -> Path:
    if file.is_symlink() and not file.resolve().is_relative_to(directory.resolve()):
        raise ValueError(f"{file} leads out of its directory: put the cassette itself there")
    return file


def _not_found(name: str, own_directory: Path) -> str:
    names = sorted({*_shipped(), *(file.stem for file in _files(own_directory))})
    closest = difflib.get_close_matches(name.lower(), names, n=1)
    hint = f"; did you mean {closest[0]!r}?" if closest else "."
    looked = f"{own_directory} and {shipped_directory()}"
    return f"no cassette {name!r} in {looked}{hint} There are: {', '.join(names)}"
