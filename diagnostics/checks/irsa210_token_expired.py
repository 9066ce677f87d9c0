"""IRSA210: the token had expired."""

from __future__ import annotations

import re
from datetime import timedelta

from diagnostics.checks.evidence_of_text import outlived, said
from diagnostics.checks.places import of_text
from diagnostics.checks.token_by_sub_path import kept_tokens, never_renewed
from diagnostics.evidence import Pods, Target, Unreadable
from diagnostics.evidence.derived import Now
from diagnostics.fix.restart import restart_command
from diagnostics.languages import say
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.text.clip import clip
from diagnostics.text.time_span import spoken
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA210")
def token_expired(
    target: Target, symptom: Symptom | None, now: Now, pods: Pods | Unreadable | None
) -> Judgement:
    """The token had expired.

    Why: The kubelet renews the file, so an expired token means that the process read it once and kept it, or that
    the node's clock is off.
    Source: STS API reference, ExpiredTokenException; aws-sdk-js-v3 issue 3052; parseable issue 604; Kubernetes,
    "Volumes", projected, note on subPath.
    """
    kept = tuple(kept_tokens(pods.live if isinstance(pods, Pods) else ()))
    if symptom is None:
        old = next((one for one in kept if one.outlived(now.at)), None)
        if old is None:
            return Skip(say("no error text was given"))
        return never_renewed(target, old, certain=False)
    if symptom.cause is not Cause.EXPIRED_TOKEN:
        return Pass()
    if kept:
        return never_renewed(target, kept[0], certain=True)
    if outlived(now, pods):
        return Skip(say("the pods are newer than the text"))
    late = _late(said(symptom))
    return Finding(
        headline=say("The process sent a token that had expired")
        if late is None
        else say("The process sent a token that had expired {spoken} before", spoken=spoken(late)),
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted=say("a token read anew from its file"),
        why="",
        next=say("Restart the pods now, and update the SDK to one that reads the file again."),
        commands=restart_command(target),
        likely=True,
        note=say(
            "The node's clock, compared with the times in the message, tells an old token from a "
            "wrong clock."
        ),
    )


_TIMES = re.compile(
    r"current date/time (\d{9,11}) must be before the expiration date/time ?(\d{9,11})"
)


def _late(text: str) -> timedelta | None:
    """How long the token had been expired, where the message has both times."""
    match = _TIMES.search(text)
    if match is None:
        return None
    late = int(match[1]) - int(match[2])
    return timedelta(seconds=late) if late > 0 else None
