"""What the first paste would otherwise wait for, done while the process starts."""

from __future__ import annotations

import gc

from diagnostics.checks.catalogue import catalogue
from diagnostics.gather.catalogue import probes


def warm() -> None:
    """Import every check and probe. Makes no call; blocks for a while."""
    catalogue()
    probes()
    # What is there by now stays for good: no later collection needs to look at it.
    gc.collect()
    gc.freeze()
