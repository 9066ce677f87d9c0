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
from diagnostics.languages import Words, say
from diagnostics.text.visible import visible
from handlers.blockkit import clip

if TYPE_CHECKING:
    from diagnostics.fix.plan import Fix


def in_words(fix: Fix) -> Words:  # noqa: PLR0911  one kind of fix after the other
    """What a fix does, as the beginning of a sentence."""
    match fix:
        case AnnotateServiceAccount():
            return _annotation(fix)
        case RestartWorkload():
            return say(
                "Restart the pods of {workload} in {namespace}",
                workload=fix.ref,
                namespace=fix.namespace,
            )
        case AnnotateAndRestart():
            refs = " and ".join(str(one.ref) for one in fix.restarts)
            return say(
                "{annotation}, then restart the pods of {refs}",
                annotation=_annotation(fix.annotate),
                refs=refs,
            )
        case UpdateTrustPolicy():
            return say("Replace the trust policy of {role_arn}", role_arn=fix.role_arn)
        case SetClientIds():
            audience, arn = visible(clip(fix.client_id, 255)), fix.provider_arn
            if fix.adds:
                return say(
                    "Add the audience {audience} to OIDC provider {arn}", audience=audience, arn=arn
                )
            return say(
                "Take the audience {audience} out of OIDC provider {arn}",
                audience=audience,
                arn=arn,
            )
        case SetProvider():
            url, account = fix.url, fix.account
            if fix.present:
                return say(
                    "Create the OIDC provider of {url} in account {account}",
                    url=url,
                    account=account,
                )
            return say(
                "Delete the OIDC provider of {url} in account {account}", url=url, account=account
            )


def _annotation(fix: AnnotateServiceAccount) -> Words:
    key, name = visible(clip(fix.key, 200)), f"serviceaccount {fix.namespace}/{fix.name}"
    if fix.after is None:
        return say("Remove the annotation {key} of {name}", key=key, name=name)
    return say(
        "Set the annotation {key} of {name} to {after}",
        key=key,
        name=name,
        after=visible(clip(fix.after, 300)),
    )
