"""IRSA202: the pod identity webhook is missing."""

from __future__ import annotations

from diagnostics.checks.containers import bare, veiled
from diagnostics.evidence import Pods, Target, Unreadable, Webhooks
from diagnostics.languages import say
from diagnostics.recognize.symptom import Symptom
from diagnostics.result import Finding, Place
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA202")
def webhook_missing(
    *,
    target: Target,
    webhooks: Webhooks,
    pods: Pods | Unreadable | None,
    symptom: Symptom | None,
) -> Judgement:
    """The pod identity webhook is missing.

    Why: The webhook gives new pods their role and token; without it every pod starts without them.
    Source: amazon-eks-pod-identity-webhook, deploy/mutatingwebhook.yaml.
    """
    if webhooks.pod_identity is not None:
        return Pass()
    if isinstance(pods, Pods) and pods.live and not any(bare(pod) for pod in pods.live):
        return Pass()  # Something else injects here, or the pods carry it in their manifest.
    if (open_ := veiled(pods.live if isinstance(pods, Pods) else (), symptom)) is not None:
        return open_
    names = sorted({hook.configuration for hook in webhooks.items})
    return Finding(
        headline=say("Cluster {cluster} has no pod identity webhook", cluster=target.cluster),
        place=Place(
            where=f"cluster {target.cluster}",
            object="mutatingwebhookconfiguration pod-identity-webhook",
        ),
        seen=", ".join(names[:8]) or say("(none)"),
        wanted="pod-identity-webhook",
        why="",
        next=say(
            "Restore the MutatingWebhookConfiguration pod-identity-webhook, then restart the "
            "pods: on EKS the control plane owns it, so ask AWS Support; elsewhere deploy the "
            "webhook again."
        ),
        likely=isinstance(pods, Unreadable),
        note=say("Pods that bring role and token in their manifest need no webhook.")
        if isinstance(pods, Unreadable)
        else None,
        commands=("kubectl get mutatingwebhookconfigurations",),
    )
