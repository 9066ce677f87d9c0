"""The trust policy language: read, decide, explain, correct. Pure: no network, clock or environment.

Sources of the rules: IAM User Guide, "IAM JSON policy reference" and "Policy evaluation logic"; modules name theirs.
"""

from __future__ import annotations

from diagnostics.iam.decide import decide, outcome
from diagnostics.iam.decision import Decision, Mismatch, Outcome, Reason
from diagnostics.iam.draft import Change
from diagnostics.iam.narrow import narrow
from diagnostics.iam.parse import from_document, parse
from diagnostics.iam.policy import TrustPolicy
from diagnostics.iam.print_diff import unified_diff
from diagnostics.iam.problem import PolicyError, Problem
from diagnostics.iam.ready import ready_texts
from diagnostics.iam.repair import Repair, repair
from diagnostics.iam.request import ASSUME_ROLE_WITH_WEB_IDENTITY, WebIdentityRequest
from diagnostics.iam.saving import refusals

__all__ = [
    "ASSUME_ROLE_WITH_WEB_IDENTITY",
    "Change",
    "Decision",
    "Mismatch",
    "Outcome",
    "PolicyError",
    "Problem",
    "Reason",
    "Repair",
    "TrustPolicy",
    "WebIdentityRequest",
    "decide",
    "from_document",
    "narrow",
    "outcome",
    "parse",
    "ready_texts",
    "refusals",
    "repair",
    "unified_diff",
]
