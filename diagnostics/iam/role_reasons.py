"""Why a condition on the role itself does not hold, or can't be told: its tags, its account, its organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.iam.keys import role_tag
from diagnostics.iam.words import nearest, quoted
from diagnostics.languages import say

if TYPE_CHECKING:
    from diagnostics.iam.condition import Condition


def role_lacks(condition: Condition, seen: tuple[str, ...]) -> str:
    """Say what a condition demands of the role, and what the role has.

    Args:
        condition: One that does not hold, on a key of the role.
        seen: The values of its key; none where the role has no such tag.
    """
    tag = role_tag(condition.key)
    if tag is None:
        return say(
            "{operator} on {key} has {wanted}; the role is in {seen}.",
            operator=condition.operator,
            wanted=_listed(condition.values),
            key=condition.key,
            seen=_listed(seen),
        )
    if condition.base.name == "Null":
        if seen:
            return say('The role must not have the tag "{tag}", but has it.', tag=tag)
        return say('The role has no tag "{tag}".', tag=tag)
    if condition.base.negated:
        return say(
            '{operator} leaves out roles whose tag "{tag}" is {seen}, as it is on this one.',
            operator=condition.operator,
            tag=tag,
            seen=_listed(seen),
        )
    if not seen:
        return say(
            'The role has no tag "{tag}"; {operator} wants it to be {wanted}.',
            tag=tag,
            operator=condition.operator,
            wanted=_listed(condition.values),
        )
    return say(
        'The role\'s tag "{tag}" is {seen}; {operator} wants {wanted}.',
        tag=tag,
        seen=_listed(seen),
        operator=condition.operator,
        wanted=quoted(nearest(condition.values, seen[0])),
    )


def role_unknown(key: str) -> str:
    """Say what of the role is not known, and which command shows it."""
    tag = role_tag(key)
    if tag is not None:
        return say('The role\'s tag "{tag}" is not known here; aws iam get-role shows it.', tag=tag)
    return say(
        "The organization of the role's account, which {key} asks for, is not known here; "
        "aws organizations describe-organization shows it.",
        key=key,
    )


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(quoted(value) for value in values[:5]) or '""'
