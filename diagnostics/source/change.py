"""A change in the form of its owner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diagnostics.source.owner import Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChange:
    """What to write where."""

    owner: Owner
    text: str
    """Whole and valid in its form, so that `irsa lint` can check it."""
    file: str
    """A name that tells the form: `main.tf`, `template.yaml`, `values.yaml`; empty for a command."""

    @property
    def title(self) -> str:
        """For a heading: `Terraform, which owns this role`."""
        return f"{self.owner.tool} (owner: {self.owner.place})"
