"""IRSA107: the annotation drops or invents the role's path."""

from __future__ import annotations

from diagnostics.checks.places import of_annotation
from diagnostics.evidence import ROLE_ARN, IamRole, ServiceAccount, Target
from diagnostics.evidence.derived import RoleInQuestion, RoleSource
from diagnostics.fix.annotation import annotate, by_hand
from diagnostics.languages import say, sentence
from diagnostics.result import Finding
from diagnostics.text.difference import difference
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA107", after=("IRSA103",))
def role_path(
    *, target: Target, account: ServiceAccount, question: RoleInQuestion, role: IamRole
) -> Judgement:
    """The annotation drops or invents the role's path.

    Why: STS looks the role up by its whole ARN, path included, and most likely answers AccessDenied for any other.
    Source: IAM User Guide, "IAM identifiers", friendly names and paths.
    """
    if question.source is not RoleSource.ANNOTATION:
        return Skip(say("the annotation names no role that can be read"))
    if role.path == question.arn.path or role.arn == str(question.arn):
        return Pass()
    return Finding(
        headline=say(
            "Role {role_name} is annotated with path {seen}, but it has path {path}",
            role_name=question.arn.name,
            seen=question.arn.path,
            path=role.path,
        ),
        place=of_annotation(target, account.namespace, account.name, ROLE_ARN),
        seen=str(question.arn),
        wanted=role.arn,
        why="",
        next=say(
            "Annotate the service account with {key}={role_arn}, then restart its pods.",
            key=ROLE_ARN,
            role_arn=role.arn,
        ),
        note=sentence(difference(str(question.arn), role.arn)),
        fixes=(annotate(target, account, after=role.arn),),
        commands=(by_hand(account.namespace, account.name, role.arn),),
    )
