"""The HTML pages of the browser's leg: plain functions, each of which returns a whole page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from importlib import resources
from string import Template
from typing import Any, NamedTuple

from pytest_lookloox.app import App
from pytest_lookloox.language import TEXTS, Texts
from pytest_lookloox.user_info import UserInfo, identity

SIGN_IN_PATH = "/sign-in"
CONSENT_PATH = "/consent"

_STYLE = resources.files("pytest_lookloox").joinpath("style.css").read_text(encoding="utf-8")
_TONES = 6
"""How many colours of avatars there are in the style sheet."""

_PAGE = Template(
    """\
<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>$title · Look Loox</title>
<style>
$style</style>
</head>
<body>
<header><p class="brand">Look Loox</p></header>
<main>
$content
</main>
<footer><p>$simulator</p></footer>
</body>
</html>
"""
)


def sign_in_page(users: Iterable[UserInfo], app_id: str, language: str = "en") -> str:
    """What a visitor sees who is not signed in: a button for each user, to go on as them."""
    texts = TEXTS[language]
    accounts = "\n".join(
        f'<li><button class="account" name="user_id" value="{_text(identity(user))}">'
        f"{_person(user, texts)}</button></li>"
        for user in users
    )
    content = f"""\
<h1>{_text(texts.sign_in)}</h1>
<p>{_text(texts.sign_in_lead)}</p>
<form method="post" action="{SIGN_IN_PATH}">
<input type="hidden" name="app_id" value="{_text(app_id)}">
<ul class="accounts" role="list">
{accounts}
</ul>
</form>"""
    nobody = f"<h1>{_text(texts.sign_in)}</h1>\n<p>{_text(texts.nobody)}</p>"
    return _page(language, _text(texts.sign_in), content if accounts else nobody)


def consent_page(app: App, user: UserInfo, language: str = "en") -> str:
    """What a user sees the first time an app asks: who asks, for what, and who they are."""
    texts = TEXTS[language]
    groups = "\n".join(
        f"<li><strong>{_text(group)}</strong> {_text(', '.join(fields.values()).capitalize())}</li>"
        for group, fields in texts.reads.items()
    )
    content = f"""\
<h1>{_of_app(texts.consent, app)}</h1>
<p>{_text(texts.consent_lead)}</p>
<section>
<h2>{_text(texts.signed_in_as)}</h2>
<p class="visitor">{_person(user, texts)}</p>
</section>
<section>
<h2>{_text(texts.will_read)}</h2>
<ul class="reads" role="list">
{groups}
</ul>
<p class="aside">{_text(texts.only_reads)}</p>
</section>
<form class="decision" method="post" action="{CONSENT_PATH}">
<input type="hidden" name="app_id" value="{_text(app.app_id)}">
<input type="hidden" name="user_id" value="{_text(identity(user))}">
<button class="approve" name="decision" value="approve">{_text(texts.approve)}</button>
<button class="refuse" name="decision" value="refuse">{_text(texts.refuse)}</button>
</form>"""
    title = _text(texts.consent).format(app=_text(_app_name(app)))
    return _page(language, title, content)


def refused_page(app: App, language: str = "en") -> str:
    """What a user sees who turned the app down: nothing was shared."""
    texts = TEXTS[language]
    content = f"<h1>{_text(texts.refused)}</h1>\n<p>{_of_app(texts.refused_lead, app)}</p>"
    return _page(language, _text(texts.refused), content)


def error_page(message: str, language: str = "en") -> str:
    """What a visitor sees when the login cannot go on; the API's message stays in English."""
    texts = TEXTS[language]
    content = f"""\
<h1>{_text(texts.error)}</h1>
<p>{_text(texts.error_lead)}</p>
<blockquote lang="en" dir="auto">{_text(message)}</blockquote>"""
    return _page(language, _text(texts.error), content)


def not_found_page(language: str = "en") -> str:
    """What a visitor sees at an address that does not exist."""
    texts = TEXTS[language]
    content = f"<h1>{_text(texts.not_found)}</h1>\n<p>{_text(texts.not_found_lead)}</p>"
    return _page(language, _text(texts.not_found), content)


def _page(language: str, title: str, content: str) -> str:
    return _PAGE.substitute(
        language=language,
        title=title,
        style=_STYLE,
        content=content,
        simulator=_text(TEXTS[language].simulator),
    )


def _text(text: str) -> str:
    """Safe between tags and in quoted attributes, and in UTF-8: a lone surrogate becomes `?`."""
    return escape(text).encode(errors="replace").decode()


def _of_app(text: str, app: App) -> str:
    """The text with the app's name, whose direction is its own."""
    return _text(text).format(app=f'<span class="name" dir="auto">{_text(_app_name(app))}</span>')


def _app_name(app: App) -> str:
    return _legible(app.name) or app.app_id


class _Labels(NamedTuple):
    """By what a person recognises an account: a name, and what tells namesakes apart."""

    name: str
    detail: str


def _labels(user: UserInfo, texts: Texts) -> _Labels:
    first, last, user_name, email, user_id = (
        _legible(user.get(field))
        for field in ("user_firstname", "user_lastname", "user_name", "user_email", "user_id")
    )
    name = f"{first} {last}".strip() or user_name or email or user_id or texts.nameless
    detail = next((text for text in (email, user_name, user_id) if text not in ("", name)), "")
    return _Labels(name, detail)


def _person(user: UserInfo, texts: Texts) -> str:
    """An account as a button or a line shows it; screen readers are spared the initials."""
    labels = _labels(user, texts)
    tone = sum(map(ord, identity(user))) % _TONES
    shown = "\n".join(
        f'<span class="{kind}" dir="auto">{_text(label)}</span>'
        for kind, label in zip(labels._fields, labels, strict=True)
        if label
    )
    return f"""\
<span class="avatar tone-{tone}" aria-hidden="true">{_text(_initials(labels.name))}</span>
<span class="labels">
{shown}
</span>"""


def _initials(name: str) -> str:
    """One letter or two, between which an invisible character keeps Arabic ones from joining."""
    words = re.split(r"[\s._-]+", name.partition("@")[0])
    letters = [letter[0] for word in words if (letter := re.search(r"[^\W_]", word))]
    return "\u200c".join([*letters[:1], *letters[1:][-1:]]).upper()


def _legible(value: Any) -> str:
    """A field's text, or nothing where a reader would see nothing."""
    text = "" if value is None else str(value).strip()
    return text if any(char.isprintable() and not char.isspace() for char in text) else ""
