"""Cassettes for tests: the shipped ones, changed, and others made by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pytest_lookloox import App
from pytest_lookloox.cassettes.cassette import Cassette, Interaction
from pytest_lookloox.cassettes.library import load, shipped_directory

SHIPPED = sorted(shipped_directory().glob("*.yaml"))
LOGIN = shipped_directory() / "login.yaml"
KEY = f"{'a' * 24}00000001"
TOKEN = f"{'b' * 24}00000001"
BASE_URL = "https://community.example"
REDIRECT_URL = "https://app.example/back"


def changed(name: str, old: str, new: str) -> str:
    """Return the text of a shipped cassette, in which the last `old` is replaced."""
    head, found, tail = (shipped_directory() / f"{name}.yaml").read_text("utf-8").rpartition(old)
    assert found
    return f"{head}{new}{tail}"


def write_changed(directory: Path, name: str, old: str, new: str) -> Path:
    """Write a changed copy of a shipped cassette."""
    file = directory / "copy.yaml"
    file.write_text(changed(name, old, new), encoding="utf-8")
    return file


def interaction(path: str = "/api/authorize", body: str = "[]", **fields: Any) -> Interaction:
    """Return an interaction, with the `params` of its query."""
    params = fields.pop("params", {})
    query = f"?{urlencode(params)}" if params else ""
    given = {"method": "GET", "status": 200, "headers": {}, "content_type": "text/html", **fields}
    return Interaction(url=f"{BASE_URL}{path}{query}", body=body, **given)


def cassette(*interactions: Interaction, user: dict[str, Any] | None = None) -> Cassette:
    """Return a cassette with real values instead of placeholders."""
    app = App("31337", "my app's secret", REDIRECT_URL, "Recorded App", BASE_URL)
    return replace(load(LOGIN), app=app, user=user or {}, interactions=interactions)
