from __future__ import annotations

import pytest

from pytest_lookloox import LookLoox
from pytest_lookloox.faults.catalogue import find_fault
from pytest_lookloox.faults.injector import PlannedFault
from pytest_lookloox.provider.platforms import PLATFORMS

BOTH_PLATFORMS = pytest.mark.parametrize("platform", PLATFORMS)


@pytest.fixture
def platform() -> str:
    """The platform of a test, unless it is marked with `BOTH_PLATFORMS`."""
    return "documented"


@pytest.fixture
def lookloox_config(platform: str) -> dict[str, object]:
    return {"platform": platform}


@pytest.fixture(params=["lookloox", "lookloox_server"])
def provider(request: pytest.FixtureRequest, platform: str) -> LookLoox:
    """The provider of a platform behind the stubs, and the one on a real port."""
    provider: LookLoox = request.getfixturevalue(request.param)
    return provider


def plan(provider: LookLoox, name: str) -> PlannedFault:
    """Plan a fault that has to take effect."""
    planned = PlannedFault(find_fault(name), times=1, required=True)
    provider._simulation.injector.planned.append(planned)
    return planned
