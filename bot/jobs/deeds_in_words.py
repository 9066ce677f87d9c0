"""What a fix does, in words that the reply, the request and the audit trail share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.fix.plan import (
    AnnotateAndRestart,
    AnnotateServiceAccount,
    RestartWorkload,
    SetClientIds,
    SetProvider,
    UpdateTrustPolicy,
)
from diagnostics.visible import visible
from handlers.blockkit import clip

if TYPE_CHECKING:
    from diagnostics.fix.plan import Fix


def in_words(fix: Fix) -> str:
    """What a fix does, as the beginning of a sentence."""
    match fix:
        case AnnotateServiceAccount():
            return _annotation(fix)
        case RestartWorkload():
            return f"Restart the pods of {fix.ref} in {fix.namespace}"
        case AnnotateAndRestart():
            refs = " and ".join(str(one.ref) for one in fix.restarts)
            return f"{_annotation(fix.annotate)}, then restart the pods of {refs}"
        case UpdateTrustPolicy():
            return f"Replace the trust policy of {fix.role_arn}"
        case SetClientIds():
            how = ("Add", "to") if fix.adds else ("Take", "out of")
            client_id = visible(clip(fix.client_id, 255))
            return f"{how[0]} the audience {client_id} {how[1]} OIDC provider {fix.provider_arn}"
        case SetProvider():
            what = "Create" if fix.present else "Delete"
            return f"{what} the OIDC provider of {fix.url} in account {fix.account}"


def _annotation(fix: AnnotateServiceAccount) -> str:
    key, name = visible(clip(fix.key, 200)), f"serviceaccount {fix.namespace}/{fix.name}"
    if fix.after is None:
        return f"Remove the annotation {key} of {name}"
    return f"Set the annotation {key} of {name} to {visible(clip(fix.after, 300))}"
