"""IRSA104: the annotation names the wrong role."""

from __future__ import annotations

from diagnostics.checks.places import of_annotation
from diagnostics.evidence import ROLE_ARN, IamRole, ServiceAccount, Target, Unreadable
from diagnostics.evidence.derived import (
    BoundRole,
    RoleInQuestion,
    RoleSource,
    TrustAnswer,
    TrustingRoles,
)
from diagnostics.fix.annotation import annotate, by_hand, sole_trusting
from diagnostics.iam.decision import Outcome
from diagnostics.languages import joined, say, sentence
from diagnostics.result import Finding
from diagnostics.text.difference import difference
from diagnostics.wiring import Judgement, Pass, Skip, Unknown, check


@check("IRSA104", after=("IRSA103",))
def annotation_wrong_role(
    *,
    target: Target,
    account: ServiceAccount,
    question: RoleInQuestion | None,
    role: IamRole | None,
    answer: TrustAnswer | Unreadable | None,
    trusting: TrustingRoles | Unreadable | None,
    bound: BoundRole | None,
) -> Judgement:
    """The annotation names the wrong role.

    Why: The webhook injects the annotated role as it stands; a role that is missing or meant for another service
    account refuses this one.
    Source: Amazon EKS User Guide, "Assign IAM roles to Kubernetes service accounts".
    """
    if question is None or question.source is not RoleSource.ANNOTATION:
        return Skip(say("the annotation names no role that can be read"))
    if bound is not None and bound.arn != question.arn:
        headline = say(
            "Service account {name} names role {annotated}, but the fleet file says {bound}",
            name=account.name,
            annotated=question.arn.name,
            bound=bound.arn.name,
        )
        why = say("The pods get the annotated role, and the fleet file states another one.")
        return _finding(target, account, str(bound.arn), headline, why=why)
    refused = isinstance(answer, TrustAnswer) and answer.decision.outcome is Outcome.IMPLICIT_DENY
    unread = next(
        (f for f in (answer, trusting) if isinstance(f, Unreadable) and role is not None), None
    )
    if unread is not None:
        return Unknown(unread.why, unread.enable)
    meant = sole_trusting(trusting) if role is None or refused else None
    if meant is None or meant.arn in (str(question.arn), role.arn if role else None):
        return Pass()
    named = question.arn.name
    headline = (
        say(
            "Service account {name} is annotated with role {role}, which does not exist",
            name=account.name,
            role=named,
        )
        if role is None
        else say(
            "Service account {name} is annotated with role {role}, which does not trust it",
            name=account.name,
            role=named,
        )
    )
    return _finding(
        target,
        account,
        meant.arn,
        headline,
        say("Role {role} trusts this service account", role=meant.name),
    )


def _finding(
    target: Target,
    account: ServiceAccount,
    meant: str,
    headline: str,
    ground: str | None = None,
    *,
    why: str = "",
) -> Finding:
    seen = account.role_arn or ""
    parting = difference(seen, meant)
    return Finding(
        headline=headline,
        place=of_annotation(target, account.namespace, account.name, ROLE_ARN),
        seen=seen,
        wanted=meant,
        why=why,
        next=say(
            "Annotate the service account with {role_arn}={meant}, then restart its pods.",
            role_arn=ROLE_ARN,
            meant=meant,
        ),
        note=sentence(joined((said for said in (ground, parting) if said), "; ")),
        fixes=(annotate(target, account, after=meant),),
        commands=(by_hand(account.namespace, account.name, meant),),
    )
