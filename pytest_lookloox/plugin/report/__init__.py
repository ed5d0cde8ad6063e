"""The report of `--lookloox-report`: what became of each fault in each test, as table or page."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from pytest_lookloox.plugin.markers import planned_faults
from pytest_lookloox.plugin.report import page, terminal
from pytest_lookloox.plugin.report.matrix import NOTE, Matrix
from pytest_lookloox.provider.redaction import redact_url, shorten


class FaultReport:
    """The hooks that note each test's faults, also in workers of xdist, and write the report."""

    def __init__(self, config: pytest.Config) -> None:
        """Raise `pytest.UsageError`, before the first test, if the page cannot be written."""
        self._reports: list[pytest.TestReport] = []
        self._stopped = ""
        self._path: Path | None = None
        file: str = config.getoption("lookloox_report")
        if not file or hasattr(config, "workerinput"):
            return
        self._path = (config.invocation_params.dir / file).resolve()
        try:
            if self._path.suffix.lower() not in (".html", ".htm"):
                raise ValueError("the report is a page, so its name must end in .html")
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.open("a").close()
        except (OSError, ValueError) as error:
            raise pytest.UsageError(f"--lookloox-report={file}: {error}") from None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note a test's faults in its report, which pytest-xdist sends on."""
        report = yield
        if any("lookloox" in name for name in getattr(item, "fixturenames", ())):
            # The reason, too: the secrets in it are known here, and not in another process.
            setattr(report, NOTE, (*_test_and_faults(item), _reason(report)))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the reports of this process or of all workers."""
        self._reports.append(report)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Keep why the run was stopped: by the conformance suite, for example."""
        lines = (str(excinfo.value) or "It was interrupted.").splitlines()
        self._stopped = "\n".join(shorten(line, length=300) for line in lines)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the page, if there is to be one, about the website or else the project."""
        if self._path:
            config, site = session.config, "lookloox_site"
            url = config.getoption(site) or config.getini(site)
            about = redact_url(url) if url else config.rootpath.name
            text = page.render(Matrix(self._reports, self._stopped), about)
            self._path.write_text(text, encoding="utf-8", errors="backslashreplace")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> Generator[None, None, None]:
        """Write the table, or where the page is, below everything else."""
        yield
        matrix = Matrix(self._reports, self._stopped)
        writer = terminalreporter.config.get_terminal_writer()
        terminalreporter.write_sep("=", "Look Loox faults")
        if not self._path:
            for line in terminal.lines(matrix, writer.fullwidth, writer.markup):
                terminalreporter.write_line(line)
        terminalreporter.write_line(terminal.summary(matrix, writer.markup))
        if self._path:
            terminalreporter.write_line(f"Report: {self._path}")


def _test_and_faults(item: pytest.Item) -> tuple[str, list[str]]:
    """Return a test's node id without its fault, and the faults that it runs with.

    A marker counts if it is the test's own and its fault happens at one endpoint: of several, it
    is not known at which the test expects it.
    """
    name, callspec = item.name, getattr(item, "callspec", None)
    chosen = callspec.params.get("lookloox_fault") if callspec else None
    if callspec and chosen:
        any_fault = callspec.id.replace(str(chosen[0]), "*", 1)
        name = name.replace(f"[{callspec.id}]", f"[{any_fault}]")
    try:
        planned = planned_faults(item, chosen)
    except pytest.UsageError:  # the test itself fails with it
        planned = []
    faults = [each.fault for each in planned if each.required and len(each.fault.endpoints) == 1]
    # Not the item's own node id, to which pytest-xdist may add a group.
    return f"{item.listchain()[-2].nodeid}::{name}", list(map(str, faults))


def _reason(report: pytest.TestReport) -> str:
    """Return a test's message, redacted; of an exception, the first line; or `""` if it passed."""
    error: Any = report.longrepr
    crash = getattr(error, "reprcrash", None)
    is_message = crash and error.reprtraceback.style == "value"
    if isinstance(error, tuple):  # of a test that was skipped
        error = error[2].removeprefix("Skipped: ")
    # A fixture that does not exist has no traceback, and an unexpected success only a text.
    text = str((crash.message if crash else getattr(error, "errorstring", error)) or "")
    lines = text.removeprefix("Failed: ").splitlines()
    return "\n".join(
        shorten(line, length=300 if is_message else 120)
        for line in lines[: None if is_message else 1]
    )
