"""Times in AWS's answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from botocore.utils import parse_timestamp

_SECONDS = len("2026-01-01T00:00:00Z")


def timestamp(value: Any) -> datetime:
    """Read a time as botocore does, the usual ISO 8601 form in a twentieth of its time: a list has thousands.

    Raises:
        ValueError: It is no time.
    """
    if isinstance(value, str) and len(value) >= _SECONDS:
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            read = None
        if read is not None and read.tzinfo is not None:
            return read
    found: datetime = parse_timestamp(value)
    return found
