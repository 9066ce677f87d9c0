"""IRSA110: a tool owns the service account and will revert a live change."""

from __future__ import annotations

from diagnostics.checks.places import of_account
from diagnostics.evidence import IamRole, ServiceAccount, Target, Unreadable
from diagnostics.evidence.derived import RoleInQuestion, TrustingRoles
from diagnostics.fix.annotation import role_to_annotate
from diagnostics.languages import say
from diagnostics.result import Finding, Severity
from diagnostics.source import account_change, owner_of_account
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA110", severity=Severity.RISK, after=("IRSA102",))
def owned_elsewhere(
    *,
    target: Target,
    account: ServiceAccount,
    question: RoleInQuestion | None,
    role: IamRole | Unreadable | None,
    trusting: TrustingRoles | Unreadable | None,
) -> Judgement:
    """A tool owns the service account and will revert a live change.

    Why: A change made here lasts until the tool applies its own state again.
    Source: nebari pull request 3213; eksctl issue 1645 (an update that wiped the annotation).
    """
    owner = owner_of_account(account)
    if owner is None:
        return Pass()
    arn = role_to_annotate(question, role, trusting) or account.role_arn
    change = account_change(account, arn) if arn else None
    return Finding(
        headline=say(
            "{tool} owns service account {account_name} and will put back what it knows",
            tool=owner.tool,
            account_name=account.name,
        ),
        place=of_account(target, account.namespace, account.name, "metadata"),
        seen=owner.evidence,
        wanted=say("the same change in {place}", place=owner.place),
        why="",
        next=say("Make the change in {place} as well.", place=owner.place),
        commands=(change.text,) if change else (),
    )
