"""IRSA603: this is EKS Pod Identity, not a web identity."""

from __future__ import annotations

import re

from diagnostics.checks.evidence_of_text import TAG_SESSION, said
from diagnostics.checks.places import of_text
from diagnostics.languages import say
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.text.clip import clip
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA603")
def pod_identity(symptom: Symptom) -> Judgement:
    """This is EKS Pod Identity, not a web identity.

    Why: Pod Identity gets credentials from an agent on the node and trusts pods.eks.amazonaws.com; no OIDC provider
    is involved.
    Source: Amazon EKS User Guide, "Learn how EKS Pod Identity grants pods access to AWS services"; and its
    "Set up the Amazon EKS Pod Identity Agent".
    """
    if symptom.cause is not Cause.POD_IDENTITY:
        return Pass()
    text = said(symptom)
    if TAG_SESSION in text:
        return Skip(say("the text is about the next role of a chain"))
    if _SILENT.search(text):
        return Finding(
            headline=say("Not IRSA: the EKS Pod Identity agent does not answer on the pod's node"),
            place=of_text(),
            seen=clip(symptom.message or symptom.excerpt),
            wanted=say("an agent that answers on 169.254.170.23 or fd00:ec2::23, port 80"),
            why="",
            next=say(
                "Check the daemon set eks-pod-identity-agent in kube-system and its node's way to eks-auth."
            ),
            likely=True,
            note=say("The agent's log on that node would settle it."),
            commands=("kubectl -n kube-system get daemonset eks-pod-identity-agent",),
        )
    return Finding(
        headline=say("This failure is about EKS Pod Identity, not about IRSA"),
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted=say("a Pod Identity association and a role that trusts pods.eks.amazonaws.com"),
        why="",
        next=say(
            "Check the association, the role's trust of pods.eks.amazonaws.com (sts:AssumeRole "
            "and sts:TagSession) and the agent."
        ),
    )


_SILENT = re.compile(
    r"(?:169\.254\.170\.23|fd00:ec2::23)[^\n]{0,200}(?:time(?:d )?-?out|refused|no route|unreachable|deadline)"
    r"|(?:time(?:d )?-?out|refused|no route|unreachable|deadline)[^\n]{0,200}(?:169\.254\.170\.23|fd00:ec2::23)"
)
