"""`lookloox faults`: the catalogue as a text, and as JSON."""

from __future__ import annotations

import json

import pytest

from pytest_lookloox.__main__ import main
from pytest_lookloox.faults.catalogue import FAULTS


def output_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["faults", *arguments]) == 0
    return capsys.readouterr().out


def test_every_fault_is_described_below_its_endpoints(capsys: pytest.CaptureFixture[str]) -> None:
    lines = output_of(capsys).splitlines()

    assert [line for line in lines if line.startswith("At ")] == [
        "At oauth:",
        "At authorize:",
        "At get_user_info:",
        "At authorize and get_user_info:",
    ]
    names = [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "]
    assert names == list(FAULTS)
    text = " ".join(" ".join(lines).split())
    for fault in FAULTS.values():
        description = f"{fault.description} A good client: {fault.advice}"
        assert f"{fault.name} ({fault.source}) {description}" in text


def test_end_says_how_to_ask_for_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    end = output_of(capsys).rpartition("\n\n")[2]

    for way in ("(lookloox_fault, ", "@pytest.mark.lookloox_fault(", "lookloox.inject_fault("):
        assert way in end
    assert "D documented, O observed, A assumed" in end


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    faults = json.loads(output_of(capsys, "--json"))

    assert [fault["name"] for fault in faults] == list(FAULTS)
    assert faults[0] == {
        "name": "missing_auth_key",
        "endpoints": ["oauth"],
        "description": "The redirect to the app comes without an auth_key.",
        "advice": "Ask Look Loox for nothing, and show the login link again.",
        "source": "A",
    }
