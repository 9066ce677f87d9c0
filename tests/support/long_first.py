"""The order in which two workers take the files: long ones first, so that neither waits for the other at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]  # it ships no types

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

ON_ONE_STAGE: Final = tuple(
    f"tests/end_to_end/test_{name}.py" for name in ("main_job", "proof", "scenarios")
)
"""They share stages, each of which takes half a minute to stand: one worker takes them together."""
LONG: Final = (
    *ON_ONE_STAGE,
    "tests/world/test_on_a_real_api_server.py",
    "tests/end_to_end/test_newcomer.py",
    "tests/deploy/test_permissions.py",
    "tests/deploy/test_on_a_real_api_server.py",
    "tests/faults/test_load.py",
    "tests/sweep/test_together.py",
    "tests/sweep/test_in_slack.py",
    "tests/end_to_end/test_two_processes.py",
    "tests/sweep/test_page_in_browser.py",
    "tests/page/test_access.py",
    "tests/bot/test_crash_matrix.py",
)
"""Files by the time that they take, the longest first."""
_RANKS: Final = {file: 0 if file in ON_ONE_STAGE else rank for rank, file in enumerate(LONG)}


class LongFirst(LoadFileScheduling):  # type: ignore[misc]  # see above
    """Each file is one worker's, and so is what shares a stage. Needs `--no-loadscope-reorder`."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return ON_ONE_STAGE[0] if file in ON_ONE_STAGE else file


def ordered(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The items of long files first, otherwise as they were."""
    return sorted(items, key=lambda item: _RANKS.get(item.nodeid.partition("::")[0], len(LONG)))
