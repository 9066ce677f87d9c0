"""Fixes to trust policies: what is compared, and what a person sees."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING

from diagnostics.arn import RoleArn
from diagnostics.errors import NotInFleet
from diagnostics.fix.plan import UpdateTrustPolicy
from diagnostics.iam import PolicyError, parse, unified_diff
from diagnostics.languages import say
from diagnostics.source import owner_of_role

if TYPE_CHECKING:
    from diagnostics.evidence import IamRole, Target
    from diagnostics.fix.correction import PolicyCorrection
    from diagnostics.fleet import Fleet


def trust_fix(
    target: Target, role: IamRole, correction: PolicyCorrection | None, fleet: Fleet
) -> UpdateTrustPolicy | None:
    """The correction as a fix, in an account that allows it.

    Never for a policy above the quota, which IAM would refuse, and never for the roles that the bot itself
    works with: whoever is let into those could do what the bot does.
    """
    arn = RoleArn.parse(role.arn)
    if correction is None or correction.exceeds_quota or arn is None:
        return None
    try:
        account = fleet.account(arn.account)
    except NotInFleet:
        return None
    if account.fix_role is None or not account.allow_trust_policy_fix:
        return None
    if role.arn in own_roles(fleet):
        return None
    owner = owner_of_role(role.tags or {})
    return UpdateTrustPolicy(
        cluster=target.cluster,
        namespace=target.namespace,
        account=account.id,
        role_arn=role.arn,
        before=role.trust_text,
        after=correction.policy_json,
        source=None
        if owner is None
        else say("{tool} owns the role: change {place} too", tool=owner.tool, place=owner.place),
    )


def own_roles(fleet: Fleet) -> frozenset[str]:
    """The ARNs of the roles that the bot works with."""
    named = [
        role for a in fleet.accounts for role in (a.read_role, a.fix_role, a.proof_role) if role
    ]
    return frozenset((*named, *((fleet.hub.role,) if fleet.hub else ())))


def diff(fix: UpdateTrustPolicy) -> str:
    """The change as a unified diff of the two policies."""
    return "\n".join(_lines(fix.before, fix.after))


def _lines(before: str, after: str) -> list[str]:
    try:
        return unified_diff(parse(before), parse(after)).splitlines()
    except PolicyError:
        return list(
            difflib.unified_diff(
                before.splitlines(), after.splitlines(), "present", "corrected", lineterm=""
            )
        )


def parted(before: str, after: str) -> tuple[str, str]:
    """What only the one and what only the other policy says, each on one line."""
    gone, come = [], []
    for line in _lines(before, after):
        if line[:1] == "-" and not line.startswith("---"):
            gone.append(line[1:].strip().rstrip(","))
        elif line[:1] == "+" and not line.startswith("+++"):
            come.append(line[1:].strip().rstrip(","))
    return ", ".join(gone) or "(nothing)", ", ".join(come) or "(nothing)"


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


__all__ = ["diff", "own_roles", "parted", "same_policy", "trust_fix"]
