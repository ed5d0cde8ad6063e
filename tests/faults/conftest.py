from __future__ import annotations

from pytest_lookloox import LookLoox
from pytest_lookloox.faults.catalogue import find_fault
from pytest_lookloox.faults.injector import PlannedFault
from tests.provider.conftest import BOTH_PLATFORMS, lookloox_config, platform, provider

__all__ = ["BOTH_PLATFORMS", "lookloox_config", "plan", "platform", "provider"]


def plan(provider: LookLoox, name: str) -> PlannedFault:
    """Plan a fault that has to take effect."""
    planned = PlannedFault(find_fault(name), times=1, required=True)
    provider._simulation.injector.planned.append(planned)
    return planned
