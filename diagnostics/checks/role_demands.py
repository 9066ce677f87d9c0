"""What a trust policy demands of the role itself, in words: its tags, its account, its organization."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnostics.iam.keys import of_the_role, role_tag
from diagnostics.languages import Words, say
from diagnostics.text.clip import clip, listed
from diagnostics.wiring import Unknown

if TYPE_CHECKING:
    from diagnostics.evidence import IamRole
    from diagnostics.evidence.derived import TrustAnswer
    from diagnostics.iam.decision import Reason

_PLAIN = re.compile(r"[\w.:/+@-]{1,128}", re.ASCII)
"""A tag's name or value that a shell and the AWS CLI's shorthand take as it is."""
_EXACT = frozenset({"StringEquals", "StringEqualsIgnoreCase", "StringLike"})


def headline(reason: Reason, role: IamRole) -> Words:
    """What the role lacks, for a reason of the kind ROLE."""
    tag = role_tag(reason.key or "")
    if tag is None:
        return say("Role {role} is not in the account that its trust policy names", role=role.name)
    named = {"role": role.name, "tag": clip(tag, 60)}
    if reason.presented is None:
        return say("Role {role} lacks the tag {tag} that its trust policy demands", **named)
    return say("Role {role} has another tag {tag} than its trust policy demands", **named)


def has(reason: Reason) -> Words:
    """What the role has."""
    if reason.presented is None:
        return say("(no tag {tag})", tag=clip(role_tag(reason.key or "") or "", 60))
    return clip(f"{reason.key}: {reason.presented}")


def demanded(reason: Reason) -> Words:
    """What the condition demands, with its operator."""
    return clip(f"{reason.operator} {reason.key}: {listed(reason.trusted)}")


def next_step(reason: Reason) -> Words:
    """What helps: the role changes, or its owner changes the policy."""
    if role_tag(reason.key or "") is None:
        return say("Ask the role's owner which account the trust policy should name.")
    return say(
        "Tag the role as its trust policy demands, if this service account may have it; else ask "
        "the role's owner."
    )


def commands(reason: Reason, role: IamRole) -> tuple[str, ...]:
    """The command that tags the role, where the condition leaves one tag to set."""
    tag = role_tag(reason.key or "")
    if tag is None or reason.operator not in _EXACT or len(reason.trusted) != 1:
        return ()
    value = reason.trusted[0]
    if not (_PLAIN.fullmatch(tag) and _PLAIN.fullmatch(value)):
        return ()
    return (f"aws iam tag-role --role-name {role.name} --tags Key={tag},Value={value}",)


def undecided(answer: TrustAnswer) -> Unknown:
    """The policy's answer hangs on what was not read, or on what only STS sees."""
    keys = answer.decision.undecided
    named = ", ".join(keys)[:300] or say("something that AWS does not document")
    if keys and all(of_the_role(key.lower()) for key in keys):
        return Unknown(
            say(
                "whether the trust policy lets the call in depends on {keys} of the role, which was not read",
                keys=named,
            ),
            say("compare the condition with the role's tags (aws iam get-role)")
            if any(role_tag(key) for key in keys)
            else say(
                "compare the condition with the organization of the role's account "
                "(aws organizations describe-organization)"
            ),
        )
    return Unknown(
        say(
            "whether the trust policy lets the call in depends on {keys}, which only STS sees",
            keys=named,
        ),
        say(
            "look up the failed call in CloudTrail (cloudtrail:LookupEvents in the role's "
            "account), or compare the condition's values with the network that the pod calls from"
        ),
    )
