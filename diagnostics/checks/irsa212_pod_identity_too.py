"""IRSA212: EKS Pod Identity is set up for the same pods."""

from __future__ import annotations

from shlex import quote

from diagnostics.checks.containers import bare
from diagnostics.checks.places import of_account, of_pod
from diagnostics.checks.pod_identity import by_pod_identity
from diagnostics.evidence import (
    Cluster,
    PodIdentityAssociations,
    Pods,
    ServiceAccount,
    Target,
    Unreadable,
)
from diagnostics.evidence.derived import Subject
from diagnostics.languages import Words, say
from diagnostics.result import Finding, Severity
from diagnostics.text.clip import clip
from diagnostics.wiring import Judgement, Pass, Unknown, check


@check("IRSA212", severity=Severity.RISK)
def pod_identity_too(
    *,
    target: Target,
    subject: Subject,
    account: ServiceAccount | Unreadable | None,
    pods: Pods | Unreadable | None,
    cluster: Cluster | Unreadable | None,
    associations: PodIdentityAssociations | Unreadable | None,
) -> Judgement:
    """EKS Pod Identity is set up for the same pods.

    Why: Where a service account has both, the webhook gives new pods Pod Identity, and which role answers depends on
    when the pod was made.
    Source: amazon-eks-pod-identity-webhook, pkg/handler/handler.go; webhook issue 264.
    """
    eks_name = cluster.eks_name if isinstance(cluster, Cluster) else target.cluster
    region = f" --region {cluster.region}" if isinstance(cluster, Cluster) else ""
    command = (
        f"aws eks list-pod-identity-associations --cluster-name {quote(eks_name)} "
        f"--namespace {target.namespace}{region}"
    )
    annotated = isinstance(account, ServiceAccount) and account.role_arn
    for pod in pods.live if isinstance(pods, Pods) else ():
        found = by_pod_identity(pod)
        if found is not None and (annotated or not bare(pod)):
            container, variable, value = found
            return Finding(
                headline=say("Pod {pod_name} also uses EKS Pod Identity", pod_name=pod.name),
                place=of_pod(target, pod, f"spec.containers[{container}].env[{variable}]"),
                seen=clip(value),
                wanted=say("one of the two: the role annotation, or a Pod Identity association"),
                why="",
                next=say("Keep one: remove the annotation, or the Pod Identity association."),
                commands=(command,),
            )
    if isinstance(associations, Unreadable):
        return Unknown(associations.why, associations.enable)
    if associations is None or not associations.items or not annotated:
        return Pass()
    first = associations.items[0]
    return Finding(
        headline=_headline(first.role_arn, str(annotated)),
        place=of_account(target, subject.namespace, subject.name, "Pod Identity association"),
        seen=clip(first.role_arn or first.id),
        wanted=say("one of the two: the role annotation, or a Pod Identity association"),
        why="",
        next=say(
            "Keep one: remove the annotation, or delete Pod Identity association {first_id}, then "
            "restart the pods.",
            first_id=first.id,
        ),
        commands=(command,),
    )


def _headline(associated: str | None, annotated: str) -> Words:
    if not associated:
        return say("New pods will get a Pod Identity role instead of the annotated one")
    return say(
        "New pods will get role {associated} of Pod Identity, not the annotated {annotated}",
        associated=associated.rpartition("/")[2],
        annotated=annotated.rpartition("/")[2],
    )
