"""IRSA401: the role does not exist."""

from __future__ import annotations

from shlex import quote

from diagnostics.evidence import IamRole
from diagnostics.gather.facts import RoleInQuestion, TrustingRoles
from diagnostics.languages import say
from diagnostics.result import Finding, Place
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA401")
def role_missing(
    *, question: RoleInQuestion, role: IamRole | None, trusting: TrustingRoles | None
) -> Judgement:
    """The role does not exist.

    Why: STS most likely answers AccessDenied for a role that does not exist, as for one that does not trust the pod,
    so the message does not say which.
    Source: STS API reference, AssumeRoleWithWebIdentity; IAM API reference, GetRole (NoSuchEntity).
    """
    if role is not None:
        return Pass()
    others = tuple(r.arn for r in trusting.items) if trusting else ()
    return Finding(
        headline=say(
            "Role {role_name} does not exist in account {account}",
            role_name=question.arn.name,
            account=question.arn.account,
        ),
        place=Place(where=f"account {question.arn.account}", object=str(question.arn)),
        seen="NoSuchEntity",
        wanted=say("a role named {role_name}", role_name=question.arn.name),
        why="",
        next=say(
            "Create the role with a trust policy for this service account, or name the role that "
            "was meant in the annotation."
        ),
        note=say(
            "Roles that do trust this service account: {others}.", others=", ".join(others[:3])
        )
        if others
        else say("The ARN comes from {source}.", source=question.source.words),
        commands=(f"aws iam get-role --role-name {quote(question.arn.name)}",),
    )
