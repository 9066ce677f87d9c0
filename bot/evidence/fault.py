"""What is wrong with evidence, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.errors import UsageError
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from pydantic import ValidationError

_LONGEST = 200


class EvidenceError(UsageError):
    """A file can't be read as evidence; the message names the file, the document and the field."""


def of_field(where: str, error: ValidationError) -> EvidenceError:
    """Name the first field that is not what the command writes there."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "the document"
    return EvidenceError(f"{where}: {visible(field)[:_LONGEST]}: {first['msg'][:_LONGEST]}")
