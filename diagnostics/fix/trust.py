"""Fixes to trust policies: what is compared, and what a person sees."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING

from diagnostics.iam import PolicyError, parse, unified_diff

if TYPE_CHECKING:
    from diagnostics.fix.plan import UpdateTrustPolicy


def diff(fix: UpdateTrustPolicy) -> str:
    """The change as a unified diff of the two policies."""
    try:
        return unified_diff(parse(fix.before), parse(fix.after))
    except PolicyError:
        lines = difflib.unified_diff(
            fix.before.splitlines(), fix.after.splitlines(), "present", "corrected", lineterm=""
        )
        return "\n".join(lines)


def same_policy(one: str, other: str) -> bool:
    """Whether two texts are one policy: IAM keeps the document, but not always its white space.

    Duplicate keys count; the order of keys and members does too, so a difference that has no meaning is
    refused rather than overlooked.
    """
    return one == other or _canonical(one) == _canonical(other)


def _canonical(text: str) -> str | None:
    try:
        return json.dumps(json.loads(text, object_pairs_hook=lambda pairs: pairs))
    except (ValueError, RecursionError):
        return text


__all__ = ["diff", "same_policy"]
