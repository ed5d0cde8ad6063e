"""What to install where an optional library is missing."""

from __future__ import annotations


def missing(what: str, error: ModuleNotFoundError) -> str:
    """The one line that says which extra `what`, part of the server, needs."""
    return f"{what} needs an extra: pip install 'pytest-lookloox[server]' ({error})"
