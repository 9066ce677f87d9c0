"""IRSA109: the token-expiration annotation is not what the webhook takes."""

from __future__ import annotations

import re

from diagnostics.checks.places import of_annotation
from diagnostics.evidence import TOKEN_EXPIRATION, ServiceAccount, Target
from diagnostics.explain.words import clip
from diagnostics.fix.annotation import annotate
from diagnostics.languages import say
from diagnostics.result import Finding, Severity
from diagnostics.wiring import Judgement, Pass, check

SHORTEST = 600
LONGEST = 86_400


@check("IRSA109", severity=Severity.RISK, after=("IRSA102",))
def token_expiration(target: Target, account: ServiceAccount) -> Judgement:
    """The token-expiration annotation is not a number of seconds from 600 to 86400.

    Why: The webhook ignores what is no number and clamps what is out of range, so tokens live for another time than
    the annotation says.
    Source: amazon-eks-pod-identity-webhook, pkg/constants.go (MinTokenExpiration, MaxTokenExpiration).
    """
    value = account.annotations.get(TOKEN_EXPIRATION)
    if value is None:
        return Pass()
    if re.fullmatch(r"[0-9]{1,9}", value) and SHORTEST <= int(value) <= LONGEST:
        return Pass()
    fix = annotate(target, account, key=TOKEN_EXPIRATION, after=str(LONGEST))
    return Finding(
        headline=say("The annotated token lifetime does not count"),
        place=of_annotation(target, account.namespace, account.name, TOKEN_EXPIRATION),
        seen=clip(value, 100),
        wanted=say(
            "a whole number of seconds from {shortest} to {longest}",
            shortest=SHORTEST,
            longest=LONGEST,
        ),
        why="",
        next=say(
            "Set {token_expiration} to a number from {shortest} to {longest}, or remove it.",
            token_expiration=TOKEN_EXPIRATION,
            shortest=SHORTEST,
            longest=LONGEST,
        ),
        commands=(fix.command,),
    )
