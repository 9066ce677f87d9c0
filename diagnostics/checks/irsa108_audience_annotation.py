"""IRSA108: the audience annotation is not what the provider and the trust policy expect."""

from __future__ import annotations

from diagnostics.checks.places import of_annotation
from diagnostics.checks.trust_faults import faults
from diagnostics.evidence import (
    AUDIENCE,
    DEFAULT_AUDIENCE,
    IamRole,
    OidcProvider,
    ServiceAccount,
    Target,
    Unreadable,
)
from diagnostics.evidence.derived import TrustAnswer
from diagnostics.fix.annotation import annotate
from diagnostics.languages import say
from diagnostics.result import Finding
from diagnostics.text.clip import clip, listed
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA108", after=("IRSA102",))
def audience_annotation(
    *,
    target: Target,
    account: ServiceAccount,
    provider: OidcProvider | Unreadable | None,
    answer: TrustAnswer | Unreadable | None,
    role: IamRole | Unreadable | None,
) -> Judgement:
    """The audience annotation is not what AWS expects.

    Why: The webhook asks for a token with the annotated audience; the provider's client IDs and the trust policy
    must both know it.
    Source: amazon-eks-pod-identity-webhook README, annotation eks.amazonaws.com/audience.
    """
    annotated = account.annotations.get(AUDIENCE)
    if not annotated:
        return Pass()
    refused: list[str] = []
    if isinstance(provider, OidcProvider):
        if annotated in provider.client_ids:
            return Pass()
        refused.extend(provider.client_ids)
    if isinstance(answer, TrustAnswer) and isinstance(role, IamRole):
        reasons = faults(answer, role).get("IRSA408", ())
        if isinstance(provider, OidcProvider) and not reasons and not answer.repair:
            return Pass()  # The trust policy wants this audience, so the provider is what lacks it.
        refused.extend(value for reason in reasons for value in reason.trusted)
    if not refused:
        return Pass()
    wanted = DEFAULT_AUDIENCE if DEFAULT_AUDIENCE in refused else refused[0]
    after = None if wanted == DEFAULT_AUDIENCE else wanted
    fix = annotate(target, account, key=AUDIENCE, after=after)
    return Finding(
        headline=say(
            "Service account {name} asks for tokens for {annotated}, not for {wanted}",
            name=account.name,
            annotated=clip(annotated, 60),
            wanted=wanted,
        ),
        place=of_annotation(target, account.namespace, account.name, AUDIENCE),
        seen=annotated,
        wanted=listed(dict.fromkeys(refused)),
        why="",
        next=say("Remove the annotation {audience}, then restart the pods.", audience=AUDIENCE)
        if after is None
        else say(
            "Set the annotation {audience} to {wanted}, then restart the pods.",
            audience=AUDIENCE,
            wanted=wanted,
        ),
        note=say(
            "Or, if the audience is meant, add it to the provider's client IDs and to the trust policy."
        ),
        fixes=(fix,),
        commands=(fix.command,),
    )
