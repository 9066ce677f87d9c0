"""IRSA111: a service account of the same name in another namespace has the annotation."""

from __future__ import annotations

from diagnostics.arn import RoleArn
from diagnostics.checks.places import of_annotation
from diagnostics.evidence import ROLE_ARN, IamRole, ServiceAccount, Siblings, Target, Unreadable
from diagnostics.evidence.derived import RoleInQuestion, TrustingRoles
from diagnostics.fix.annotation import annotate, by_hand, role_to_annotate
from diagnostics.languages import say
from diagnostics.result import Finding
from diagnostics.text.clip import clip
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA111", after=("IRSA102",))
def namesake_annotated(
    *,
    target: Target,
    account: ServiceAccount,
    siblings: Siblings,
    question: RoleInQuestion | None,
    role: IamRole | Unreadable | None,
    trusting: TrustingRoles | Unreadable | None,
) -> Judgement:
    """The annotation is on a service account of the same name in another namespace.

    Why: Service accounts belong to a namespace: an annotation on a namesake does nothing for this one.
    Source: Kubernetes, "Service Accounts", namespaced objects.
    """
    if account.role_arn:
        return Pass()
    arn = role_to_annotate(question, role, trusting)
    meant = arn or (str(question.arn) if question else None)
    twins = [
        a
        for a in siblings.items
        if a.name == account.name
        and a.namespace != account.namespace
        and a.role_arn
        # An annotated namesake is a mix-up only where the role is meant for this service account.
        and meant is not None
        and a.role_arn.strip() == meant
        and RoleArn.parse(a.role_arn.strip())
    ]
    if not twins:
        return Pass()
    twin = twins[0]
    return Finding(
        headline=say(
            "The annotation is on {twin}, not on {account}",
            twin=f"{twin.namespace}/{twin.name}",
            account=f"{account.namespace}/{account.name}",
        ),
        place=of_annotation(target, account.namespace, account.name, ROLE_ARN),
        seen=f"{twin.namespace}/{twin.name}: {clip(twin.role_arn or '')}",
        wanted=f"{account.namespace}/{account.name}: {meant}",
        why="",
        next=say(
            "Annotate service account {namespace}/{account_name} with {role_arn}={meant}, then "
            "restart its pods.",
            namespace=account.namespace,
            account_name=account.name,
            role_arn=ROLE_ARN,
            meant=meant,
        ),
        fixes=(annotate(target, account, after=arn),) if arn else (),
        commands=(by_hand(account.namespace, account.name, arn),),
    )
