"""What the first paste would otherwise wait for, done while the process starts."""

from __future__ import annotations

import gc

from diagnostics.checks.catalogue import catalogue
from diagnostics.gather.catalogue import probes
from diagnostics.recognize import recognize

_ERROR = (
    "WebIdentityErr: failed to retrieve credentials\ncaused by: AccessDenied: Not authorized to perform "
    "sts:AssumeRoleWithWebIdentity\n\tstatus code: 403, request id: 00000000-0000-0000-0000-000000000000"
)


def warm() -> None:
    """Import every check and probe, and read one error. Makes no call; blocks for a while."""
    catalogue()
    probes()
    recognize(_ERROR)  # its patterns are compiled as they are needed
    # What is there by now stays for good: no later collection needs to look at it.
    gc.collect()
    gc.freeze()
