"""IRSA203: the pod identity webhook is there but can't act."""

from __future__ import annotations

from diagnostics.checks.containers import SKIP_POD, bare
from diagnostics.evidence import MutatingWebhook, Pods, ServiceAccount, Target, Webhooks
from diagnostics.explain.words import clip
from diagnostics.result import Finding, Place
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA203", after=("IRSA103", "IRSA202"))
def webhook_cannot_act(
    *, target: Target, webhooks: Webhooks, account: ServiceAccount, pods: Pods
) -> Judgement:
    """The pod identity webhook is there but can't act.

    Why: With failurePolicy Ignore a webhook that can't be called, or does not match, lets pods start without a role.
    Source: Kubernetes, "Dynamic Admission Control", failure policy and selectors; webhook deploy manifests.
    """
    hook = webhooks.pod_identity
    if hook is None:
        return Pass()
    field, seen, wanted = _fault(hook)
    likely = False
    if field is None:
        young = [
            pod
            for pod in pods.live
            if bare(pod)
            and SKIP_POD not in pod.spec.labels
            and account.annotated_at is not None
            and (pod.created - account.annotated_at).total_seconds() > _GRACE
        ]
        if not young or not hook.namespace_selector:
            return Pass()
        field, seen, wanted, likely = (
            "namespaceSelector",
            clip(hook.namespace_selector),
            f"a selector that matches namespace {target.namespace}",
            True,
        )
    return Finding(
        headline=f"The pod identity webhook {hook.configuration} can't act on these pods.",
        place=Place(
            where=f"cluster {target.cluster}",
            object=f"mutatingwebhookconfiguration {hook.configuration}",
            field=f"webhooks[{hook.name}].{field}",
        ),
        seen=seen,
        wanted=wanted,
        why="",
        next=f"Correct {field} of the webhook, then restart the pods.",
        likely=likely,
        note="A server-side dry run of a pod in this namespace would settle it."
        if likely
        else None,
        commands=(f"kubectl get mutatingwebhookconfiguration {hook.configuration} -o yaml",),
    )


_GRACE = 5.0
"""Seconds after which the webhook knows an annotation."""


def _fault(hook: MutatingWebhook) -> tuple[str | None, str, str]:
    if not hook.matches_pods:
        return "rules", "no rule for CREATE of pods", "operations CREATE, resources pods"
    if hook.service is None and hook.url is None:
        return "clientConfig", "(none)", "the webhook's service or URL"
    if hook.service is not None and not hook.ca_bundle_present:
        return (
            "clientConfig.caBundle",
            "(none)",
            "the certificate authority of the webhook's service",
        )
    return None, "", ""
