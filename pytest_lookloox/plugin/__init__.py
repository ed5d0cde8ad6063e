"""The pytest plugin: hooks and fixtures. Everything else is imported where it is first used."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_lookloox.faults.fault import Fault
    from pytest_lookloox.lookloox import LookLoox
    from pytest_lookloox.provider.models import App
    from pytest_lookloox.provider.user_info import UserInfo, UserInfoBuilder
    from pytest_lookloox.simulation import Simulation

_MARKERS = (
    "lookloox(**options): configure the simulated Look Loox of a test, class or module; the "
    "closest marker wins, option by option. Options: base_url, app_id, app_secret, "
    "redirect_url, user (a dict of user_info fields), token_lifetime (seconds, 3600), approved "
    "(True; False shows the consent page first), signed_in (True), error_status (200), "
    "allowed_hosts (real hosts that tests may reach), tls (False; True lets lookloox_server "
    "speak https), strict (True; False turns the teardown checks off).",
    "lookloox_expired_token(times=None): every access_token, or the first `times` of them, is "
    "past its hour when it is used.",
    "lookloox_reused_auth_key(times=None): every auth_key, or the first `times` of them, has been "
    "spent before.",
    "lookloox_fault(*names, times=None): make every attempt, or the first `times`, fail with "
    "faults of the catalogue. A name means each of the fault's endpoints, name@endpoint one of "
    "them; `python -m pytest_lookloox faults` lists them all. On a test with the fixture "
    "lookloox_fault the names are those that the fixture goes through.",
    "lookloox_cassette(name): answer from a recording, looked for in the directory of the ini "
    "option lookloox_cassette_dir, then among the shipped ones. An option that the recording "
    "decides, such as user, is refused on a marker lookloox as close to the test as this one; "
    "further out, and in lookloox_config, it is a default, and gives way.",
)
_MARKER_NAMES = frozenset(marker.partition("(")[0] for marker in _MARKERS)
_PARAMETRISED = {"lookloox_fault", "lookloox_odd_user"}
_REPORT = "--lookloox-report"
_outcomes = pytest.StashKey[list[bool]]()
"""Whether a test's body passed, and each of its subtests; empty before it ran."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        "lookloox_base_url",
        help="the community that tests simulate, scheme and host (default: https://lookloox.com)",
        default="",
    )
    parser.addini(
        "lookloox_cassette_dir",
        help="the suite's own cassettes, relative to rootdir (default: cassettes)",
        default="cassettes",
    )
    parser.getgroup("lookloox").addoption(
        _REPORT,
        nargs="?",
        const="",
        metavar="FILE.html",
        help="end the run with a table of what became of each fault of the catalogue in each test, "
        "or write the same as a page to FILE.html. Tests count that use the fixture "
        "lookloox_fault, or have markers of their own for faults at one endpoint. Other "
        "parameters stay in a test's name. An error or an expected failure counts as failed, a "
        "skip as not run.",
    )


def pytest_load_initial_conftests(args: list[str]) -> None:
    """Take what follows a bare `--lookloox-report` for tests, not for its file."""
    args[:] = [f"{_REPORT}=" if argument == _REPORT else argument for argument in args]


def pytest_configure(config: pytest.Config) -> None:
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)
    # A run that only collects must not replace an earlier report by an empty one.
    if config.getoption("lookloox_report") is not None and not config.getoption("collectonly"):
        from pytest_lookloox.plugin.report import FaultReport

        config.pluginmanager.register(FaultReport(config))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test for each fault at each endpoint, and one for each odd user."""
    if "lookloox_fault" in metafunc.fixturenames:
        from pytest_lookloox.plugin.markers import faults_to_run

        faults: list[Fault | None]
        try:
            faults = [*faults_to_run(metafunc.definition)]
        except pytest.UsageError:
            # Raised here it would stop the whole module; at its set-up, only this test.
            faults = [None]
        metafunc.parametrize(
            "lookloox_fault", faults, ids=lambda fault: str(fault or "wrong_marker"), indirect=True
        )
    if "lookloox_odd_user" in metafunc.fixturenames:
        from pytest_lookloox.provider.odd_users import ODD_USERS

        metafunc.parametrize("lookloox_odd_user", list(ODD_USERS), indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a marker alone, or a parametrised fixture, start the stubs."""
    for item in items:
        if not isinstance(item, pytest.Function) or _uses_server_only(item.fixturenames):
            continue
        names = item.fixturenames
        is_marked = any(mark.name in _MARKER_NAMES for mark in item.iter_markers())
        if is_marked or not _PARAMETRISED.isdisjoint(names):
            first = _first_function_fixture(item)
            # A new list: the tests of one parametrised function share theirs.
            item.fixturenames = [*names[:first], "lookloox", *names[first:]]


