"""The files of cassettes: in the suite's own directory, then among the shipped ones."""

from __future__ import annotations

import difflib
from functools import cache
from pathlib import Path

import yaml

from pytest_lookloox.cassettes.cassette import Cassette, from_data, to_data

OWN_DIRECTORY = "cassettes"
_LARGEST_FILE = 5_000_000


def shipped_directory() -> Path:
    """Return the directory of this project's cassettes: in the wheel, or in the checkout."""
    package = Path(__file__).parent.parent
    installed = package / "shipped_cassettes"
    return installed if installed.is_dir() else package.parent / OWN_DIRECTORY


def find_cassette(name: object, own_directory: Path) -> Path:
    """Return the file of a cassette; raises `ValueError` for a name that no file has."""
    both = (*files_in(shipped_directory()), *files_in(own_directory))
    files = {file.stem: file for file in both}
    if str(name) in files:
        return files[str(name)]
    closest = difflib.get_close_matches(str(name), files, n=1)
    hint = f"; did you mean {closest[0]!r}?" if closest else "."
    raise ValueError(
        f"no cassette {name!r} in {own_directory} and {shipped_directory()}{hint} "
        f"There are: {', '.join(sorted(files))}"
    )


def files_in(directory: Path) -> list[Path]:
    """Return the cassettes of a directory."""
    return sorted(directory.glob("*.y*ml"))


@cache
def load(file: Path) -> Cassette:
    """Return the cassette in this file, read once in a session, or raise `ValueError`."""
    try:
        # To read a named pipe may take for ever.
        if not file.is_file():
            raise ValueError("there is no such file")
        if file.stat().st_size > _LARGEST_FILE:
            raise ValueError(f"larger than {_LARGEST_FILE} bytes")
        return from_data(file, yaml.safe_load(file.read_bytes()))
    except (OSError, yaml.YAMLError, ValueError) as error:
        raise ValueError(f"{file}: not a cassette: {' '.join(str(error).split())}") from None


def write(cassette: Cassette, directory: Path) -> Path:
    """Write the cassette, in ASCII, which reads the same in any encoding; return its file."""
    file = directory / f"{cassette.name}.yaml"
    text = yaml.safe_dump(to_data(cassette), sort_keys=False, width=100, explicit_end=True)
    file.write_text(text, encoding="ascii", newline="\n")
    return file
