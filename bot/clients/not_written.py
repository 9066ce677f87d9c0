"""What a failed read or call means for what was to be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.errors import OutcomeUnknown, ReadDenied, WriteDenied, WriteError
from diagnostics.languages import say

if TYPE_CHECKING:
    from diagnostics.errors import ReadError


def not_written(error: ReadError) -> WriteError:
    """The request did not leave, or was refused: nothing was written."""
    kind = WriteDenied if isinstance(error, ReadDenied) else WriteError
    return kind(say("nothing was written: {why}; {enable}", why=error.why, enable=error.enable))


def perhaps_written(error: ReadError) -> OutcomeUnknown:
    """The request left, and no answer tells what became of it."""
    return OutcomeUnknown(say("it may have been written: {why}", why=error.why))
