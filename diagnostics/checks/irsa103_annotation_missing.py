"""IRSA103: the service account has no role annotation."""

from __future__ import annotations

from diagnostics.checks.containers import of_unread_manifests, provided_otherwise, veiled
from diagnostics.checks.places import of_annotation
from diagnostics.evidence import (
    ROLE_ARN,
    IamRole,
    Pods,
    ServiceAccount,
    Target,
    Unreadable,
    Webhooks,
)
from diagnostics.evidence.derived import NamespaceWorkloads, RoleInQuestion, TrustingRoles
from diagnostics.fix.annotation import UNNAMED, annotate, by_hand, origin, role_to_annotate
from diagnostics.languages import joined, say
from diagnostics.recognize.symptom import Symptom
from diagnostics.result import Finding
from diagnostics.text.clip import clip
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA103", after=("IRSA102",))
def annotation_missing(
    *,
    target: Target,
    account: ServiceAccount,
    question: RoleInQuestion | None,
    role: IamRole | Unreadable | None,
    trusting: TrustingRoles | Unreadable | None,
    pods: Pods | Unreadable | None,
    workloads: NamespaceWorkloads | Unreadable,
    webhooks: Webhooks | Unreadable,
    symptom: Symptom | None,
) -> Judgement:
    """The service account has no role annotation.

    Why: Without it the webhook injects neither the role nor the token, so the SDK has no web identity to use.
    Source: Amazon EKS User Guide, "Assign IAM roles to Kubernetes service accounts".
    """
    if account.role_arn:
        return Pass()
    if (open_ := veiled(pods.live if isinstance(pods, Pods) else (), symptom)) is not None:
        return open_
    other = provided_otherwise(account, pods, workloads, webhooks)
    if other is not None:
        return Skip(other)
    if (unread := of_unread_manifests(pods, workloads)) is not None:
        return unread
    arn = role_to_annotate(question, role, trusting)
    empty = account.role_arn == ""
    return Finding(
        headline=say("Service account {name} has an empty role annotation", name=account.name)
        if empty
        else say("Service account {name} has no role annotation", name=account.name),
        place=of_annotation(target, account.namespace, account.name, ROLE_ARN),
        seen='""' if empty else say("(none)"),
        wanted=arn or say("the ARN of the role that this service account is to assume"),
        why="",
        next=say(
            "Annotate the service account with {role_arn}={arn}, then restart its pods.",
            role_arn=ROLE_ARN,
            arn=arn or UNNAMED,
        ),
        note=joined(
            (
                said
                for said in (
                    say(
                        "Role {role} is {why}.",
                        role=arn.rpartition("/")[2],
                        why=origin(question, role),
                    )
                    if arn
                    else _unknown_role(question),
                    _last_writer(account),
                )
                if said
            ),
            " ",
        ),
        fixes=(annotate(target, account, after=arn),) if arn else (),
        commands=(by_hand(account.namespace, account.name, arn),),
    )


def _last_writer(account: ServiceAccount) -> str | None:
    """Who wrote the object last, where that was a tool that may have dropped the annotation."""
    written = [m for m in account.managers if m.time is not None and m.operation != "Status"]
    last = max(written, key=lambda m: (m.time is not None, m.time), default=None)
    if last is None or last.time is None or last.manager.startswith(("kubectl", "irsa-doctor")):
        return None
    return say(
        "The service account was last written by {manager} at {time} UTC, which may have "
        "dropped it.",
        manager=clip(last.manager, 40),
        time=f"{last.time:%Y-%m-%d %H:%M}",
    )


def _unknown_role(question: RoleInQuestion | None) -> str:
    if question is not None:
        return say(
            "{role_arn} is {source}, but it could not be read, so no button sets it.",
            role_arn=question.arn,
            source=question.source.words,
        )
    return say("Neither the error, the fleet file nor a trust policy says which role is meant.")
