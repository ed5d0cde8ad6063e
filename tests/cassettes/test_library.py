"""Where cassettes are found, read from and written to."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_lookloox.cassettes import library
from tests.cassettes.record_shipped import SCENARIOS, record_shipped
from tests.cassettes.samples import LOGIN, SHIPPED, cassette, interaction


def test_own_cassette_comes_first(tmp_path: Path) -> None:
    assert library.find_cassette("login", tmp_path) == LOGIN
    own = tmp_path / "login.yml"
    own.touch()
    assert library.find_cassette("login", tmp_path) == own


@pytest.mark.parametrize("name", ["xyz", 1, None, "login.yaml", "logni"])
def test_unknown_name(tmp_path: Path, name: object) -> None:
    (tmp_path / "mine.yaml").touch()
    with pytest.raises(ValueError, match="no cassette") as caught:
        library.find_cassette(name, tmp_path)

    text = str(caught.value)
    assert text.startswith(f"no cassette {name!r} in {tmp_path} and {LOGIN.parent}")
    assert (" did you mean 'login'? There are: " in text) == (name in ("logni", "login.yaml"))
    assert ", login, login_again, mine, missing_parameters, " in text


def test_shipped_cassettes_of_an_installed_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package"
    monkeypatch.setattr(library, "__file__", str(package / "cassettes" / "library.py"))
    assert library.shipped_directory() == tmp_path / "cassettes"
    (package / "shipped_cassettes").mkdir(parents=True)
    assert library.shipped_directory() == package / "shipped_cassettes"


def test_file_is_read_once() -> None:
    assert library.load(LOGIN) is library.load(LOGIN)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    written = cassette(interaction(body="\ufeff\u0085 \r\n é"))
    assert library.load(library.write(written, tmp_path)) == written


def test_shipped_cassettes_are_what_is_recorded_today(tmp_path: Path) -> None:
    record_shipped(tmp_path)

    recorded = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    by_hand = "documented_sample"
    assert recorded == {f.name: f.read_bytes() for f in SHIPPED if f.stem != by_hand}
    assert {Path(name).stem for name in recorded} == {*SCENARIOS}
