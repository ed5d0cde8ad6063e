"""Every test of this suite runs against both behaviours of the API."""

from __future__ import annotations

import pytest

from pytest_lookloox import Options


@pytest.fixture(params=["documented", "current"])
def lookloox_config(request: pytest.FixtureRequest) -> Options:
    return {"platform": request.param}
