"""IRSA605: the next role in the chain refused."""

from __future__ import annotations

from diagnostics.arn import RoleArn
from diagnostics.checks.places import of_text
from diagnostics.explain.words import clip
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA605")
def role_chaining(symptom: Symptom) -> Judgement:
    """The next role in the chain refused.

    Why: The web identity worked; the role then called sts:AssumeRole on another role, which does not trust it.
    Source: IAM User Guide, "Roles terms and concepts", role chaining.
    """
    if symptom.cause is not Cause.ROLE_CHAINING:
        return Pass()
    itself = RoleArn.parse(symptom.role_arn) if symptom.role_arn else None
    if itself is not None and itself.name == symptom.source_role:
        return Finding(
            headline=f"Role {itself.name} tries to assume itself, which it need not do.",
            place=of_text(),
            seen=clip(symptom.message or symptom.excerpt),
            wanted="no further role in the application's settings",
            why="",
            next="Remove the role to assume from the application's settings: the pod has it already.",
        )
    return Finding(
        headline="This is not a web identity failure: the assumed role may not assume the next "
        "role.",
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted="the next role trusting this one, and this one allowed sts:AssumeRole on it",
        why="",
        next="Let the next role's trust policy name this role, and allow sts:AssumeRole on it "
        "here.",
        likely=False,
        note=None,
    )
