"""The pytest plugin: hooks and fixtures, all thin; nothing heavy is imported before its use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import FunctionType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import logging

    from pytest_lookloox.app import App
    from pytest_lookloox.faults import Fault
    from pytest_lookloox.listeners import Listeners
    from pytest_lookloox.lookloox import LookLoox
    from pytest_lookloox.markers import CassetteMark
    from pytest_lookloox.user_info import UserInfo, UserInfoBuilder

_MARKERS = (
    "lookloox(**options): configure the simulated Look Loox of a test, class or module; the "
    "closest marker wins, option by option. Options: base_url, app_id, app_secret, "
    "redirect_url, user (a dict of user_info fields), token_lifetime (seconds, 3600), approved "
    "(True; False shows the consent page first), signed_in (True), error_status (200), "
    "allowed_hosts (real hosts that tests may reach), tls (False; True lets lookloox_server "
    "speak https), strict (True; False turns the teardown "
    "checks off).",
    "lookloox_expired_token(times=None): every access_token, or the first `times` of them, is "
    "past its hour when it is used.",
    "lookloox_reused_auth_key(times=None): every auth_key handed out, or the first `times` of "
    "them, has been spent before.",
    "lookloox_fault(*names, times=None): faults of the catalogue befall every attempt, or the "
    "first `times`. A name means each of the fault's endpoints, name@endpoint one of them; "
    "`python -m pytest_lookloox faults` lists them all. On a test with the fixture lookloox_fault "
    "the names are those that the fixture goes through.",
    "lookloox_cassette(name): answer from a recording, looked for in the directory of the ini "
    "option lookloox_cassette_dir, then among the shipped ones. An option that the recording "
    "decides, such as user, is refused on a marker lookloox as close to the test as this one; "
    "further out, and in lookloox_config, it is a default, and gives way.",
)

_MARKER_NAMES = frozenset(marker.partition("(")[0] for marker in _MARKERS)

_USES_OPTIONS = pytest.mark.usefixtures("lookloox_config")

_PARAMETRISED = ("lookloox_fault", "lookloox_odd_user")

_NO_HTTPS = (
    "tls_error needs https: a base_url with https://, and over lookloox_server "
    "@pytest.mark.lookloox(tls=True)"
)

_REPORT = "--lookloox-report"

_body_passed: dict[str, bool | None] = {}
"""Of the tests with a provider: whether the body passed, `None` before it ran."""


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
    """Keep `--lookloox-report` from taking the tests that stand behind it for its file."""
    args[:] = [f"{_REPORT}=" if argument == _REPORT else argument for argument in args]


def pytest_configure(config: pytest.Config) -> None:
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)
    # Who only collects the tests does not want a report of none, in the place of an earlier one.
    if config.getoption("lookloox_report") is not None and not config.getoption("collectonly"):
        from pytest_lookloox.report.hooks import FaultReport

        config.pluginmanager.register(FaultReport(config))


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, obj: object) -> None:
    """Let a marker alone use the options, which pytest has to know of if they are parametrised."""
    if _asks_for_options(collector.own_markers):
        collector.add_marker(_USES_OPTIONS)
    # Nothing else is looked into: a module's names may be proxies that have nothing behind them.
    if type(obj) is FunctionType and _asks_for_options(getattr(obj, "pytestmark", ())):
        _USES_OPTIONS(obj)


def _asks_for_options(marks: Iterable[pytest.Mark]) -> bool:
    """Whether a marker of the plugin is among these, and the fixture of options is not yet."""
    return _USES_OPTIONS.mark not in marks and any(mark.name in _MARKER_NAMES for mark in marks)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each fault at each endpoint, and one for each odd user."""
    if "lookloox_fault" in metafunc.fixturenames:
        from pytest_lookloox.markers import faults_to_go_through

        faults: list[Fault | None]
        try:
            faults = [*faults_to_go_through(metafunc.definition)]
        except pytest.UsageError:
            # Raised here it would keep the whole module from running; at its setup, this test.
            faults = [None]
        metafunc.parametrize(
            "lookloox_fault", faults, ids=lambda fault: str(fault or "wrong_marker"), indirect=True
        )
    if "lookloox_odd_user" in metafunc.fixturenames:
        from pytest_lookloox.odd_users import ODD_USERS

        metafunc.parametrize("lookloox_odd_user", list(ODD_USERS), indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a marker alone, or a parametrised fixture, pull the stubs in."""
    for item in items:
        if (
            isinstance(item, pytest.Function)
            and (_is_marked(item) or not set(_PARAMETRISED).isdisjoint(item.fixturenames))
            and not _only_server(item.fixturenames)
        ):
            # A new list: the tests of one parametrised function share theirs.
            names = list(item.fixturenames)
            names.insert(_end_of_wider_scopes(item), "lookloox")
            item.fixturenames = names


def _end_of_wider_scopes(item: pytest.Function) -> int:
    """Where the test's own fixtures begin: these may need the stubs, those of wider scope not."""
    definitions = item._fixtureinfo.name2fixturedefs
    for index, name in enumerate(item.fixturenames):
        if name in definitions and definitions[name][-1].scope == "function":
            return index
    return len(item.fixturenames)


def _only_server(fixture_names: list[str]) -> bool:
    return "lookloox_server" in fixture_names and "lookloox" not in fixture_names


def _is_marked(item: pytest.Item) -> bool:
    return any(mark.name in _MARKER_NAMES for mark in item.iter_markers())


def _records_of(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [*caplog.get_records("setup"), *caplog.get_records("call")]


def _fail_on_problems(provider: LookLoox) -> None:
    try:
        provider.check()
        return
    except AssertionError as error:
        problems = str(error)
    pytest.fail(problems, pytrace=False)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember whether a test's body passed: the teardown checks leave a failed one alone.

    Subtests report before their test does, and count as well.
    """
    if report.when == "call" and report.nodeid in _body_passed:
        _body_passed[report.nodeid] = _body_passed[report.nodeid] is not False and report.passed


@pytest.fixture
def lookloox_config() -> dict[str, Any]:
    """Options for the simulated Look Loox: override it in a conftest, module or class.

    Return a dict of the options that the marker `lookloox` takes; markers win over it, and it
    wins over the ini option `lookloox_base_url`.
    """
    return {}


def _speaks_https(request: pytest.FixtureRequest, provider: LookLoox) -> bool:
    """Whether clients ask the provider over https, at the door that the test uses."""
    if _only_server(request.fixturenames):
        return provider.tls
    return provider.base_url.startswith("https:")


def _parameter(item: pytest.Item, fixture: str) -> Any:
    """What a parametrised fixture stands for in this test, or `None` where it is not used."""
    if fixture not in getattr(item, "fixturenames", ()):
        return None
    if not hasattr(item, "callspec"):
        raise pytest.UsageError(
            f"{fixture} runs a test once for each case, and a test of unittest.TestCase runs only "
            "once: write it as a function"
        )
    return item.callspec.params[fixture]


@pytest.fixture
def _lookloox_provider(
    request: pytest.FixtureRequest, lookloox_config: dict[str, Any]
) -> Iterator[LookLoox]:
    """The provider of this test, behind no door yet: configured, and checked at the end."""
    from pytest_lookloox.lookloox import LookLoox
    from pytest_lookloox.markers import cassette_of, options_of, scenarios_of

    __tracebackhide__ = True
    # With -p no:logging there is neither the fixture nor a captured log.
    logging_is_captured = request.config.pluginmanager.has_plugin("logging-plugin")
    caplog = request.getfixturevalue("caplog") if logging_is_captured else None
    ini_base_url = request.config.getini("lookloox_base_url")
    options = options_of(request.node, lookloox_config, ini_base_url)
    cassette = cassette_of(request.node)
    provider = LookLoox(**options) if cassette is None else _replayed(request, cassette, options)
    # What the parametrised fixtures ask for is done here, before any other fixture is set up.
    fault, odd_user = (_parameter(request.node, name) for name in _PARAMETRISED)
    if odd_user is not None:
        from pytest_lookloox.odd_users import odd_users

        provider.sign_in(odd_users(provider.user)[odd_user])
    for scenario in scenarios_of(request.node, fault):
        if scenario.fault == "tls_error" and not _speaks_https(request, provider):
            if fault is None:
                raise pytest.UsageError(_NO_HTTPS)
            pytest.skip(_NO_HTTPS)
        provider.plan(scenario)
    _body_passed[request.node.nodeid] = None
    yield provider
    passed = _body_passed.pop(request.node.nodeid)
    provider.watch_log([] if caplog is None else _records_of(caplog))
    if provider.strict and passed:
        _fail_on_problems(provider)


def _replayed(
    request: pytest.FixtureRequest, cassette: CassetteMark, options: dict[str, Any]
) -> LookLoox:
    """The provider that answers from a recording."""
    for fixture in _PARAMETRISED:
        if fixture in request.fixturenames:
            raise pytest.UsageError(
                f"@pytest.mark.lookloox_cassette and the fixture {fixture} contradict each other: "
                "a recording answers as it was recorded; remove one"
            )
    from pytest_lookloox.cassette.library import find
    from pytest_lookloox.cassette.replayed import ReplayedLookLoox, refuse_fixed

    __tracebackhide__ = True
    directory = request.config.rootpath / request.config.getini("lookloox_cassette_dir")
    try:
        file = find(cassette.name, directory)
        refuse_fixed(cassette.options)
        return ReplayedLookLoox(file, options, required=cassette.required)
    except (OSError, TypeError, ValueError) as error:
        raise pytest.UsageError(f"@pytest.mark.lookloox_cassette: {error}") from None


@pytest.fixture
def lookloox(_lookloox_provider: LookLoox) -> Iterator[LookLoox]:
    """The simulated provider, stubbed for `requests`; `client.get(lookloox.approve())` logs in.

    The argument of `get` is your redirect URL with a fresh auth_key: the user said yes. Keys are
    spent, tokens age, users come and go; no request reaches the network.
    """
    _lookloox_provider.start()
    yield _lookloox_provider
    _lookloox_provider.stop()


@pytest.fixture(scope="session")
def _lookloox_listeners(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listeners]:
    """The servers of this session, which outlive a test."""
    from pytest_lookloox.listeners import Listeners

    listeners = Listeners(tmp_path_factory.mktemp("lookloox"))
    yield listeners
    listeners.close()


@pytest.fixture
def lookloox_server(
    _lookloox_provider: LookLoox, _lookloox_listeners: Listeners
) -> Iterator[LookLoox]:
    """The provider on a real port of this machine, at `.base_url`; needs `pytest-lookloox[server]`.

    For browsers and every HTTP client; nothing is stubbed. With the option `tls=True` it speaks
    https, and `.ca_file` is what clients have to trust. Where HTTP_PROXY is set, clients that heed
    it need NO_PROXY=127.0.0.1.
    """
    with _lookloox_listeners.serving(_lookloox_provider) as served:
        yield served


@pytest.fixture
def _lookloox_opened(request: pytest.FixtureRequest) -> LookLoox:
    """The provider behind the door that the test uses: the stubs, unless it names the server."""
    name = "lookloox_server" if _only_server(request.fixturenames) else "lookloox"
    opened: LookLoox = request.getfixturevalue(name)
    return opened


@pytest.fixture
def lookloox_app(_lookloox_opened: LookLoox) -> App:
    """The registered app: `.app_id`, `.app_secret`, `.redirect_url`, `.login_url`."""
    return _lookloox_opened.app


@pytest.fixture
def lookloox_user(_lookloox_opened: LookLoox) -> UserInfo:
    """The signed-in user's `user_info`: a plain dict of the 14 fields."""
    return _lookloox_opened.user


@pytest.fixture
def lookloox_user_info() -> UserInfoBuilder:
    """The builder `build_user_info`, with an id, name and e-mail of its own for every user."""
    from pytest_lookloox.user_info import UserInfoBuilder

    return UserInfoBuilder(first_id=2001)


@pytest.fixture
def lookloox_auth_key(_lookloox_opened: LookLoox) -> str:
    """A fresh, unspent auth_key of the signed-in user: 32 hex digits."""
    return _lookloox_opened.issue_auth_key()


@pytest.fixture
def lookloox_callback_url(_lookloox_opened: LookLoox, lookloox_auth_key: str) -> str:
    """The app's redirect URL with a fresh auth_key: the one of `lookloox_auth_key`."""
    return _lookloox_opened.callback_url(lookloox_auth_key)


@pytest.fixture
def lookloox_access_token(_lookloox_opened: LookLoox) -> str:
    """An access_token of the signed-in user in its first second: 32 hex digits."""
    return _lookloox_opened.issue_access_token()


@pytest.fixture
def lookloox_fault(request: pytest.FixtureRequest, _lookloox_provider: LookLoox) -> Fault:
    """Runs the test once for every fault after which nobody may be logged in.

    Each befalls one endpoint, at every attempt; a test in which it never took place fails. The
    value has `.name`, `.description` and `.advice`. The marker `lookloox_fault` narrows the list.
    """
    fault: Fault = request.param
    return fault


@pytest.fixture
def lookloox_odd_user(request: pytest.FixtureRequest, _lookloox_provider: LookLoox) -> UserInfo:
    """Runs the test once for every strange but legal profile, already signed in.

    The value is that user's `user_info`, a plain dict; `pytest_lookloox.ODD_USERS` has them all.
    """
    return _lookloox_provider.user
