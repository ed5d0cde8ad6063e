"""The plugin that `--lookloox-report` adds to a run: notes on the way, the report at the end."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from pytest_lookloox.report import page, table, travel
from pytest_lookloox.report.matrix import Matrix

_SUFFIXES = (".html", ".htm")


class FaultReport:
    """Collects what became of each fault, and tells it: in the terminal, or as a page in a file.

    In a worker of pytest-xdist it only packs the reports; they are collected by its controller.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._matrix = Matrix()
        file: str = config.getoption("lookloox_report")
        self._is_worker = hasattr(config, "workerinput")
        self._path = (config.invocation_params.dir / file).resolve() if file else None
        if self._path and not self._is_worker:
            _make_sure_of(self._path, file)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Where the test runs: let its faults travel with its report."""
        report = yield
        travel.pack(report, item)
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Where the reports arrive: collect them."""
        self._matrix.add(report)

    def pytest_sessionfinish(self) -> None:
        """Write the page, if one was asked for."""
        if self._path and not self._is_worker:
            self._path.write_text(
                page.render(self._matrix), encoding="utf-8", errors="backslashreplace"
            )

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> Generator[None, None, None]:
        """Write the table, or where the page is, below all that pytest itself has to tell."""
        yield
        if self._path:
            terminalreporter.write_sep("=", table.TITLE)
            table.write_summary(terminalreporter, self._matrix)
            terminalreporter.write_line(f"Report: {self._path}")
        else:
            table.write(terminalreporter, self._matrix)


def _make_sure_of(path: Path, file: str) -> None:
    """Make sure, before the first test, that the page can be written, and that it is one."""
    if path.suffix.lower() not in _SUFFIXES:
        raise pytest.UsageError(
            f"--lookloox-report={file}: the report is a page, so its name must end in .html"
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("a").close()
    except OSError as error:
        raise pytest.UsageError(f"--lookloox-report={file}: cannot write it: {error}") from None
