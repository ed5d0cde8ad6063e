"""Where cassettes are: in the suite's own directory, then among the shipped ones."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pytest_lookloox.cassettes.cassette import Cassette, CassetteError, dump, parse

OWN_DIRECTORY = "cassettes"
_SUFFIXES = (".yaml", ".yml")


@cache
def shipped_directory() -> Path:
    """Return the directory of this project's cassettes: in the wheel, or in the checkout."""
    package = Path(__file__).parent.parent
    installed = package / "shipped_cassettes"
    return installed if installed.is_dir() else package.parent / OWN_DIRECTORY


def find_cassette(name: object, own_directory: Path) -> Path:
    """Return the file of a cassette; raises `ValueError` for a name that no file has."""
    files = [*files_in(own_directory), *files_in(shipped_directory())]
    for file in files:
        if file.stem == name:
            return file
    names = sorted({file.stem for file in files})
    closest = difflib.get_close_matches(str(name), names, n=1)
    hint = f"; did you mean {closest[0]!r}?" if closest else "."
    raise ValueError(
        f"no cassette {name!r} in {own_directory} and {shipped_directory()}{hint} "
        f"There are: {', '.join(names)}"
    )


def files_in(directory: Path) -> list[Path]:
    """Return the cassettes of a directory."""
    return sorted(file for file in directory.glob("*") if file.suffix in _SUFFIXES)


def cassettes_at(paths: Iterable[Path]) -> list[Path]:
    """Return the files among the paths, and the cassettes in the directories among them.

    Without paths, the suite's own directory is meant if there is one, else the shipped cassettes.
    Raises `ValueError` for a directory without any.
    """
    own = Path(OWN_DIRECTORY)
    files: list[Path] = []
    for path in list(paths) or [own if own.is_dir() else shipped_directory()]:
        found = files_in(path) if path.is_dir() else [path]
        if not found:
            raise ValueError(f"{path} contains no cassette, a file *.yaml")
        files += found
    return files


def load(file: Path) -> Cassette:
    """Return the cassette in this file; raises `CassetteError` for whatever is wrong with it.

    A file is parsed once for all tests of a session, as long as it does not change.
    """
    try:
        status = file.stat()
        return _parse(file, status.st_mtime_ns, status.st_size)
    except OSError as error:
        raise CassetteError("", str(error.strerror), file) from None


@cache
def _parse(file: Path, *_version: int) -> Cassette:
    return parse(file)


def check_writable(directory: Path, names: Iterable[str]) -> None:
    """Raise `OSError` if this directory cannot be made, or contains a cassette of these names."""
    directory.mkdir(parents=True, exist_ok=True)
    for file in files_in(directory):
        if file.stem in names:
            raise FileExistsError(
                f"{file} exists already; to replace it, add --overwrite, or remove it"
            )


def write(cassettes: Iterable[Cassette], directory: Path) -> list[Path]:
    """Write the cassettes, once each of them could be dumped; return the files."""
    directory.mkdir(parents=True, exist_ok=True)
    texts = {directory / f"{each.name}{_SUFFIXES[0]}": dump(each) for each in cassettes}
    for file, text in texts.items():
        file.write_text(text, encoding="ascii", newline="\n")
    return list(texts)