def _first_function_fixture(item: pytest.Function) -> int:
    """Return where fixtures of function scope begin: these may need the stubs, wider ones not."""
    definitions = item._fixtureinfo.name2fixturedefs
    for index, name in enumerate(item.fixturenames):
        if name in definitions and definitions[name][-1].scope == "function":
            return index
    return len(item.fixturenames)


def _uses_server_only(fixture_names: list[str]) -> bool:
    return "lookloox_server" in fixture_names and "lookloox" not in fixture_names


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note whether the body passed: the teardown checks leave a failed one alone."""
    report = yield
    if call.when == "setup":  # again for each rerun
        item.stash[_outcomes] = []
    elif call.when == "call":
        item.stash[_outcomes].append(report.passed)
    return report


@pytest.fixture
def lookloox_config() -> dict[str, Any]:
    """Options for the simulated Look Loox: override it in a conftest, module or class.

    Return a dict of the options that the marker `lookloox` takes; markers win over it, and it
    wins over the ini option `lookloox_base_url`.
    """
    return {}


@pytest.fixture
def _lookloox_simulation(
    request: pytest.FixtureRequest, lookloox_config: dict[str, Any]
) -> Iterator[Simulation]:
    """The simulation of this test, without a transport yet; checked at the end."""
    from pytest_lookloox.checks.teardown import OPT_OUT
    from pytest_lookloox.plugin.setup import simulation_of

    __tracebackhide__ = True
    # With -p no:logging there is neither the fixture nor a captured log.
    logging_is_captured = request.config.pluginmanager.has_plugin("logging-plugin")
    caplog = request.getfixturevalue("caplog") if logging_is_captured else None
    over_server = _uses_server_only(request.fixturenames)
    simulation = simulation_of(request, lookloox_config, over_server=over_server)
    yield simulation
    __tracebackhide__ = False  # where all is hidden, pytest adds a line that says so
    if caplog is not None:
        for record in [*caplog.get_records("setup"), *caplog.get_records("call")]:
            simulation.observer.observe_log(record)
    simulation.observer.issue()
    outcomes = request.node.stash[_outcomes]
    passed = bool(outcomes) and all(outcomes)
    if simulation.options.strict and passed and (problems := simulation.problems()):
        pytest.fail("\n".join([*problems, OPT_OUT]), pytrace=False)


@pytest.fixture
def lookloox(_lookloox_simulation: Simulation) -> Iterator[LookLoox]:
    """The simulated provider, stubbed for `requests`; `client.get(lookloox.approve())` logs in.

    The argument of `get` is your redirect URL with a fresh auth_key: the user said yes. Keys are
    spent, tokens age, users come and go; no request reaches the network.
    """
    from pytest_lookloox.lookloox import view

    provider = view(_lookloox_simulation)
    provider.start()
    yield provider
    provider.stop()


@pytest.fixture(scope="session")
def _lookloox_http_server() -> Iterator[Any]:
    """The server that all tests of a session share, and no file of an authority."""
    from pytest_lookloox.transports.server import Server

    with Server() as server:
        yield server, None


@pytest.fixture(scope="session")
def _lookloox_https_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The same for https, and the file of the authority that its clients must trust."""
    from pytest_lookloox.transports.server import Server

    try:
        from pytest_lookloox.transports.tls import server_context
    except ModuleNotFoundError as error:
        needed = "lookloox_server with tls needs an extra: pip install 'pytest-lookloox[tls]'"
        raise pytest.fail.Exception(f"{needed} ({error})", pytrace=False) from None
    ca_file = tmp_path_factory.mktemp("lookloox") / "ca.pem"
    with Server(tls=server_context(ca_file)) as server:
        yield server, str(ca_file)


