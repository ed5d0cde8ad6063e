"""From what was on the wire to what may be committed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from pytest_lookloox.app import App
from pytest_lookloox.cassette.model import ADVANCE, Cassette, Exchange, Step
from pytest_lookloox.cassette.placeholders import Scrubber


def scrubbed(cassettes: Iterable[Cassette], base_url: str | None = None) -> list[Cassette]:
    """The cassettes with placeholders; the same value has the same one in all of them.

    `base_url` is the address that they shall show instead of the one they were recorded at.
    """
    originals = list(cassettes)
    scrubber = Scrubber()
    # Twice: by the second time every value is known, so that no message names one.
    for _ in range(2):
        result = [_scrubbed(cassette, scrubber, base_url) for cassette in originals]
    return result


def _scrubbed(cassette: Cassette, scrubber: Scrubber, base_url: str | None) -> Cassette:
    shown = cassette.base_url if base_url is None else base_url
    app = cassette.app
    return dataclasses.replace(
        cassette,
        base_url=shown,
        app=App(
            scrubber.value("app_id", app.app_id),
            scrubber.value("app_secret", app.app_secret),
            scrubber.value("redirect_url", app.redirect_url),
            app.name,
            shown,
        ),
        user={
            scrubber.name(name): scrubber.value(name, value)
            for name, value in cassette.user.items()
        },
        exchanges=tuple(
            _scrubbed_exchange(exchange, cassette, scrubber, shown)
            for exchange in cassette.exchanges
        ),
    )


def _scrubbed_exchange(
    exchange: Exchange, cassette: Cassette, scrubber: Scrubber, base_url: str
) -> Exchange:
    return dataclasses.replace(
        exchange,
        before=tuple(_scrubbed_step(step, scrubber) for step in exchange.before),
        url=scrubber.url(exchange.url, cassette.base_url, base_url),
        headers=tuple(
            scrubber.header(name, value, cassette.app.redirect_url)
            for name, value in exchange.headers
        ),
        body=scrubber.body(exchange.body),
    )


def _scrubbed_step(step: Step, scrubber: Scrubber) -> Step:
    if step.action == ADVANCE:
        return step
    return Step(step.action, scrubber.value(step.subject, step.value))
