"""IRSA212: EKS Pod Identity is set up for the same pods."""

from __future__ import annotations

from shlex import quote

from diagnostics.checks.places import of_pod
from diagnostics.evidence import Cluster, Pods, Target, Unreadable
from diagnostics.explain.words import clip
from diagnostics.result import Finding, Severity
from diagnostics.wiring import Judgement, Pass, check

_ENV = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_AGENT = ("169.254.170.23", "fd00:ec2::23")


@check("IRSA212", severity=Severity.RISK)
def pod_identity_too(target: Target, pods: Pods, cluster: Cluster | Unreadable | None) -> Judgement:
    """EKS Pod Identity is set up for the same pods.

    Why: Where a service account has both, the webhook gives new pods Pod Identity, and which role answers depends on
    when the pod was made.
    Source: amazon-eks-pod-identity-webhook, pkg/handler/handler.go; webhook issue 264.
    """
    eks_name = cluster.eks_name if isinstance(cluster, Cluster) else target.cluster
    for pod in pods.live:
        for container in pod.spec.containers:
            value = container.env_value(_ENV)
            if value is not None and any(agent in value for agent in _AGENT):
                return Finding(
                    headline="The pod also uses EKS Pod Identity",
                    place=of_pod(target, pod, f"spec.containers[{container.name}].env[{_ENV}]"),
                    seen=clip(value),
                    wanted="one of the two: the role annotation, or a Pod Identity association",
                    why="",
                    next="Keep one: remove the annotation, or the Pod Identity association.",
                    commands=(
                        (
                            f"aws eks list-pod-identity-associations --cluster-name {quote(eks_name)} "
                            f"--namespace {target.namespace}"
                        ),
                    ),
                )
    return Pass()
