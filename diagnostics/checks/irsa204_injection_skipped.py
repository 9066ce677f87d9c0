"""IRSA204: the pod tells the webhook to skip it, or some of its containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.checks.containers import SKIP_POD, bare, injected, judged, skipped, veil, veiled
from diagnostics.checks.evidence_of_text import no_token_sent
from diagnostics.checks.places import of_pod
from diagnostics.evidence import SKIP_CONTAINERS, Pods, Target
from diagnostics.languages import say
from diagnostics.recognize.symptom import Symptom
from diagnostics.result import Finding
from diagnostics.text.clip import clip, listed
from diagnostics.wiring import Judgement, Pass, Skip, check

if TYPE_CHECKING:
    from diagnostics.evidence import Pod


@check("IRSA204")
def injection_skipped(target: Target, pods: Pods, symptom: Symptom | None) -> Judgement:
    """The pod tells the webhook to skip it, or some of its containers.

    Why: A skipped container gets neither role nor token, whatever the service account says.
    Source: amazon-eks-pod-identity-webhook, pkg/handler/handler.go and deploy/mutatingwebhook.yaml.
    """
    if not pods.live:
        return Skip(say("no pod of this service account is running"))
    for pod in pods.live:
        if SKIP_POD in pod.spec.labels and bare(pod) and veiled((pod,), symptom) is None:
            return Finding(
                headline=say(
                    "Pod {pod_name} has a label that makes the webhook skip it", pod_name=pod.name
                ),
                place=of_pod(target, pod, f"metadata.labels[{SKIP_POD}]"),
                seen=clip(f"{SKIP_POD}: {pod.spec.labels[SKIP_POD]}"),
                wanted=say("(no such label)"),
                why=say(
                    "The webhook leaves out every pod with this label, whatever the service account says."
                ),
                next=say(
                    "Remove the label {label} from the pod template, which restarts the pods.",
                    label=SKIP_POD,
                ),
            )
        out = skipped(pod.spec)
        left = [
            c.name
            for c in pod.spec.containers
            if c.name in out and not injected(c)
            if no_token_sent(symptom) or not veil(pod.spec, c)
        ]
        served = any(injected(c) for c in pod.spec.containers if not c.init)
        without = _passed_over(pod)
        if without and served and no_token_sent(symptom):
            return Finding(
                headline=say(
                    "Only some containers of the pod have the role; {without} has none",
                    without=without[0],
                ),
                place=of_pod(target, pod, f"spec.containers[{without[0]}].env"),
                seen=listed(without),
                wanted=say("role and token in every container that calls AWS"),
                why=say(
                    "A container that is added after the webhook has run gets neither role nor token."
                ),
                next=say(
                    "Let whatever adds the container run before the webhook, or set the webhook's "
                    "reinvocationPolicy to IfNeeded."
                ),
                likely=True,
                note=say("Which container the text is from would settle it."),
            )
        if left and (not served or no_token_sent(symptom)):
            return Finding(
                headline=say(
                    "Container {left} is on the pod's skip-containers list, so it gets no role",
                    left=left[0],
                ),
                place=of_pod(target, pod, f"metadata.annotations[{SKIP_CONTAINERS}]"),
                seen=clip(pod.spec.annotations.get(SKIP_CONTAINERS, "")),
                wanted=say("a list without {left}", left=left[0]),
                why="",
                next=say(
                    "Take {left} out of {skip_containers} in the pod template, which restarts the pods.",
                    left=left[0],
                    skip_containers=SKIP_CONTAINERS,
                ),
                likely=served,
                note=say("Which container the text is from would settle it.") if served else None,
            )
    return Pass()


def _passed_over(pod: Pod) -> list[str]:
    """Containers that the webhook should have served and did not, known sidecars left out."""
    return [c.name for c in judged(pod.spec) if not injected(c) and c.name not in _NO_AWS]


_NO_AWS = frozenset({"istio-proxy", "linkerd-proxy", "envoy", "envoy-sidecar", "vault-agent"})
