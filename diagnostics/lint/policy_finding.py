"""How a fault of a trust policy in a source file is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.document.tree import HOLE
from diagnostics.lint.fill import FILLED, ISSUER
from diagnostics.lint.finding import SourceFinding
from diagnostics.text.clip import clip
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from diagnostics.lint.policy_source import PolicySource


def policy_finding(
    source: PolicySource,
    code: str,
    pointer: str,
    words: str,
    *,
    seen: str,
    wanted: str,
    fix: str,
    key: bool = False,
) -> SourceFinding:
    """A finding about an element of a trust policy.

    Args:
        source: The policy.
        code: Of the rule.
        pointer: The element, as a JSON pointer.
        words: The headline.
        seen: What stands there.
        wanted: What belongs there.
        fix: What to do.
        key: Whether it is about the key rather than the value.
    """
    return SourceFinding(
        code=code,
        spot=source.key_spot(pointer) if key else source.spot(pointer),
        object=source.object,
        headline=words.replace(ISSUER, "<issuer>").replace(HOLE, "…").replace(FILLED, "…"),
        seen=seen.replace(HOLE, "…").replace(FILLED, "…"),
        wanted=wanted.replace(FILLED, "…"),
        next=fix,
    )


def shown_value(value: str) -> str:
    """A value of a policy for a message: what only the tool knows is left open."""
    return visible(
        clip(value.replace(ISSUER, "<issuer>").replace(ISSUER.lower(), "<issuer>"), 200)
    ).replace(HOLE, "…")
