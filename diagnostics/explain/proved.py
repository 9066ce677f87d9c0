"""What a proof does to a verdict: nobody is called healthy whom STS refuses, or whose new pods would get no role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.languages import say
from diagnostics.proof.answer import Injected
from diagnostics.proof.words import rehearsed, sentences
from diagnostics.result import Verdict

if TYPE_CHECKING:
    from diagnostics.languages import Words
    from diagnostics.proof.answer import Proof


def held_against(
    found: tuple[Verdict, Words, Words | None], proof: Proof | None
) -> tuple[Verdict, Words, Words | None]:
    """Keep a verdict, or take it back where the proof contradicts it."""
    if proof is None or found[0] is not Verdict.HEALTHY:
        return found
    if proof.refused:
        return (
            Verdict.NOT_ENOUGH_EVIDENCE,
            say("STS itself refuses the call, and nothing that can be read says why"),
            sentences(proof)
            + say(
                " A change that is still spreading through IAM, or a policy of the organization, would do that. "
                "Check again in a minute."
            ),
        )
    if proof.rehearsal is not None and proof.rehearsal.injected is Injected.BARE:
        return (
            Verdict.NOT_ENOUGH_EVIDENCE,
            say("A new pod would get no role: the webhook does not act on a dry run"),
            rehearsed(proof.rehearsal) + say(" Look at the pod identity webhook and its log."),
        )
    return found
