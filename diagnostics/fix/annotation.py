"""Fixes to the service account's annotations: which role, which key, and the same by hand."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from diagnostics.arn import RoleArn
from diagnostics.evidence import ROLE_ARN, IamRole
from diagnostics.evidence.derived import RoleSource, TrustingRoles
from diagnostics.fix.plan import AnnotateServiceAccount
from diagnostics.languages import say

if TYPE_CHECKING:
    from diagnostics.evidence import ServiceAccount, Target, Unreadable
    from diagnostics.evidence.derived import RoleInQuestion

PLACEHOLDER = "arn:aws:iam::<ACCOUNT_ID>:role/<ROLE_NAME>"
UNNAMED = say("<the role's ARN>")


def role_to_annotate(
    question: RoleInQuestion | None,
    role: IamRole | Unreadable | None,
    trusting: TrustingRoles | Unreadable | None,
) -> str | None:
    """The ARN to write: that of a role which was read, so never one that only a text claims.

    The role that is named wins where it exists; else the only role that trusts exactly this subject.
    """
    if isinstance(role, IamRole) and RoleArn.parse(role.arn) and question is not None:
        return role.arn
    sole = sole_trusting(trusting)
    return sole.arn if sole else None


def sole_trusting(trusting: TrustingRoles | Unreadable | None) -> IamRole | None:
    """The one role that trusts exactly this subject, if it is one."""
    if not isinstance(trusting, TrustingRoles) or len(trusting.items) != 1:
        return None
    return trusting.items[0]


def annotate(
    target: Target, account: ServiceAccount, *, key: str = ROLE_ARN, after: str | None
) -> AnnotateServiceAccount:
    """Set, correct or remove one annotation, given what is there now."""
    return AnnotateServiceAccount(
        cluster=target.cluster,
        namespace=account.namespace,
        name=account.name,
        uid=account.uid,
        key=key,
        before=account.annotations.get(key),
        after=after,
    )


def by_hand(namespace: str, name: str, arn: str | None) -> str:
    """The kubectl command that sets the role annotation."""
    return (
        f"kubectl -n {quote(namespace)} annotate serviceaccount {quote(name)} "
        f"{quote(f'{ROLE_ARN}={arn or PLACEHOLDER}')} --overwrite"
    )


def origin(question: RoleInQuestion | None, role: IamRole | Unreadable | None) -> str:
    """Where the role to annotate was learnt: what the role is."""
    if isinstance(role, IamRole) and question is not None:
        return say("named by {source}", source=question.source.words)
    return RoleSource.TRUST.words
