"""What holds for all tests of the plugin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests  # noqa: F401 - a run of pytester's would forget it, and half of what it imports

# By these, HTTP clients go by a proxy, or trust other certificates than they were told to.
_OF_THE_DEVELOPER = [
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
]


@pytest.fixture(scope="session", autouse=True)
def environment_of_nobody() -> Iterator[None]:
    """No test depends on how the developer's own machine reaches the network."""
    with pytest.MonkeyPatch.context() as environment:
        for variable in _OF_THE_DEVELOPER:
            environment.delenv(variable, raising=False)
        yield


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
