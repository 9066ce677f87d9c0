"""A corrected trust policy, as it is shown and handed on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diagnostics.languages import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCorrection:
    """The corrected trust policy."""

    role_arn: str
    diff: str
    """Unified diff against the present policy."""
    policy_json: str
    """The whole corrected policy."""
    changes: tuple[Words, ...]
    """One sentence per change."""
    exceeds_quota: bool = False
    commands: tuple[tuple[str, str], ...] = ()
    """(tool, ready text): AWS CLI, Terraform, CloudFormation, eksctl."""
