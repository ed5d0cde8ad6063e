"""The report of `--lookloox-report`: what became of each fault in each test, as table or page."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from pytest_lookloox.plugin.markers import planned_faults
from pytest_lookloox.plugin.report import page, terminal
from pytest_lookloox.plugin.report.matrix import NOTE, Matrix


class FaultReport:
    """The hooks that note each test's faults, and write the report at the end.

    A worker of pytest-xdist only notes them; its controller writes the report.
    """

    def __init__(self, config: pytest.Config) -> None:
        """Raise `pytest.UsageError`, before the first test, if the page cannot be written."""
        self._matrix = Matrix()
        self._path: Path | None = None
        file: str = config.getoption("lookloox_report")
        if not file or hasattr(config, "workerinput"):
            return
        self._path = (config.invocation_params.dir / file).resolve()
        if self._path.suffix.lower() not in (".html", ".htm"):
            raise pytest.UsageError(
                f"--lookloox-report={file}: the report is a page, so its name must end in .html"
            )
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.open("a").close()
        except OSError as error:
            message = f"--lookloox-report={file}: cannot write it: {error}"
            raise pytest.UsageError(message) from None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note a test's faults in its report, which pytest-xdist sends on."""
        report = yield
        test, faults = _test_and_faults(item)
        if faults:
            setattr(report, NOTE, [test, *faults])
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect what became of the faults."""
        self._matrix.add(report)

    def pytest_sessionfinish(self) -> None:
        """Write the page, if there is to be one."""
        if self._path:
            text = page.render(self._matrix)
            self._path.write_text(text, encoding="utf-8", errors="backslashreplace")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> Generator[None, None, None]:
        """Write the table, or where the page is, below everything else."""
        yield
        writer = terminalreporter.config.get_terminal_writer()
        terminalreporter.write_sep("=", "Look Loox faults")
        if not self._path:
            for line in terminal.lines(self._matrix, writer.fullwidth, writer.markup):
                terminalreporter.write_line(line)
        terminalreporter.write_line(terminal.summary(self._matrix, writer.markup))
        if self._path:
            terminalreporter.write_line(f"Report: {self._path}")


def _test_and_faults(item: pytest.Item) -> tuple[str, list[str]]:
    """Return a test's node id without its fault, and the faults that it runs with.

    These are the fault of the fixture or else those of the test's own markers, but for a fault
    that happens at several endpoints: at which of them the test expects it is not known.
    """
    name = item.name
    callspec = getattr(item, "callspec", None)
    chosen = callspec and callspec.params.get("lookloox_fault")
    if callspec and chosen:
        faults = [str(chosen)]
        others = f"-{callspec.id}-".replace(f"-{chosen}-", "-", 1).strip("-")
        name = name.removesuffix(f"[{callspec.id}]") + (f"[{others}]" if others else "")
    else:
        try:
            own = [planned.fault for planned in planned_faults(item) if planned.required]
        except pytest.UsageError:  # the test itself fails with it
            own = []
        faults = [str(fault) for fault in own if len(fault.endpoints) == 1]
    # Not the item's own node id, to which pytest-xdist may add a group.
    return f"{item.listchain()[-2].nodeid}::{name}", faults
