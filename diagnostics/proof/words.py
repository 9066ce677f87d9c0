"""What a proof says to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.proof.answer import LIMITS, Asked, Injected

if TYPE_CHECKING:
    from diagnostics.proof.answer import Proof, Rehearsal, StsAnswer

_POD: Final = {
    Injected.INJECTED: "A dry run of a new pod gets the role and the token.",
    Injected.BARE: "A dry run of a new pod gets no role and no token: the webhook does not act.",
    Injected.QUOTA: "A dry run of a new pod is refused by a quota, so the webhook was not seen to act",
    Injected.POLICY: "A dry run of a new pod is refused by an admission policy, so the webhook was not seen to act",
    Injected.UNKNOWN: "A dry run of a new pod told nothing",
}


def sentences(proof: Proof) -> str:
    """The whole proof in one to three sentences, with what it does not show."""
    parts = [_sts(proof.sts, proof.subject)]
    if proof.rehearsal is not None:
        parts.append(rehearsed(proof.rehearsal))
    return " ".join(parts)


def clause(proof: Proof) -> str:
    """The same as a clause, for the end of what was done."""
    said = _sts(proof.sts, proof.subject).removesuffix(".")
    if proof.rehearsal is not None and proof.rehearsal.injected is not Injected.INJECTED:
        said += f". {rehearsed(proof.rehearsal).removesuffix('.')}"
    return f"{said[:1].lower()}{said[1:]}" if not said.startswith("STS") else said


def rehearsed(rehearsal: Rehearsal) -> str:
    """What the dry run showed, as a sentence."""
    words = _POD[rehearsal.injected]
    if words.endswith("."):
        return words
    return f"{words}: {rehearsal.words.rstrip('.')}." if rehearsal.words else f"{words}."


def _sts(answer: StsAnswer, subject: str) -> str:
    if answer.asked is Asked.GIVEN:
        return f"STS itself gave {subject} credentials, thrown away unused ({LIMITS})."
    if answer.asked is Asked.REFUSED:
        return f"STS itself says no to {subject}: {answer.words.rstrip('.')} ({LIMITS})."
    told = f"Not proved at STS: {answer.words.rstrip('.')}"
    return f"{told}; {answer.enable.rstrip('.')}." if answer.enable else f"{told}."
