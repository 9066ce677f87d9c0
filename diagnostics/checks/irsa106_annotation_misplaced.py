"""IRSA106: the role annotation is misspelled, or not on the service account."""

from __future__ import annotations

from shlex import quote

from diagnostics.arn import RoleArn
from diagnostics.checks.places import of_annotation, of_workload
from diagnostics.evidence import ROLE_ARN, IamRole, ServiceAccount, Target, Unreadable, Workload
from diagnostics.evidence.derived import NamespaceWorkloads, RoleInQuestion, TrustingRoles
from diagnostics.evidence.role_annotation import Misplaced, misplaced
from diagnostics.fix.annotation import UNNAMED, annotate, by_hand, role_to_annotate
from diagnostics.languages import say, sentence
from diagnostics.result import Finding
from diagnostics.text.clip import clip
from diagnostics.text.difference import difference
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA106", after=("IRSA102",))
def annotation_misplaced(
    *,
    target: Target,
    account: ServiceAccount,
    workload: Workload | Unreadable | None,
    workloads: NamespaceWorkloads | Unreadable,
    question: RoleInQuestion | None,
    role: IamRole | Unreadable | None,
    trusting: TrustingRoles | Unreadable | None,
) -> Judgement:
    """The role annotation is misspelled, or not on the service account.

    Why: The webhook reads exactly eks.amazonaws.com/role-arn on the service account, and nothing else.
    Source: amazon-eks-pod-identity-webhook README; kube2iam and kiam read another key on pods.
    """
    if account.role_arn:
        return Pass()
    named = workload if isinstance(workload, Workload) else _using(account, workloads)
    found = misplaced(account, named)
    if not found:
        return Pass() if not isinstance(workloads, Unreadable) else Skip(workloads.why)
    first = found[0]
    stated = RoleArn.parse(first.value)
    mended = role_to_annotate(question, role, trusting)
    place = (
        of_workload(target, named, f"{_FIELDS[first.on]}[{first.key}]")
        if named is not None and first.on != "service account"
        else of_annotation(target, account.namespace, account.name, first.key)
    )
    spelled = (
        say("is spelled {key}", key=clip(first.key, 60))
        if first.key != ROLE_ARN
        else say("is on the {on} instead of the service account", on=first.on)
    )
    return Finding(
        headline=say("The role annotation {spelled}", spelled=spelled),
        place=place,
        seen=clip(f"{first.key}: {first.value}"),
        wanted=say(
            "{role_arn} on service account {namespace}/{account_name}",
            role_arn=ROLE_ARN,
            namespace=account.namespace,
            account_name=account.name,
        ),
        why="",
        next=say(
            "Annotate the service account with {role_arn}={mended}, then restart its pods.",
            role_arn=ROLE_ARN,
            mended=mended or stated or UNNAMED,
        ),
        note=sentence(difference(first.key, ROLE_ARN)),
        fixes=(
            *((annotate(target, account, after=mended),) if mended else ()),
            *((annotate(target, account, key=first.key, after=None),) if _unread(first) else ()),
        ),
        commands=(
            by_hand(account.namespace, account.name, mended or (str(stated) if stated else None)),
            *(
                (
                    (
                        f"kubectl -n {account.namespace} annotate serviceaccount {account.name} "
                        f"{quote(first.key)}-"
                    ),
                )
                if _unread(first)
                else ()
            ),
        ),
    )


def _unread(found: Misplaced) -> bool:
    """Whether nothing at all reads the key, so that it can go: kube2iam and kiam read theirs, if on pods."""
    return found.on == "service account" and found.key not in (ROLE_ARN, "iam.amazonaws.com/role")


_FIELDS = {
    "pod template": "spec.template.metadata.annotations",
    "workload": "metadata.annotations",
}


def _using(account: ServiceAccount, workloads: NamespaceWorkloads | Unreadable) -> Workload | None:
    """The first workload that runs as the service account and carries such an annotation."""
    if isinstance(workloads, Unreadable):
        return None
    for workload in workloads.items:
        if workload.template.service_account == account.name and misplaced(None, workload):
            return workload
    return None
