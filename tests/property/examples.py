"""How long the tests here take: with `HYPOTHESIS_PROFILE=long`, fifty times as long."""

from __future__ import annotations

import os

from hypothesis import settings

IS_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"


def examples(number: int) -> settings:
    """Return settings for so many examples, of which each may take its time."""
    return settings(max_examples=number * (50 if IS_LONG else 1), deadline=None)
