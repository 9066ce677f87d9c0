"""IRSA601: the role was assumed; it lacks a permission."""

from __future__ import annotations

from diagnostics.checks.evidence_of_text import (
    ORGANIZATION_POLICIES,
    TAG_SESSION,
    said,
    somebody_else,
)
from diagnostics.checks.places import of_text
from diagnostics.explain.words import clip
from diagnostics.gather.facts import RoleInQuestion
from diagnostics.languages import say
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA601")
def permission_missing(symptom: Symptom, question: RoleInQuestion | None) -> Judgement:
    """The role was assumed; it lacks a permission.

    Why: The message names the assumed role itself, so the web identity worked and the role's policies refused the
    action.
    Source: IAM User Guide, "Troubleshoot access denied error messages"; karpenter issue 8190.
    """
    if symptom.cause is not Cause.PERMISSION:
        return Pass()
    if somebody_else(symptom, question):
        return Skip(say("the caller in the text is not the service account's role"))
    text = said(symptom)
    if TAG_SESSION in text:
        return Skip(say("the text is about the next role of a chain"))
    policy = next((kind for kind in ORGANIZATION_POLICIES if kind in text), None)
    if policy is not None:
        return Finding(
            headline=say(
                "Not a web identity failure: a {policy} refuses what the role asked for",
                policy=policy,
            ),
            place=of_text(),
            seen=clip(symptom.message or symptom.excerpt),
            wanted=say("a {policy} that lets this role do the action", policy=policy),
            why=say(
                "The role was assumed, so the web identity worked; the {policy} denied the call after that.",
                policy=policy,
            ),
            next=say(
                "Ask whoever manages the {policy} to except this role or action.", policy=policy
            ),
        )
    return Finding(
        headline=say("Not a web identity failure: the role was assumed and lacks a permission"),
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted=say("a policy of the role that allows the action"),
        why="",
        next=say(
            "Add the action and resource from the message to the role's policies, or ask whoever "
            "owns the policy that denies it."
        ),
    )
