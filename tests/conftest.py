"""What holds for all tests: in CI, a skipped test is a failed one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support.long_first import LongFirst, ordered

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
"""Reference data beside the project; what reads it skips, in words, where it is absent."""

GATE = os.environ.get("IRSA_TESTS_MAY_SKIP") == "no"
"""Whether a landing is judged."""

# A law holds however long one example takes; pytest's own timeout bounds the test. A landing is
# judged by the same examples each time; every other run looks for new ones.
settings.register_profile(
    "irsa",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=GATE,
)
settings.load_profile("irsa")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LongFirst | None:
    return LongFirst(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = ordered(items)  # after pytest has put those together that share a fixture


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome = yield
    report: pytest.TestReport = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and GATE:
        report.outcome = "failed"
        report.longrepr = (
            f"{item.nodeid} was skipped, and nothing may be skipped here: {report.longrepr}"
        )
