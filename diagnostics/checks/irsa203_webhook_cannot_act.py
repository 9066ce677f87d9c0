"""IRSA203: the pod identity webhook is there but can't act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diagnostics.checks.containers import SKIP_POD, unserved, veiled
from diagnostics.checks.selectors import matches
from diagnostics.evidence import MutatingWebhook, Pods, ServiceAccount, Target, Webhooks
from diagnostics.languages import Words, say
from diagnostics.recognize.symptom import Symptom
from diagnostics.result import Finding, Place
from diagnostics.text.clip import clip
from diagnostics.wiring import Judgement, Pass, check

if TYPE_CHECKING:
    from diagnostics.evidence import Pod

_GRACE = 5.0
"""Seconds after which the webhook knows an annotation."""


@check("IRSA203", after=("IRSA103", "IRSA202"))
def webhook_cannot_act(
    *,
    target: Target,
    webhooks: Webhooks,
    account: ServiceAccount,
    pods: Pods,
    symptom: Symptom | None,
) -> Judgement:
    """The pod identity webhook is there but can't act.

    Why: With failurePolicy Ignore a webhook that can't be called, or does not match, lets pods start without a role.
    Source: Kubernetes, "Dynamic Admission Control", failure policy and selectors; webhook deploy manifests.
    """
    hook = webhooks.pod_identity
    if hook is None:
        return Pass()
    plain = [
        pod
        for pod in pods.live
        if unserved(pod) and SKIP_POD not in pod.spec.labels and veiled((pod,), symptom) is None
    ]
    if pods.live and not plain:
        return Pass()
    found = _broken(hook) or _not_selected(hook, target.namespace, plain)
    likely = found is None and _passed_over(hook, target.namespace, plain, account)
    if likely:
        found = _namespace_left_out(hook, target.namespace)
    if found is None:
        return Pass()
    configuration = f"mutatingwebhookconfiguration {hook.configuration}"
    return Finding(
        headline=found.headline,
        place=Place(
            where=f"cluster {target.cluster}",
            object=configuration,
            field=f"webhooks[{hook.name}].{found.field}",
        ),
        seen=clip(found.seen),
        wanted=found.wanted,
        why=found.why,
        next=found.next,
        likely=likely,
        note=say("The labels of namespace {namespace} would settle it.", namespace=target.namespace)
        if likely
        else None,
        commands=(f"kubectl get namespace {target.namespace} --show-labels",)
        if likely
        else (f"kubectl edit {configuration}",),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fault:
    """One thing that keeps the webhook from acting."""

    field: str
    headline: Words
    seen: Words
    wanted: Words
    next: Words
    why: Words = ""


def _broken(hook: MutatingWebhook) -> _Fault | None:
    if not hook.matches_pods:
        return _Fault(
            field="rules",
            headline=say("The pod identity webhook has no rule for new pods, so it is not called"),
            seen=say("no rule for CREATE of pods"),
            wanted=say("operations CREATE, resources pods"),
            next=say(
                "Add a rule to the webhook (operations CREATE, apiVersions v1, resources pods), then "
                "restart the pods."
            ),
        )
    if hook.service is None and hook.url is None:
        return _Fault(
            field="clientConfig",
            headline=say("The pod identity webhook names no service and no URL to call"),
            seen=say("(none)"),
            wanted=say("the webhook's service or URL"),
            next=say("Set clientConfig.service of the webhook, then restart the pods."),
        )
    if hook.service is not None and not hook.ca_bundle_present:
        return _Fault(
            field="clientConfig.caBundle",
            headline=say(
                "The pod identity webhook has no caBundle, so the API server can't call it"
            ),
            seen=say("(none)"),
            wanted=say("the certificate authority of the webhook's service"),
            next=say(
                "Set clientConfig.caBundle to the base64 of the certificate authority that signed "
                "the certificate of service {service}, then restart the pods.",
                service=hook.service,
            ),
        )
    return None


def _namespace_left_out(hook: MutatingWebhook, namespace: str) -> _Fault:
    return _Fault(
        field="namespaceSelector",
        headline=say(
            "The pod identity webhook's namespaceSelector leaves out namespace {namespace}",
            namespace=namespace,
        ),
        seen=hook.namespace_selector,
        wanted=say("a selector that matches namespace {namespace}", namespace=namespace),
        next=say(
            "Let the webhook's namespaceSelector match namespace {namespace}, then restart its pods.",
            namespace=namespace,
        ),
        why=_SELECTORS,
    )


_SELECTORS = say(
    "The API server calls the webhook only for pods that its selectors match; all others start "
    "without a role."
)


def _not_selected(hook: MutatingWebhook, namespace: str, pods: list[Pod]) -> _Fault | None:
    if matches(hook.namespace_selector, _names(namespace), complete=False) is False:
        return _namespace_left_out(hook, namespace)
    for pod in pods:
        if matches(hook.object_selector, pod.spec.labels, complete=True) is False:
            return _Fault(
                field="objectSelector",
                headline=say(
                    "The pod identity webhook's objectSelector leaves out pod {pod_name}",
                    pod_name=pod.name,
                ),
                seen=hook.object_selector,
                wanted=say("a selector that matches pod {pod_name}", pod_name=pod.name),
                next=say(
                    "Let the webhook's objectSelector match the pod's labels, or give the pod template "
                    "the labels that it asks for, then restart the pods."
                ),
                why=_SELECTORS,
            )
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
