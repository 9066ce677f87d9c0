"""IRSA217: the pods are older than their Pod Identity association."""

from __future__ import annotations

from diagnostics.checks.containers import TOKEN_ENV, bare
from diagnostics.checks.places import of_pod
from diagnostics.checks.pod_identity import by_pod_identity
from diagnostics.evidence import (
    OidcProvider,
    PodIdentityAssociations,
    Pods,
    Target,
    Unreadable,
)
from diagnostics.evidence.derived import NamespaceWorkloads
from diagnostics.fix.restart import restarts
from diagnostics.languages import say
from diagnostics.result import Finding
from diagnostics.text.clip import clip
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA217")
def older_than_association(
    *,
    target: Target,
    pods: Pods,
    provider: OidcProvider | None,
    associations: PodIdentityAssociations,
    workloads: NamespaceWorkloads | Unreadable,
) -> Judgement:
    """The pods are older than their Pod Identity association.

    Why: Pods keep what they were made with: these still use a web identity, for which there is no provider, while new
    ones would get the association's role.
    Source: amazon-eks-pod-identity-webhook issue 264; Amazon EKS User Guide, "Assign an IAM role to a Kubernetes
    service account" (Pod Identity).
    """
    if provider is not None or not associations.items:
        return Pass()
    old = [pod for pod in pods.live if not bare(pod) and by_pod_identity(pod) is None]
    if not old:
        return Pass()
    first = associations.items[0]
    known = () if isinstance(workloads, Unreadable) else workloads.items
    fixes = restarts(target, old, known)
    made = (
        say(" of {created} UTC", created=f"{first.created:%Y-%m-%d %H:%M}") if first.created else ""
    )
    return Finding(
        headline=say("The pods are older than their Pod Identity association, and still use IRSA"),
        place=of_pod(target, old[0], f"spec.containers[*].env[{TOKEN_ENV}]"),
        seen=say(
            "created {created} UTC, with a web identity", created=f"{old[0].created:%Y-%m-%d %H:%M}"
        ),
        wanted=clip(
            say("a pod made after association {first_id}{made}", first_id=first.id, made=made)
        ),
        why="",
        next=say("Restart the workload, so that its new pods get the association's role."),
        note=say("To stay with IRSA, create the OIDC provider and delete the association."),
        fixes=fixes,
        commands=tuple(fix.command for fix in fixes),
    )
