"""Two policies side by side, as a unified diff."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diagnostics.iam.policy import TrustPolicy


def unified_diff(before: TrustPolicy, after: TrustPolicy) -> str:
    """The change as a unified diff of the JSON, both indented by two; "" where nothing differs."""
    lines = difflib.unified_diff(
        before.printed().splitlines(),
        after.printed().splitlines(),
        fromfile="trust policy now",
        tofile="trust policy corrected",
        lineterm="",
    )
    return "\n".join(lines)
