"""A server under many clients, faults and forks: for a second, or a minute in the long run."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from pytest_lookloox import LookLoox, build_user_info
from pytest_lookloox.faults.catalogue import FAULTS, TLS_ERROR
from tests.client import log_in
from tests.property.examples import IS_LONG

CLIENTS = 16
SECONDS = 60 if IS_LONG else 1
NAMES = [name for name in FAULTS if name != TLS_ERROR]


def outcome(served: LookLoox, user_id: str) -> str:
    """Return what comes of a login: `"user"`, or why it failed."""
    callback_url = served.approve(build_user_info(user_id=user_id))
    try:
        profile = log_in(served, callback_url, timeout=0.5)
    except (requests.RequestException, KeyError, TypeError) as error:
        return type(error).__name__
    assert profile["user_id"] in (user_id, "")
    return "user" if profile["user_id"] else "empty"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.filterwarnings("ignore::pytest_lookloox.LookLooxClientWarning")
def test_each_client_gets_its_own_user_or_fails(caplog: pytest.LogCaptureFixture) -> None:
    chance = random.Random(7)
    end = time.monotonic() + SECONDS

    with LookLoox(strict=False).serve() as served, ThreadPoolExecutor(CLIENTS) as pool:

        def log_in_until_the_end(user_id: str) -> Counter[str]:
            outcomes: Counter[str] = Counter()
            while time.monotonic() < end:
                if chance.random() < 0.5:
                    served.inject_fault(chance.choice(NAMES), times=1)
                outcomes[outcome(served, user_id)] += 1
            return outcomes

        clients = pool.map(log_in_until_the_end, map(str, range(1, CLIENTS + 1)))
        while time.monotonic() < end:
            child = os.fork()
            if child == 0:
                os._exit(0)
            os.waitpid(child, 0)
        outcomes = sum(clients, Counter[str]())

        assert outcomes["user"] > 0
        assert outcomes.total() > outcomes["user"]
        # Those that were asked for last may still be due.
        served._simulation.injector.planned.clear()
        assert outcome(served, "1") == "user"
    assert caplog.messages == []
