"""`python -m pytest_lookloox`: choosing a command, and its exit codes."""

from __future__ import annotations

import io
import subprocess
import sys
from contextlib import redirect_stdout

import pytest

from pytest_lookloox.__main__ import main


def test_it_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "pytest_lookloox", "faults"]

    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    assert "http_503" in output


def test_output_may_be_any_stream() -> None:
    with redirect_stdout(io.StringIO()) as output:
        assert main(["faults"]) == 0

    assert "http_503" in output.getvalue()


def test_unencodable_characters_do_not_end_the_command() -> None:
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    with redirect_stdout(terminal):
        assert main(["faults"]) == 0
        print("é")
    terminal.flush()

    assert b"\\xe9" in terminal.buffer.getvalue()


@pytest.mark.parametrize(
    ("arguments", "message"), [([], "are required"), (["fault"], "invalid choice: 'fault'")]
)
def test_no_such_command(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as exited:
        main(arguments)

    assert exited.value.code == 2
    assert message in capsys.readouterr().err


def test_wrong_value_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--base-url", "lookloox.com", "--redirect-url", "http://localhost/callback"]

    assert main(["record", *options]) == 2

    told = capsys.readouterr().err
    assert told.startswith("python -m pytest_lookloox: base_url must begin with https://")
    assert told.count("\n") == 1
