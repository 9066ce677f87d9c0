"""IRSA104: the annotation names the wrong role."""

from __future__ import annotations

from diagnostics.checks.places import of_annotation
from diagnostics.evidence import ROLE_ARN, IamRole, ServiceAccount, Target, Unreadable
from diagnostics.explain.words import difference
from diagnostics.fix.annotation import annotate, by_hand, sole_trusting
from diagnostics.gather.facts import RoleInQuestion, RoleSource, TrustAnswer, TrustingRoles
from diagnostics.iam.decision import Outcome
from diagnostics.result import Finding
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
) -> Judgement:
    """The annotation names the wrong role.

    Why: The webhook injects the annotated role as it stands; a role that is missing or meant for another service
    account refuses this one.
    Source: Amazon EKS User Guide, "Assign IAM roles to Kubernetes service accounts".
    """
    if question is None or question.source is not RoleSource.ANNOTATION:
        return Skip("the annotation names no role that can be read")
    trusted = (
        isinstance(answer, TrustAnswer) and answer.decision.outcome is not Outcome.IMPLICIT_DENY
    )
    if role is not None and (trusted or answer is None):
        return Pass()
    if isinstance(answer, Unreadable) and role is not None:
        return Unknown(answer.why, answer.enable)
    if isinstance(trusting, Unreadable):
        return Unknown(trusting.why, trusting.enable)
    meant = sole_trusting(trusting)
    if meant is None or meant.arn == str(question.arn) or (role and role.arn == meant.arn):
        return Pass()
    parting = difference(str(question.arn), meant.arn)
    state = "does not exist" if role is None else "trusts others"
    return Finding(
        headline=f"The annotation names role {question.arn.name}, which {state}; "
        f"role {meant.name} trusts this service account.",
        place=of_annotation(target, account.namespace, account.name, ROLE_ARN),
        seen=str(question.arn),
        wanted=meant.arn,
        why="",
        next=f"Annotate the service account with {ROLE_ARN}={meant.arn}, then restart its pods.",
        note=f"Compared, {parting}." if parting else None,
        fixes=(annotate(target, account, after=meant.arn),),
        commands=(by_hand(account.namespace, account.name, meant.arn),),
    )
