"""IRSA213: no usable STS region is set."""

from __future__ import annotations

from diagnostics.checks.evidence_of_text import outlived
from diagnostics.checks.places import of_text
from diagnostics.evidence import Cluster, Pods, Target, Unreadable
from diagnostics.evidence.derived import Now
from diagnostics.fix.restart import RESTARTABLE
from diagnostics.languages import say
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.text.clip import clip
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA213")
def region(
    *,
    target: Target,
    symptom: Symptom,
    now: Now,
    pods: Pods | Unreadable | None,
    cluster: Cluster | Unreadable | None,
) -> Judgement:
    """No usable STS region is set.

    Why: The SDK needs a region to find STS, and STS must be active in that region for the role's account.
    Source: AWS SDKs and Tools Reference Guide, "AWS STS Regional endpoints"; IAM User Guide,
    "Manage AWS STS in a Region"; aws-sdk-js-v3 issue 6419; steampipe-plugin-aws issue 1510.
    """
    if symptom.cause not in (Cause.NO_REGION, Cause.REGION_DISABLED):
        return Pass()
    if outlived(now, pods):
        return Skip(say("the pods are newer than the text"))
    seen = clip(symptom.message or symptom.excerpt)
    if symptom.cause is Cause.REGION_DISABLED:
        return Finding(
            headline=say(
                "STS is not activated in {region} for the account",
                region=symptom.region or say("this region"),
            ),
            place=of_text(),
            seen=seen,
            wanted=say("STS activated in the region, or AWS_REGION set to one where it is"),
            why="",
            next=say(
                "Have an administrator activate STS for this region in IAM's account settings, or "
                "set AWS_REGION in the pod template to an active one."
            ),
        )
    here = cluster.region if isinstance(cluster, Cluster) else None
    return Finding(
        headline=say("No region is set, so the SDK can't find STS"),
        place=of_text(),
        seen=seen,
        wanted=f"AWS_REGION={here}" if here else say("AWS_REGION set to the cluster's region"),
        why="",
        next=say(
            "Set AWS_REGION to {region} in the pod template, which restarts the pods.", region=here
        )
        if here
        else say("Set AWS_REGION in the pod template."),
        commands=_command(target, here),
        note=say("The SDK stops here before it asks STS, so a refusal by STS may still follow."),
    )


def _command(target: Target, here: str | None) -> tuple[str, ...]:
    workload = target.workload
    if here is None or workload is None or workload.kind not in RESTARTABLE:
        return ()
    return (f"kubectl -n {target.namespace} set env {workload} AWS_REGION={here}",)
