from __future__ import annotations

import pytest

from pytest_lookloox import LookLoox


@pytest.fixture(params=["lookloox", "lookloox_server"])
def provider(request: pytest.FixtureRequest) -> LookLoox:
    """The provider behind the stubs, and the one on a real port."""
    provider: LookLoox = request.getfixturevalue(request.param)
    return provider
