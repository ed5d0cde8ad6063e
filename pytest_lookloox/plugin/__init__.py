"""The pytest plugin: hooks and fixtures. Everything else is imported where it is first used."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any, cast

import pytest

if TYPE_CHECKING:
    from pytest_lookloox.faults.fault import Fault
    from pytest_lookloox.lookloox import LookLoox
    from pytest_lookloox.provider.models import App
    from pytest_lookloox.provider.user_info import UserInfo, UserInfoBuilder
    from pytest_lookloox.simulation import Simulation

_MARKERS = (
    "lookloox(**options): options of the provider, of several markers the closest wins: platform, "
    "base_url, app_id, app_secret, redirect_url, user, token_lifetime, approved, signed_in, "
    "error_status, allowed_hosts, tls, strict; `help(pytest_lookloox.LookLoox)` explains them.",
    "lookloox_expired_token(times=None): every access_token, or the first `times`, has expired.",
    "lookloox_reused_auth_key(times=None): every auth_key, or the first `times`, was spent before.",
    "lookloox_fault(*names, times=None): every attempt, or the first `times`, fails with these "
    "faults, which `lookloox faults` lists; with the fixture lookloox_fault: the faults to run.",
    "lookloox_cassette(name): answer from a recording, the suite's own or a shipped one.",
)
_MARKER_NAMES = frozenset(marker.partition("(")[0] for marker in _MARKERS)
_REPORT = "--lookloox-report"
_OF_A_SITE = (
    ("site", "URL", "the page of the site where a login begins"),
    ("signed_in", "TEXT", "what only signed-in visitors see on the page where a login ends"),
    ("account", "URL", "a page that only signed-in visitors may open"),
    ("start", "COMMAND", "start the site, and stop it at the end"),
    ("app_id", "ID", "the site's app; its secret is in the variable LOOKLOOX_APP_SECRET"),
    ("redirect_url", "URL", "the app's redirect URL (default: /callback at the site)"),
    ("port", "PORT", "where the site looks for Look Loox (default: 8765)"),
    ("platform", "NAME", "how servers behave: documented (default), current or, for a site, both"),
    ("patience", "SECONDS", "how long a visitor waits for an answer (default: 6)"),
)
_outcomes = pytest.StashKey[list[bool]]()  # of the test's body and each of its subtests
_simulation = pytest.StashKey["Simulation"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("lookloox_base_url", "the community that tests simulate", default="")
    parser.addini("lookloox_cassette_dir", "the suite's own cassettes", default="cassettes")
    parser.addini("lookloox_tls", "speak https to the site", type="bool", default=False)
    parser.getgroup("lookloox").addoption(
        _REPORT,
        nargs="?",
        const="",
        metavar="FILE.html",
        help="show what became of each fault in each test that ran with one, in the terminal or as "
        "a page; errors and expected failures count as failed",
    )
    group = parser.getgroup("lookloox-site", "pytest --pyargs pytest_lookloox.conformance")
    group.addoption("--lookloox-tls", action="store_true", help="speak https to the site")
    for name, value, text in _OF_A_SITE:
        group.addoption(f"--lookloox-{name.replace('_', '-')}", metavar=value, help=text)
        parser.addini(f"lookloox_{name}", text, default="")


def pytest_load_initial_conftests(args: list[str]) -> None:
    """Take what follows a bare `--lookloox-report` for tests, not for its file."""
    args[:] = [f"{_REPORT}=" if argument == _REPORT else argument for argument in args]


def pytest_configure(config: pytest.Config) -> None:
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)
    # A run that only collects must not replace an earlier report.
    if config.getoption("lookloox_report") is not None and not config.getoption("collectonly"):
        from pytest_lookloox.plugin.report import FaultReport

        config.pluginmanager.register(FaultReport(config))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test for each fault at each endpoint, and one for each odd user."""
    if "lookloox_fault" in metafunc.fixturenames:
        from pytest_lookloox.plugin.markers import parametrize_fault

        parametrize_fault(metafunc)
    if "lookloox_odd_user" in metafunc.fixturenames:
        from pytest_lookloox.provider.odd_users import ODD_USERS

        metafunc.parametrize("lookloox_odd_user", list(ODD_USERS), indirect=True)
    if _is_marked(metafunc.definition) and "lookloox_config" not in metafunc.fixturenames:
        from pytest_lookloox.plugin.markers import parametrize_config

        parametrize_config(metafunc)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a marker alone start the stubs: after wider fixtures, before the test's other ones."""
    for item in items:
        if not isinstance(item, pytest.Function) or _uses_server_only(item.fixturenames):
            continue
        if _is_marked(item):
            definitions, names = item._fixtureinfo.name2fixturedefs, item.fixturenames
            scopes = [definitions[name][-1].scope for name in names if name in definitions]
            first = len(scopes) - scopes.count("function")
            # A new list: the tests of one parametrised function share theirs.
            item.fixturenames = [*names[:first], "lookloox", *names[first:]]


def _is_marked(node: pytest.Item) -> bool:
    return not _MARKER_NAMES.isdisjoint(mark.name for mark in node.iter_markers())


