"""How far the text shows that the call came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.evidence import Pods
from diagnostics.recognize.symptom import NO_TOKEN_SENT, TOKEN_SENT, Cause

if TYPE_CHECKING:
    from diagnostics.evidence import Unreadable
    from diagnostics.evidence.derived import Now, RoleInQuestion
    from diagnostics.recognize.symptom import Symptom

TAG_SESSION = "sts:tagsession"
"""In lower case, as `said` has it."""
ORGANIZATION_POLICIES = (
    "resource control policy",
    "service control policy",
    "vpc endpoint policy",
)


def said(symptom: Symptom) -> str:
    """Everything that the text says of the failure, in lower case."""
    return f"{symptom.message or ''} {symptom.excerpt}".lower()


def outlived(now: Now, pods: Pods | Unreadable | None) -> bool:
    """Whether every running pod was made after the text, so that the text speaks of pods that are gone."""
    if now.text_at is None or not isinstance(pods, Pods) or not pods.live:
        return False
    return all(pod.created > now.text_at for pod in pods.live)


def somebody_else(symptom: Symptom, question: RoleInQuestion | None) -> bool:
    """Whether the text's caller is not the service account's role: a user, or a role of another name."""
    if symptom.cause is not Cause.PERMISSION:
        return False
    known = question.arn.name if question is not None else symptom.source_role
    return symptom.source_role is None or symptom.source_role != known


def no_token_sent(symptom: Symptom | None) -> bool:
    """Whether the text shows that the SDK found no web identity."""
    return symptom is not None and symptom.cause in NO_TOKEN_SENT


def token_sent(symptom: Symptom | None) -> bool:
    """Whether the text shows that STS was asked with a token."""
    return symptom is not None and symptom.cause in TOKEN_SENT
