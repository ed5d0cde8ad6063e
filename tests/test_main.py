"""`lookloox` and `python -m pytest_lookloox`: choosing a command, and its exit codes."""

from __future__ import annotations

import io
import subprocess
import sys
from contextlib import redirect_stdout
from importlib.metadata import entry_points, version

import pytest

from pytest_lookloox.__main__ import main


def test_it_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "pytest_lookloox", "--version"]

    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    assert output == f"{version('pytest-lookloox')}\n"


def test_it_is_installed_as_a_script() -> None:
    (script,) = entry_points(group="console_scripts", name="lookloox")

    assert script.load() is main


def test_characters_that_an_output_cannot_show_do_not_end_the_command() -> None:
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    for output in (terminal, io.StringIO()):
        with redirect_stdout(output):
            assert main(["faults"]) == 0
    terminal.flush()

    assert b"def test_login_fails(lookloox_fault, lookloox): \\u2026" in terminal.buffer.getvalue()


def test_command_is_required(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([])

    assert "are required" in capsys.readouterr().err


def test_unknown_argument_is_told_with_the_usage_of_the_command_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["faults", "--jsn", "x"])

    usage, error = capsys.readouterr().err.splitlines()
    assert usage.endswith(" faults [-h] [--json]")
    assert error.endswith(" faults: error: unrecognized arguments: --jsn x")


@pytest.mark.parametrize(
    ("called_as", "name"),
    [
        ("/site-packages/pytest_lookloox/__main__.py", "python -m pytest_lookloox"),
        ("/venv/bin/lookloox", "lookloox"),
        ("lookloox.exe", "lookloox"),
    ],
)
def test_wrong_value_is_told_in_one_line_under_the_name_of_the_call(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, called_as: str, name: str
) -> None:
    monkeypatch.setattr(sys, "argv", [called_as])

    assert main(["serve", "--port", "70000"]) == 2

    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{name}: cannot listen on port 70000 of 127.0.0.1: ")
