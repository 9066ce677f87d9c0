"""IRSA605: the next role in the chain refused."""

from __future__ import annotations

from diagnostics.arn import RoleArn
from diagnostics.checks.evidence_of_text import TAG_SESSION, said
from diagnostics.checks.places import of_text
from diagnostics.languages import say
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.text.clip import clip
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA605")
def role_chaining(symptom: Symptom) -> Judgement:
    """The next role in the chain refused.

    Why: The web identity worked; the role then called sts:AssumeRole on another role, which does not trust it.
    Source: IAM User Guide, "Roles terms and concepts", role chaining; external-dns issue 1608; terrapod pull request
    1546; karpenter issue 5054.
    """
    tagging = TAG_SESSION in said(symptom) and symptom.cause in (
        Cause.PERMISSION,
        Cause.POD_IDENTITY,
        Cause.ROLE_CHAINING,
    )
    if symptom.cause is not Cause.ROLE_CHAINING and not tagging:
        return Pass()
    seen = clip(symptom.message or symptom.excerpt)
    if tagging:
        return Finding(
            headline=say("Not a web identity failure: the next role does not allow sts:TagSession"),
            place=of_text(),
            seen=seen,
            wanted=say("sts:TagSession beside sts:AssumeRole in the next role's trust policy"),
            why=say(
                "Sessions of EKS Pod Identity carry tags, which go on to the next role and need its leave."
            ),
            next=say(
                "Add sts:TagSession to the action of the next role's trust policy, and to this "
                "role's policy."
            ),
        )
    itself = RoleArn.parse(symptom.role_arn) if symptom.role_arn else None
    if itself is not None and itself.name == symptom.source_role:
        return Finding(
            headline=say(
                "Role {role_name} tries to assume itself, which it need not do",
                role_name=itself.name,
            ),
            place=of_text(),
            seen=seen,
            wanted=say("no further role in the application's settings"),
            why=say(
                "The pod has this role already, and a role may assume itself only where its trust "
                "policy says so."
            ),
            next=say("Remove the role to assume from the application's settings."),
        )
    if itself is not None and symptom.source_role is not None:
        names = {"source": symptom.source_role, "target": str(itself)}
        return Finding(
            headline=say(
                "Not a web identity failure: role {source} is not allowed to assume role {name}",
                source=symptom.source_role,
                name=itself.name,
            ),
            place=of_text(),
            seen=seen,
            wanted=say(
                "{target} trusting role {source}, which may do sts:AssumeRole on it", **names
            ),
            why="",
            next=say(
                "Name role {source} in the trust policy of {target}, and allow sts:AssumeRole on it in a "
                "policy of role {source}.",
                **names,
            ),
        )
    return Finding(
        headline=say(
            "Not a web identity failure: the assumed role is not allowed to assume the next one"
        ),
        place=of_text(),
        seen=seen,
        wanted=say("the next role trusting this one, and this one allowed sts:AssumeRole on it"),
        why="",
        next=say(
            "Let the next role's trust policy name this role, and allow sts:AssumeRole on it here."
        ),
    )