def _uses_server_only(fixture_names: list[str]) -> bool:
    return "lookloox_server" in fixture_names and "lookloox" not in fixture_names


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse a misspelt marker, which would have no effect."""
    names = {mark.name for mark in item.iter_markers() if mark.name.startswith("lookloox")}
    if unknown := names - _MARKER_NAMES:
        from pytest_lookloox.plugin.markers import refuse_unknown_markers

        refuse_unknown_markers(item, unknown, _MARKER_NAMES)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Note that the body passed, again in each attempt: pytest-retry reports only the first."""
    item.stash[_outcomes] = []
    yield
    item.stash[_outcomes].append(True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note whether the test's subtests passed; explain what failed."""
    report = yield
    if call.when == "call":
        item.stash[_outcomes].append(report.passed)
    simulation = item.stash.get(_simulation, None)
    # Also for a misspelt fixture, such as looklox.
    if report.failed and call.excinfo and (simulation or "looklo" in call.excinfo.exconly()):
        from pytest_lookloox.plugin.sections import of_failure

        report.sections += of_failure(call.excinfo.value, simulation, globals())
    return report


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Show no secret of a call that is compared with another text."""
    return [f"'***' {op} '***'"] if "Secret" in f"{type(left)}{type(right)}" else None


@pytest.fixture
def lookloox_config() -> dict[str, Any]:
    """Options for the simulated Look Loox: override it in a conftest, module or class.

    Return a dict. Markers win over it; it wins over `lookloox_base_url` and other ini options.
    """
    return {}


@pytest.fixture
def _lookloox_simulation(
    request: pytest.FixtureRequest, lookloox_config: dict[str, Any]
) -> Iterator[Simulation]:
    """The simulation of this test, without a transport yet; checked at the end."""
    from pytest_lookloox.plugin.markers import simulation_of
    from pytest_lookloox.plugin.sections import in_one_line

    # With -p no:logging there is neither the fixture nor a captured log.
    captures_log = request.config.pluginmanager.has_plugin("logging-plugin")
    caplog = request.getfixturevalue("caplog") if captures_log else None
    over_server = _uses_server_only(request.fixturenames)
    with in_one_line():
        simulation = simulation_of(request, lookloox_config, over_server=over_server)
    request.node.stash[_simulation] = simulation
    yield simulation
    if caplog is not None:
        for record in [*caplog.get_records("setup"), *caplog.get_records("call")]:
            simulation.observer.observe_log(record)
    outcomes = request.node.stash.get(_outcomes, [])
    passed = bool(outcomes) and all(outcomes)
    with in_one_line():
        simulation.issue_warnings()
    if simulation.options.strict and passed and (problems := simulation.problems()):
        pytest.fail("\n".join(problems), pytrace=False)


@pytest.fixture
def lookloox(_lookloox_simulation: Simulation) -> Iterator[LookLoox]:
    """The simulated provider, for `requests` and httpx; `client.get(lookloox.approve())` logs in.

    The argument of `get` is your redirect URL with a fresh auth_key: the user said yes.
    """
    from pytest_lookloox.lookloox import view

    _lookloox_simulation.start_stubs()
    yield view(_lookloox_simulation)
    _lookloox_simulation.stop_stubs()


@pytest.fixture(scope="session")
def _lookloox_http_server() -> Iterator[Any]:
    """The server that all tests of a session share."""
    from pytest_lookloox.transports.server import Server

    with Server() as server:
        yield server


@pytest.fixture(scope="session")
def _lookloox_https_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The same for https."""
    from pytest_lookloox.transports.server import Server

    with Server(ca_file=tmp_path_factory.mktemp("lookloox") / "ca.pem") as server:
        yield server


@pytest.fixture
def lookloox_server(
    request: pytest.FixtureRequest, _lookloox_simulation: Simulation
) -> Iterator[LookLoox]:
    """The provider on a real port of this machine, at `.base_url`.

    For browsers and every HTTP client. With the option `tls=True` it speaks https, and clients
    have to trust `.ca_file`. Where HTTP_PROXY is set, clients need NO_PROXY=127.0.0.1.
    """
    from pytest_lookloox.lookloox import view

    scheme = "https" if _lookloox_simulation.options.tls else "http"
    server = request.getfixturevalue(f"_lookloox_{scheme}_server")
    with _lookloox_simulation.served_by(server):
        yield view(_lookloox_simulation, server.base_url, server.ca_file)


@pytest.fixture
def _lookloox_provider(
    request: pytest.FixtureRequest, _lookloox_simulation: Simulation
) -> LookLoox:
    """The provider as the test uses it: over the stubs, unless it names only the server."""
    name = "lookloox_server" if _uses_server_only(request.fixturenames) else "lookloox"
    return cast("LookLoox", request.getfixturevalue(name))


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
def lookloox_fault(request: pytest.FixtureRequest, _lookloox_provider: LookLoox) -> Fault:
    """Run the test once for every fault after which no one may be logged in.

    The value is a `Fault`, which has to take effect. The marker `lookloox_fault` narrows the list.
    """
    return cast("Fault", request.param[0])


@pytest.fixture
def lookloox_odd_user(request: pytest.FixtureRequest, _lookloox_provider: LookLoox) -> UserInfo:
    """Run the test once for every strange but legal profile, already signed in.

    The value is that user's `user_info`, a plain dict; `pytest_lookloox.ODD_USERS` has them all.
    """
    return _lookloox_provider.user
