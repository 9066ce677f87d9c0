"""Who owns a role or a service account, and the change in the form that its owner takes.

A live change lasts until the owner applies its own state again, so the lasting fix belongs to the source.
"""

from __future__ import annotations

from diagnostics.source.account import account_change, owner_of_account, owner_of_object
from diagnostics.source.change import SourceChange
from diagnostics.source.owner import Owner, Tool
from diagnostics.source.role import owner_of_role, role_change

__all__ = [
    "Owner",
    "SourceChange",
    "Tool",
    "account_change",
    "owner_of_account",
    "owner_of_object",
    "owner_of_role",
    "role_change",
]
