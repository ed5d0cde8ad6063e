"""The three HTML pages of the browser's leg: sign-in, consent, error."""

from __future__ import annotations

from html import escape
from string import Template

from pytest_lookloox.app import App

_PAGE = Template(
    """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>$title</title></head>
<body>
<h1>$title</h1>
<p>$text</p>
</body>
</html>
"""
)


def _page(title: str, text: str) -> str:
    return _PAGE.substitute(title=escape(title), text=escape(text))


def sign_in_page() -> str:
    """What a visitor sees who is not signed in."""
    return _page("Sign in", "Sign in to go on with the login.")


def consent_page(app: App) -> str:
    """What a user sees the first time an app asks."""
    return _page("Log in With", f"{app.name} asks to read your profile.")


def error_page(message: str) -> str:
    """What a visitor sees when the login cannot go on."""
    return _page("Error", message)
