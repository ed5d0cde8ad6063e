"""The files of cassettes: in the suite's own directory, then among the shipped ones."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

import yaml

from pytest_lookloox.cassettes.cassette import Cassette, CassetteError, from_data, to_data

OWN_DIRECTORY = "cassettes"
_LARGEST_FILE = 5_000_000


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
    return sorted(directory.glob("*.y*ml"))


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


@cache
def load(file: Path) -> Cassette:
    """Return the cassette in this file, read once in a session, or raise `CassetteError`."""
    try:
        if file.stat().st_size > _LARGEST_FILE:
            raise CassetteError("", f"larger than {_LARGEST_FILE} bytes")
        # To read a named pipe may take for ever.
        if not file.is_file():
            raise CassetteError("", "not a regular file")
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        return replace(from_data(file.stem, data), file=str(file))
    except CassetteError as error:
        raise CassetteError(error.place, error.reason, file) from None
    except OSError as error:
        raise CassetteError("", str(error.strerror), file) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CassetteError("", f"not YAML: {' '.join(str(error).split())}", file) from None


def write(cassette: Cassette, directory: Path) -> Path:
    """Write the cassette, in ASCII, which reads the same in any encoding; return its file."""
    file = directory / f"{cassette.name}.yaml"
    text = yaml.safe_dump(to_data(cassette), sort_keys=False, width=100, explicit_end=True)
    file.write_text(text, encoding="ascii", newline="\n")
    return file
