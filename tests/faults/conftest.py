"""What fault tests say at the end: one line per fault that was tried, with its latencies."""

import pytest

from tests.faults.trial import HEADINGS, Trial

_tried: list[Trial] = []


def keep_for_summary(trial: Trial) -> None:
    _tried.append(trial)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _tried:
        return
    rows = [HEADINGS, *(trial.row() for trial in _tried)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    terminalreporter.section("scans under faults")
    for row in rows:
        terminalreporter.write_line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
