"""What fault tests say at the end: one line per fault that was tried, with its latencies."""

import pytest

from tests.faults.trial import HEADINGS, TRIAL


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The rows come with the reports, because the tests may have run in other processes."""
    reports = [each for kind in ("passed", "failed") for each in terminalreporter.stats.get(kind, [])]
    tried = [row for report in reports for name, row in report.user_properties if name == TRIAL]
    if not tried:
        return
    rows = [HEADINGS, *sorted(tried)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    terminalreporter.section("scans under faults")
    for row in rows:
        terminalreporter.write_line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
