"""IRSA203: the pod identity webhook is there but can't act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.checks.containers import SKIP_POD, unserved
from diagnostics.checks.selectors import matches
from diagnostics.evidence import MutatingWebhook, Pods, ServiceAccount, Target, Webhooks
from diagnostics.explain.words import clip
from diagnostics.languages import Words, say
from diagnostics.result import Finding, Place
from diagnostics.wiring import Judgement, Pass, check

if TYPE_CHECKING:
    from diagnostics.evidence import Pod

_GRACE = 5.0
"""Seconds after which the webhook knows an annotation."""


@check("IRSA203", after=("IRSA103", "IRSA202"))
def webhook_cannot_act(
    target: Target, webhooks: Webhooks, account: ServiceAccount, pods: Pods
) -> Judgement:
    """The pod identity webhook is there but can't act.

    Why: With failurePolicy Ignore a webhook that can't be called, or does not match, lets pods start without a role.
    Source: Kubernetes, "Dynamic Admission Control", failure policy and selectors; webhook deploy manifests.
    """
    hook = webhooks.pod_identity
    if hook is None:
        return Pass()
    plain = [pod for pod in pods.live if unserved(pod) and SKIP_POD not in pod.spec.labels]
    if pods.live and not plain:
        return Pass()
    found = _broken(hook) or _not_selected(hook, target.namespace, plain)
    likely = found is None and _passed_over(hook, target.namespace, plain, account)
    if likely:
        wanted: Words = say(
            "a selector that matches namespace {namespace}", namespace=target.namespace
        )
        found = "namespaceSelector", hook.namespace_selector, wanted
    if found is None:
        return Pass()
    field, seen, wanted = found
    return Finding(
        headline=say("The pod identity webhook can't act on these pods"),
        place=Place(
            where=f"cluster {target.cluster}",
            object=f"mutatingwebhookconfiguration {hook.configuration}",
            field=f"webhooks[{hook.name}].{field}",
        ),
        seen=clip(seen),
        wanted=wanted,
        why="",
        next=say("Correct {field} of the webhook, then restart the pods.", field=field),
        likely=likely,
        note=say("A server-side dry run of a pod in this namespace would settle it.")
        if likely
        else None,
        commands=(f"kubectl get mutatingwebhookconfiguration {hook.configuration} -o yaml",),
    )


def _broken(hook: MutatingWebhook) -> tuple[str, str, str] | None:
    if not hook.matches_pods:
        return "rules", say("no rule for CREATE of pods"), say("operations CREATE, resources pods")
    if hook.service is None and hook.url is None:
        return "clientConfig", say("(none)"), say("the webhook's service or URL")
    if hook.service is not None and not hook.ca_bundle_present:
        wanted = say("the certificate authority of the webhook's service")
        return "clientConfig.caBundle", say("(none)"), wanted
    return None


def _not_selected(
    hook: MutatingWebhook, namespace: str, pods: list[Pod]
) -> tuple[str, str, str] | None:
    if matches(hook.namespace_selector, _names(namespace), complete=False) is False:
        wanted = say("a selector that matches namespace {namespace}", namespace=namespace)
        return "namespaceSelector", hook.namespace_selector, wanted
    for pod in pods:
        if matches(hook.object_selector, pod.spec.labels, complete=True) is False:
            wanted = say("a selector that matches pod {pod_name}", pod_name=pod.name)
            return "objectSelector", hook.object_selector, wanted
    return None


def _names(namespace: str) -> dict[str, str]:
    """The one label that every namespace has."""
    return {"kubernetes.io/metadata.name": namespace}


def _passed_over(
    hook: MutatingWebhook, namespace: str, pods: list[Pod], account: ServiceAccount
) -> bool:
    """Whether a selector on labels that are not read is left as the reason why pods got nothing."""
    at = account.annotated_at
    young = any(at is not None and (p.created - at).total_seconds() > _GRACE for p in pods)
    return young and matches(hook.namespace_selector, _names(namespace), complete=False) is None
