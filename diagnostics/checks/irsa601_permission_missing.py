"""IRSA601: the role was assumed; it lacks a permission."""

from __future__ import annotations

import re

from diagnostics.checks.evidence_of_text import (
    ORGANIZATION_POLICIES,
    TAG_SESSION,
    said,
    somebody_else,
)
from diagnostics.checks.places import of_text
from diagnostics.evidence.derived import RoleInQuestion
from diagnostics.languages import say
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.text.clip import clip
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
    action, resource = _ACTION.search(symptom.excerpt), _RESOURCE.search(symptom.excerpt)
    role = symptom.source_role
    if action and role:
        return _named(symptom, role, action[1], resource[1] if resource else None)
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


def _named(symptom: Symptom, role: str, action: str, resource: str | None) -> Finding:
    """The same where the text says what was refused, and mostly why."""
    text = said(symptom)
    on = resource or say("the resource")
    if "no permissions boundary allows" in text:
        change = say(
            "Allow {action} in the permissions boundary of role {role} too.", **_of(action, role)
        )
    elif "explicit deny" in text:
        change = say(
            "Ask whoever owns the policy that denies {action} whether role {role} should be spared.",
            **_of(action, role),
        )
    elif "no identity-based policy allows" in text:
        change = say(
            "Allow {action} on {on} in a policy of role {role}.", **_of(action, role), on=on
        )
    else:
        change = say(
            "Allow {action} on {on} in a policy of role {role}, or ask whoever owns the policy that "
            "denies it.",
            **_of(action, role),
            on=on,
        )
    return Finding(
        headline=say(
            "Not a web identity failure: role {role} lacks the permission {action}",
            **_of(action, role),
        ),
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted=say("a policy of role {role} that allows {action}", **_of(action, role)),
        why="",
        next=change,
    )


def _of(action: str, role: str) -> dict[str, str]:
    return {"action": action, "role": role}


_ACTION = re.compile(r"not authorized to perform:? ?([a-z0-9-]{2,40}:[A-Za-z*]{2,80})")
_RESOURCE = re.compile(r"on resource: ?([\w:/.*+=,@-]{3,200}[\w*/])")
