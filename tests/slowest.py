"""What a run of many files says at its end: where its time went."""

from collections import Counter
from time import monotonic

import pytest

SHOWN = 10
_MANY = 20  # files; of fewer the slowest tests, which pytest prints, say enough
_spent: Counter[str] = Counter()
_begun = monotonic()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up the seconds of a file, setting up and tearing down included."""
    _spent[report.nodeid.partition("::")[0]] += report.duration  # type: ignore[assignment]  # seconds, not counts


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the whole, and the files that took longest in the process they ran in."""
    if len(_spent) < _MANY:
        return
    terminalreporter.section(f"{SHOWN} slowest of {len(_spent)} files")
    for name, seconds in _spent.most_common(SHOWN):
        terminalreporter.write_line(f"{seconds:7.1f} s  {name}")
    whole = monotonic() - _begun
    terminalreporter.write_line(f"{whole:7.1f} s  in all; {sum(_spent.values()):.0f} s of tests")
