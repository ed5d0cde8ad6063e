"""The directive `catalogue`: tables that are written from the package when the pages are built.

```{catalogue} faults
```
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from pytest_lookloox.cassettes import library
from pytest_lookloox.faults.catalogue import FAULTS, VARIATIONS
from pytest_lookloox.lookloox import LookLoox
from pytest_lookloox.provider.facts import ENDPOINTS, EVERYWHERE, FACTS
from pytest_lookloox.provider.odd_users import ODD_USER_SOURCES, ODD_USERS
from pytest_lookloox.provider.platforms import PLATFORMS
from pytest_lookloox.provider.user_info import TYPICAL, build_user_info

_LONGEST_VALUE = 60
_OPTIONS = {
    "platform": "which of the [two platforms](fidelity.md#two-platforms) is simulated: "
    '`"documented"` or `"current"`',
    "base_url": "the community that is simulated: scheme and host",
    "app_id": "the id of the registered app",
    "app_secret": "its secret",
    "redirect_url": "its redirect URL, also called callback URL",
    "user": "fields of the signed-in user, as `build_user_info` takes them",
    "token_lifetime": "for how many seconds an access token works",
    "approved": "`False`: the user has not approved the app yet, and sees the consent page",
    "signed_in": "`False`: the visitor is not signed in to Look Loox, and sees the sign-in page",
    "error_status": "the HTTP status of JSON errors; some communities may answer 400 or 401",
    "allowed_hosts": 'real hosts that tests may reach, as `"host"` or `"host:port"`',
    "tls": "`True`: `lookloox_server` speaks https; needs `pytest-lookloox[tls]`",
    "strict": "`False`: turns the [checks at the end of a test](options.md#what-fails-a-test) off",
}


def faults() -> Iterator[str]:
    """Return a table of the faults for each set of endpoints."""
    for endpoints, group in groupby(FAULTS.values(), lambda fault: fault.endpoints):
        yield f"**At {' and '.join(f'`{name}`' for name in endpoints)}**\n"
        yield from _table(
            ("fault", "what happens", "a good client", "source"),
            ((f"`{fault.name}`", fault.description, fault.advice, fault.source) for fault in group),
        )
        yield ""


def variations() -> Iterator[str]:
    """Return a table of the variations."""
    rows = ((f"`{name}`", variation.description) for name, variation in VARIATIONS.items())
    return _table(("variation", "what the answer is like"), rows)


def odd_users() -> Iterator[str]:
    """Return a table of the odd users, each with the fields that make it odd."""
    ordinary = build_user_info()
    rows = []
    for name, user in ODD_USERS.items():
        identity = {"user_id", "user_name", "user_email"}
        odd = {
            field: value
            for field, value in user.items()
            if value != ordinary.get(field)
            and (field not in identity or not value or name == "renamed")
        }
        if name == "same_email":
            odd = {"user_email": user["user_email"]}
        fields = ", ".join(f"`{field}`: {_value(value)}" for field, value in odd.items())
        rows.append((f"`{name}`", fields, ODD_USER_SOURCES[name].value))
    return _table(("user", "what is odd", "source"), rows)


def facts() -> Iterator[str]:
    """Return a table of the facts for each endpoint."""
    for topic in (*ENDPOINTS, EVERYWHERE):
        yield f"**{f'`/api/{topic}`' if topic in ENDPOINTS else 'Everywhere'}**\n"
        rows = ((fact.case, fact.answer, fact.source) for fact in FACTS if fact.topic == topic)
        yield from _table(("case", "answer", "source"), rows)
        yield ""


def defaults() -> Iterator[str]:
    """Return a table of the options and their defaults."""
    lifetimes = (f"{platform.token_lifetime} if `{name}`" for name, platform in PLATFORMS.items())
    instead = {"user": "Amina Diallo, see below", "token_lifetime": ", ".join(lifetimes)}
    parameters = list(inspect.signature(LookLoox).parameters.values())
    rows = (
        (
            f"`{option.name}`",
            instead.get(option.name, f"`{option.default!r}`"),
            _OPTIONS[option.name],
        )
        for option in parameters
    )
    return _table(("option", "default", "meaning"), rows)


def fields() -> Iterator[str]:
    """Return a table of the fields of `user_info`."""
    rows = ((f"`{name}`", _value(value)) for name, value in TYPICAL.items())
    return _table(("field", "the default user's value"), rows)


def cassettes() -> Iterator[str]:
    """Return a table of the shipped recordings."""
    recordings = [library.load(file) for file in library.files_in(library.shipped_directory())]
    rows = (
        (
            f"`{cassette.name}`",
            ", ".join(f"`{one.path.rpartition('/')[2]}`" for one in cassette.interactions),
            cassette.head["recorded_from"],
            cassette.platform.name,
        )
        for cassette in recordings
    )
    return _table(("recording", "requests", "recorded from", "platform"), rows)


TABLES: dict[str, Callable[[], Iterator[str]]] = {
    table.__name__: table
    for table in (faults, variations, odd_users, facts, defaults, fields, cassettes)
}


class Catalogue(SphinxDirective):
    """Replace the directive by the table of that name."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Parse the table as a part of the page."""
        lines = "\n".join(TABLES[self.arguments[0]]()).splitlines()
        holder = nodes.Element()
        self.state.nested_parse(StringList(lines, self.arguments[0]), self.content_offset, holder)
        return holder.children


def show_empty_dict(*event: Any) -> tuple[str, str] | None:
    """Show the default of the option `user`, a dict of each provider's own, as what it is."""
    *_, signature, returned = event
    return (signature.replace("<factory>", " {}"), returned) if signature else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("catalogue", Catalogue)
    app.connect("autodoc-process-signature", show_empty_dict)
    return {"parallel_read_safe": True}


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for row in (head, ("---",) * len(head), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _value(value: object) -> str:
    text = "null" if value is None else f'"{value}"'
    if len(text) > _LONGEST_VALUE:
        text = f"{text[: _LONGEST_VALUE - 1]}…"
    ticks = "``" if "`" in text else "`"
    return f"{ticks}{text}{ticks}"
