"""Plugins that run tests in their own way: again, many times, for a limited time, or at once."""

from __future__ import annotations

import pytest

from tests.conftest import Run

SUITE = """
import threading

import pytest

from pytest_lookloox import build_user_info
from tests.client import gets_in, log_in

SEEN = set()

@pytest.fixture(params=["lookloox", "lookloox_server"])
def provider(request):
    provider = request.getfixturevalue(request.param)
    assert provider.calls == []
    secrets = {provider.issue_auth_key(), provider.issue_access_token()}
    assert not secrets & SEEN
    SEEN.update(secrets)
    return provider

def log_in_own_user(provider):
    # At once, a newer auth_key of the same user would void the one before.
    user = build_user_info(user_id=str(threading.get_ident()))
    return log_in(provider, provider.approve(user)) == user

def test_login(provider):
    assert log_in_own_user(provider)

@pytest.mark.lookloox_fault("http_503", "unknown_app", "read_timeout")
def test_each_fault(lookloox, lookloox_fault):
    assert not gets_in(lookloox)

@pytest.mark.lookloox_expired_token
def test_fault(lookloox):
    with pytest.raises(KeyError, match="user_info"):
        log_in_own_user(lookloox)

@pytest.mark.lookloox_expired_token
def test_proves_nothing():
    pass
"""
FAILING = """
import pytest

from tests.client import log_in

ATTEMPTS = []

@pytest.fixture
def fail_first(request):
    ATTEMPTS.append(request.node.name)
    return lambda: pytest.fail() if ATTEMPTS.count(request.node.name) == 1 else None

def test_login(lookloox, fail_first):
    assert lookloox.calls == []
    assert log_in(lookloox) == lookloox.user
    fail_first()

@pytest.mark.lookloox_expired_token(times=1)
def test_fault(lookloox, fail_first):
    with pytest.raises(KeyError, match="user_info"):
        log_in(lookloox)
    fail_first()

@pytest.mark.lookloox_expired_token
def test_proves_nothing():
    pass
"""
HANGING = """
import threading

from tests.client import log_in

def test_hangs(lookloox_server):
    assert log_in(lookloox_server) == lookloox_server.user
    threading.Event().wait()
"""


@pytest.mark.parametrize(
    ("plugin", "arguments", "times"),
    [
        ("repeat", ["--count=3"], 3),
        ("repeat", ["--count=8", "-n2"], 8),
        ("run-parallel", ["--parallel-threads=4"], 1),
        ("timeout", ["--timeout=60", "--timeout-method=signal"], 1),
        ("timeout", ["--timeout=60", "--timeout-method=thread"], 1),
    ],
)
def test_each_run_has_a_provider(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    plugin: str,
    arguments: list[str],
    times: int,
) -> None:
    """Beside pytest-randomly, which shuffles the tests and seeds `random` before each."""
    # Of threads that start at once, CPython may stop one that installs coverage's trace function.
    monkeypatch.setattr("threading._trace_hook", None)
    workers = "-n2" in arguments
    result = run(SUITE, "-Werror", *arguments, plugins=[plugin], subprocess=workers)

    assert result.parseoutcomes() == {"passed": 9 * times, "errors": times}
    result.stdout.fnmatch_lines(["Using --randomly-seed=*", "*lookloox_expired_token never took*"])


@pytest.mark.parametrize(
    ("plugin", "argument", "outcomes"),
    [
        # It runs a test again that failed at its end, too, and counts both attempts.
        ("rerunfailures", "--reruns=1", {"passed": 4, "errors": 1, "rerun": 3}),
        ("pytest-retry", "--retries=1", {"passed": 3, "errors": 1, "retried": 2}),
    ],
)
def test_each_attempt_has_a_provider(
    run: Run, plugin: str, argument: str, outcomes: dict[str, int]
) -> None:
    result = run(FAILING, "-Werror", argument, plugins=[plugin])

    assert result.parseoutcomes() == outcomes
    result.stdout.fnmatch_lines(["*lookloox_expired_token never took effect*"])


def test_test_that_is_stopped_leaves_nothing_behind(run: Run) -> None:
    arguments = ["--timeout=0.5", "--timeout-method=signal", "-pno:randomly"]
    result = run(HANGING + SUITE, *arguments, plugins=["timeout"])

    assert result.parseoutcomes() == {"failed": 1, "passed": 9, "errors": 1}
    result.stdout.fnmatch_lines(["*Timeout*0.5s*", "GET /api/get_user_info → 200*"])


def test_stopping_all_waits_for_no_server(run: Run) -> None:
    arguments = ["--timeout=0.5", "--timeout-method=thread"]
    result = run(HANGING, *arguments, plugins=["timeout"], subprocess=True)

    assert result.ret == 1
    result.stdout.fnmatch_lines(["*+ Timeout +*"])
