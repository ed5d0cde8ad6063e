"""What holds for all tests of the plugin."""

from __future__ import annotations

import pytest
import requests  # noqa: F401 - a run of pytester's would forget it, and half of what it imports


@pytest.fixture
def pytester(
    pytester: pytest.Pytester,
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
) -> pytest.Pytester:
    """Runs of its own leave the same plugins out as the suite does."""
    left_out = [option for option in pytestconfig.getini("addopts") if option.startswith("-pno:")]
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(left_out))
    return pytester
