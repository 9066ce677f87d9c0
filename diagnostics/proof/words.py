"""What a proof says to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.languages import say
from diagnostics.proof.answer import Asked, Injected

if TYPE_CHECKING:
    from diagnostics.languages import Words
    from diagnostics.proof.answer import Proof, Rehearsal, StsAnswer


def sentences(proof: Proof) -> Words:
    """The whole proof in one to three sentences, with what it does not show."""
    asked = _sentence(proof.sts, proof.subject)
    if proof.rehearsal is None:
        return asked
    return asked + " " + rehearsed(proof.rehearsal)


def clause(proof: Proof) -> Words:
    """The same as a clause, for the end of what was done."""
    asked = _clause(proof.sts, proof.subject)
    if proof.rehearsal is None or proof.rehearsal.injected is Injected.INJECTED:
        return asked
    return asked + ". " + rehearsed(proof.rehearsal)


def rehearsed(rehearsal: Rehearsal) -> Words:
    """What the dry run showed, as a sentence."""
    words = rehearsal.words.rstrip(".")
    match rehearsal.injected:
        case Injected.INJECTED:
            return say("A dry run of a new pod gets the role and the token.")
        case Injected.BARE:
            return say(
                "A dry run of a new pod gets no role and no token: the webhook does not act."
            )
        case Injected.QUOTA:
            return say(
                "A dry run of a new pod is refused by a quota, so the webhook was not seen to act: {words}.",
                words=words,
            )
        case Injected.POLICY:
            return say(
                "A dry run of a new pod is refused by an admission policy, so the webhook was not seen to act: "
                "{words}.",
                words=words,
            )
        case Injected.UNKNOWN:
            return say("A dry run of a new pod told nothing: {words}.", words=words)


def _sentence(answer: StsAnswer, subject: str) -> Words:
    if answer.asked is Asked.UNKNOWN:
        return say("Not proved at STS: {why}.", why=_why(answer))
    return _clause(answer, subject) + "."


def _clause(answer: StsAnswer, subject: str) -> Words:
    if answer.asked is Asked.GIVEN:
        return say(
            "STS itself gave {subject} credentials, thrown away unused (asked from the bot's network, not the "
            "pod's)",
            subject=subject,
        )
    if answer.asked is Asked.REFUSED:
        return say(
            "STS itself says no to {subject}: {words} (asked from the bot's network, not the pod's)",
            subject=subject,
            words=answer.words.rstrip("."),
        )
    return say("not proved at STS: {why}", why=_why(answer))


def _why(answer: StsAnswer) -> str:
    enable = answer.enable.rstrip(".")
    return f"{answer.words.rstrip('.')}; {enable}" if enable else answer.words.rstrip(".")
