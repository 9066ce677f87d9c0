"""IRSA109: the token-expiration annotation is not what the webhook takes."""

from __future__ import annotations

import re

from diagnostics.checks.places import of_annotation
from diagnostics.evidence import TOKEN_EXPIRATION, ServiceAccount, Target
from diagnostics.fix.annotation import annotate
from diagnostics.languages import Words, say
from diagnostics.result import Finding, Severity
from diagnostics.text.clip import clip
from diagnostics.wiring import Judgement, Pass, check

SHORTEST = 600
LONGEST = 86_400


@check("IRSA109", severity=Severity.RISK, after=("IRSA102",))
def token_expiration(target: Target, account: ServiceAccount) -> Judgement:
    """The token-expiration annotation is not a number of seconds from 600 to 86400.

    Why: The webhook ignores what is no number and clamps what is out of range, so tokens live longer or shorter
    than the annotation says.
    Source: amazon-eks-pod-identity-webhook, pkg/constants.go (MinTokenExpiration, MaxTokenExpiration).
    """
    value = account.annotations.get(TOKEN_EXPIRATION)
    if value is None:
        return Pass()
    if re.fullmatch(r"[0-9]{1,9}", value) and SHORTEST <= int(value) <= LONGEST:
        return Pass()
    used = lifetime_for(value)
    fix = annotate(target, account, key=TOKEN_EXPIRATION, after=str(used))
    return Finding(
        headline=_headline(clip(value, 40)),
        place=of_annotation(target, account.namespace, account.name, TOKEN_EXPIRATION),
        seen=clip(value, 100),
        wanted=say(
            "a whole number of seconds from {shortest} to {longest}",
            shortest=SHORTEST,
            longest=LONGEST,
        ),
        why="",
        next=say(
            "Set {token_expiration} to {used}; pods have it once they are restarted.",
            token_expiration=TOKEN_EXPIRATION,
            used=used,
        ),
        commands=(fix.command,),
    )


def lifetime_for(value: str) -> int:
    """The lifetime in seconds that is nearest to what somebody meant, of those that the webhook takes."""
    meant = _seconds(value)
    return LONGEST if meant is None else min(max(meant, SHORTEST), LONGEST)


def _headline(value: str) -> Words:
    if not re.fullmatch(_NUMBER, value):
        return say(
            "The token lifetime {value} is no number of seconds, so the webhook ignores it",
            value=value,
        )
    if int(value) < SHORTEST:
        return say(
            "The token lifetime {value} is too short, so the webhook takes {used} seconds",
            value=value,
            used=SHORTEST,
        )
    return say(
        "The token lifetime {value} is too long, so the webhook takes {used} seconds",
        value=value,
        used=LONGEST,
    )


def _seconds(value: str) -> int | None:
    """What somebody meant by `24h`, `30m` or a number out of range; None where that is not clear."""
    read = re.fullmatch(r"([0-9]{1,9})([smhd]?)", value.strip().lower(), re.ASCII)
    return int(read[1]) * _UNITS[read[2]] if read else None


_NUMBER = r"[0-9]{1,19}"
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}
