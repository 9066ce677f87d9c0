"""Findings as CSV, one a row."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from bot.harmless import harmless

if TYPE_CHECKING:
    from bot.sweep.document import Found, SweepDocument

_COLUMNS: Final = (
    "code",
    "severity",
    "title",
    "account",
    "account_name",
    "cluster",
    "namespace",
    "service_account",
    "role_arn",
    "headline",
    "seen",
    "expected",
    "fix",
    "new",
    "first_seen",
    "key",
)


def csv_of(document: SweepDocument) -> str:
    """Write the table."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for finding in document.findings:
        writer.writerow([_cell(finding, column) for column in _COLUMNS])
    return out.getvalue()


def _cell(finding: Found, column: str) -> str:
    value = getattr(finding, column)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value.isoformat() if column == "first_seen" else str(value)
    return harmless(text)