@pytest.fixture
def lookloox_server(
    request: pytest.FixtureRequest, _lookloox_simulation: Simulation
) -> Iterator[LookLoox]:
    """The provider on a real port of this machine, at `.base_url`.

    For browsers and every HTTP client; nothing is stubbed. With the option `tls=True` it speaks
    https, and clients have to trust `.ca_file`; that needs `pytest-lookloox[tls]`. Where HTTP_PROXY
    is set, clients that use it need NO_PROXY=127.0.0.1.
    """
    from pytest_lookloox.lookloox import view

    simulation = _lookloox_simulation
    scheme = "https" if simulation.options.tls else "http"
    server, ca_file = request.getfixturevalue(f"_lookloox_{scheme}_server")
    with server.serving(simulation.handle, simulation.injector.is_untrusted_certificate_due):
        yield view(simulation, server.base_url, ca_file)


@pytest.fixture
def _lookloox_provider(request: pytest.FixtureRequest) -> LookLoox:
    """The provider as the test uses it: over the stubs, unless it names only the server."""
    name = "lookloox_server" if _uses_server_only(request.fixturenames) else "lookloox"
    provider: LookLoox = request.getfixturevalue(name)
    return provider


@pytest.fixture
def lookloox_app(_lookloox_provider: LookLoox) -> App:
    """The registered app: `.app_id`, `.app_secret`, `.redirect_url`, `.login_url`."""
    return _lookloox_provider.app


@pytest.fixture
def lookloox_user(_lookloox_provider: LookLoox) -> UserInfo:
    """The signed-in user's `user_info`: a plain dict of the 14 fields."""
    return _lookloox_provider.user


@pytest.fixture
def lookloox_user_info() -> UserInfoBuilder:
    """The builder `build_user_info`, with an id, name and e-mail of its own for every user."""
    from pytest_lookloox.provider.user_info import UserInfoBuilder

    return UserInfoBuilder(first_id=2001)


@pytest.fixture
def lookloox_auth_key(_lookloox_provider: LookLoox) -> str:
    """A fresh, unspent auth_key of the signed-in user: 32 hex digits."""
    return _lookloox_provider.issue_auth_key()


@pytest.fixture
def lookloox_callback_url(_lookloox_provider: LookLoox, lookloox_auth_key: str) -> str:
    """The app's redirect URL with a fresh auth_key: the one of `lookloox_auth_key`."""
    return _lookloox_provider.callback_url(lookloox_auth_key)


@pytest.fixture
def lookloox_access_token(_lookloox_provider: LookLoox) -> str:
    """An access_token of the signed-in user in its first second: 32 hex digits."""
    return _lookloox_provider.issue_access_token()


@pytest.fixture
def lookloox_fault(request: pytest.FixtureRequest, _lookloox_simulation: Simulation) -> Fault:
    """Run the test once for every fault after which no one may be logged in.

    Each is applied at one endpoint, at every attempt; a test in which it never took effect fails.
    The value has `.name`, `.description` and `.advice`. The marker `lookloox_fault` narrows the
    list.
    """
    fault: Fault = request.param
    return fault


@pytest.fixture
def lookloox_odd_user(request: pytest.FixtureRequest, _lookloox_simulation: Simulation) -> UserInfo:
    """Run the test once for every strange but legal profile, already signed in.

    The value is that user's `user_info`, a plain dict; `pytest_lookloox.ODD_USERS` has them all.
    """
    return dict(_lookloox_simulation.user)
