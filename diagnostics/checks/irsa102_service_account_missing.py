"""IRSA102: the service account does not exist."""

from __future__ import annotations

from shlex import quote

from diagnostics.checks.places import of_account
from diagnostics.evidence import Cluster, ServiceAccount, Siblings, Target, Unreadable
from diagnostics.evidence.derived import RoleInQuestion, Subject
from diagnostics.fix.annotation import PLACEHOLDER
from diagnostics.languages import joined, say
from diagnostics.result import Finding
from diagnostics.text.near_name import nearest
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA102")
def service_account_missing(
    *,
    target: Target,
    subject: Subject,
    account: ServiceAccount | None,
    siblings: Siblings | Unreadable | None,
    role: RoleInQuestion | None,
    cluster: Cluster | Unreadable | None,
) -> Judgement:
    """The service account does not exist.

    Why: Kubernetes refuses to create pods for a service account that does not exist, so nothing can get a token.
    Source: Kubernetes, "Configure Service Accounts for Pods"; ServiceAccount admission controller.
    """
    if account is not None:
        return Pass()
    eks_name = cluster.eks_name if isinstance(cluster, Cluster) else target.cluster
    region = f" --region {cluster.region}" if isinstance(cluster, Cluster) else ""
    items = siblings.items if isinstance(siblings, Siblings) else ()
    here = sorted(a.name for a in items if a.namespace == target.namespace)
    elsewhere = sorted(a.namespace for a in items if a.name == subject.name)
    near = nearest(subject.name, here)
    notes = []
    if near:
        notes.append(say("A service account named {near} exists in this namespace.", near=near))
    if elsewhere:
        notes.append(
            say(
                "One of this name exists in namespace {elsewhere}.",
                elsewhere=", ".join(elsewhere[:3]),
            )
        )
    arn = quote(str(role.arn) if role else PLACEHOLDER)
    return Finding(
        headline=say(
            "Service account {name} does not exist in namespace {namespace}",
            name=subject.name,
            namespace=target.namespace,
        ),
        place=of_account(target, subject.namespace, subject.name),
        seen=say("(none)"),
        wanted=f"serviceaccount {subject.namespace}/{subject.name}",
        why="",
        next=say(
            "Create service account {name} and annotate it with the role, or, if {near} is meant, set "
            "serviceAccountName: {near} in the workload.",
            name=subject.name,
            near=near,
        )
        if near
        else say("Create service account {name} and annotate it with the role.", name=subject.name),
        note=joined(notes, " ") or None,
        commands=(
            (
                f"kubectl -n {subject.namespace} create serviceaccount {subject.name} && "
                f"kubectl -n {subject.namespace} annotate serviceaccount {subject.name} "
                f"eks.amazonaws.com/role-arn={arn}"
            ),
            (
                f"eksctl create iamserviceaccount --cluster {quote(eks_name)}{region} "
                f"--namespace {subject.namespace} --name {subject.name} "
                f"--attach-role-arn {arn} --approve"
            ),
        ),
    )
