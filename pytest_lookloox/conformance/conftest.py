"""The fixtures of the conformance suite: the site, the provider at its port, and visitors."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urljoin

import pytest

from pytest_lookloox.conformance.site import Site, option, running, site_from
from pytest_lookloox.conformance.visitor import Visitor, why_no_login
from pytest_lookloox.lookloox import view
from pytest_lookloox.options import resolve
from pytest_lookloox.provider.models import DEFAULT_APP
from pytest_lookloox.provider.platforms import DOCUMENTED, PLATFORMS
from pytest_lookloox.simulation import Simulation
from pytest_lookloox.transports.server import Server

if TYPE_CHECKING:
    from pytest_lookloox.lookloox import LookLoox

_BOTH = "both"
_DEFAULT_PORT = "8765"
_CA_FILE = "lookloox-ca.pem"
_SITE_LOG = "lookloox-site.log"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test once for every platform, if both are asked for."""
    platforms = _platforms(metafunc.config)
    if len(platforms) > 1:
        metafunc.parametrize("lookloox_config", platforms, indirect=True)


def pytest_configure(config: pytest.Config) -> None:
    """List at the end why cases were skipped: the owner may be able to change it."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter and not reporter.hasopt("skipped"):
        reporter.reportchars += "s"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Say which option the cases need that are only possible over https."""
    if hasattr(config, "workerinput"):
        del items[1:]  # a worker of pytest-xdist: one case is enough to tell that it cannot work
    for item in items:
        if "tls_error" in item.name and not option(config, "tls"):
            item.add_marker(pytest.mark.skip(reason="certificates are shown with --lookloox-tls"))


def _platforms(config: pytest.Config) -> list[str]:
    asked = option(config, "platform") or DOCUMENTED.name
    return list(PLATFORMS) if asked == _BOTH else [asked]


@pytest.fixture
def lookloox_config(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Options of the provider: the app as the site is configured for it."""
    platform = getattr(request, "param", None) or _platforms(request.config)[0]
    return _provider_options(request.config, platform)


def _provider_options(config: pytest.Config, platform: str) -> dict[str, Any]:
    redirect_url = option(config, "redirect_url")
    return {
        "platform": platform,
        "app_id": option(config, "app_id") or DEFAULT_APP.app_id,
        "app_secret": os.environ.get("LOOKLOOX_APP_SECRET") or DEFAULT_APP.app_secret,
        "redirect_url": redirect_url or urljoin(option(config, "site"), "/callback"),
        "tls": bool(option(config, "tls")),
    }


@pytest.fixture(scope="session")
def _lookloox_http_server(pytestconfig: pytest.Config) -> Iterator[Any]:
    with _server(pytestconfig) as server:
        yield server


@pytest.fixture(scope="session")
def _lookloox_https_server(pytestconfig: pytest.Config) -> Iterator[Any]:
    with _server(pytestconfig, pytestconfig.invocation_params.dir / _CA_FILE) as server:
        yield server


def _server(config: pytest.Config, ca_file: Path | None = None) -> Server:
    port = option(config, "port") or _DEFAULT_PORT
    if not port.isdecimal():
        _refuse(f"--lookloox-port: {port!r} is not a number")
    try:
        return Server(port=int(port), ca_file=ca_file)
    except (ModuleNotFoundError, ValueError) as error:
        _refuse(f"--lookloox-tls: {error}")
    except OSError as error:
        _refuse(f"--lookloox-port: {error}")


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """The site, running and able to do the good login; the run ends if it is not."""
    config = request.config
    if hasattr(config, "workerinput"):
        # A worker of pytest-xdist. To end the run there would look like a crash.
        pytest.fail("the site knows one port, for one process: run without -n", pytrace=False)
    platforms = _platforms(config)
    if not {*PLATFORMS}.issuperset(platforms):
        _refuse(f"--lookloox-platform must be {', '.join(PLATFORMS)} or {_BOTH}")
    try:
        site = site_from(config)
        settings = [resolve(_provider_options(config, platform)) for platform in platforms]
    except (TypeError, ValueError) as error:
        _refuse(str(error))
    scheme = "https" if settings[0].tls else "http"
    server = request.getfixturevalue(f"_lookloox_{scheme}_server")
    with ExitStack() as stack:
        if command := option(config, "start"):
            environment = {
                "LOOKLOOX_BASE_URL": server.base_url,
                "LOOKLOOX_APP_ID": settings[0].app_id,
                "LOOKLOOX_APP_SECRET": settings[0].app_secret,
                "LOOKLOOX_CA_FILE": server.ca_file or "",
            }
            try:
                log = config.invocation_params.dir / _SITE_LOG
                stack.enter_context(running(command, site.login_url, environment, log))
            except (OSError, ValueError) as error:
                _refuse(f"--lookloox-start={command!r}: {error}")
        for each in settings:
            simulation = Simulation(each)
            with server.serving(simulation.handle):
                provider = view(simulation, server.base_url, server.ca_file)
                if reason := why_no_login(site, provider):
                    site.no_login[each.platform] = f"Platform {each.platform}: {reason}"
        if len(site.no_login) == len(settings):
            reasons = "\n".join(site.no_login.values())
            pytest.exit(reasons, returncode=pytest.ExitCode.TESTS_FAILED)
        yield site


def _refuse(message: str) -> NoReturn:
    pytest.exit(message, returncode=pytest.ExitCode.USAGE_ERROR)


@pytest.fixture
def new_visitor(
    request: pytest.FixtureRequest, site: Site, lookloox_server: LookLoox
) -> Callable[[], Visitor]:
    """A function that returns a visitor who has never been at the site."""
    if reason := site.no_login.get(request.getfixturevalue("lookloox_config")["platform"]):
        if request.node.originalname == "test_good_login":
            pytest.fail(reason, pytrace=False)
        pytest.skip("the good login does not work on this platform")
    return partial(Visitor, site, lookloox_server)


@pytest.fixture
def visitor(new_visitor: Callable[[], Visitor]) -> Visitor:
    """A visitor who has never been at the site."""
    return new_visitor()
