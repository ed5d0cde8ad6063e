"""Providers and other tools' mocks, opened and closed in any order; mocks among themselves nest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import pytest_httpx
import requests_mock
import respx
from hypothesis import example, given
from hypothesis import strategies as st
from responses import RequestsMock

from pytest_lookloox import LookLoox
from tests.client import log_in
from tests.compatibility.conftest import footprint
from tests.property.examples import examples


@contextmanager
def httpx_mock() -> Iterator[None]:
    """Open the fixture of pytest-httpx, of which a test has one."""
    fixture: Any = pytest_httpx.httpx_mock
    request = SimpleNamespace(node=SimpleNamespace(iter_markers=lambda _: []))
    with pytest.MonkeyPatch.context() as patch:
        if httpx.HTTPTransport.handle_request.__name__ == "handle_request":
            with contextmanager(fixture.__wrapped__)(patch, request):
                yield
        else:
            yield


MOCKS: dict[str, Callable[[], Any]] = {
    "responses": RequestsMock,
    "requests-mock": requests_mock.Mocker,
    "pytest-httpx": httpx_mock,
    "respx": lambda: respx.mock(assert_all_called=False),
}


def work(provider: LookLoox) -> None:
    """Use the provider, with both libraries."""
    assert log_in(provider) == provider.user
    answer = httpx.get(provider.app.login_url)
    assert answer.headers["Location"].startswith(provider.app.redirect_url)


@pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")
@examples(40)
@example(["provider", "provider", "close"], 1)  # which closes the first of the two
@given(st.lists(st.sampled_from(["provider", "close", *MOCKS]), max_size=12), st.integers())
def test_any_order(steps: list[str], seed: int) -> None:
    random = Random(seed)  # one of Hypothesis's may end an example before all is closed
    before = footprint()
    providers: list[LookLoox] = []
    mocks: list[Any] = []
    try:
        for step in steps:
            take(step, providers, mocks, random)
            if providers:
                work(providers[-1])
    finally:
        while providers or mocks:
            take("close", providers, mocks, random)

    assert footprint() == before


def take(step: str, providers: list[LookLoox], mocks: list[Any], random: Random) -> None:
    if step == "provider":
        providers.append(LookLoox())
        providers[-1].start()
    elif step != "close":
        mocks.append(MOCKS[step]())
        mocks[-1].__enter__()
    elif providers and (not mocks or random.random() < 0.5):
        providers.pop(random.randrange(len(providers))).stop()
    elif mocks:
        mocks.pop().__exit__(None, None, None)
