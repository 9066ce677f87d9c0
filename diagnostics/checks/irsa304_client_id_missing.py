"""IRSA304: the provider does not know the token's audience."""

from __future__ import annotations

from shlex import quote

from diagnostics.evidence import OidcProvider
from diagnostics.evidence.derived import Subject
from diagnostics.languages import say
from diagnostics.result import Finding, Place
from diagnostics.text.clip import listed
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA304", after=("IRSA301",))
def client_id_missing(provider: OidcProvider, subject: Subject) -> Judgement:
    """The OIDC provider does not list the token's audience.

    Why: STS refuses a token whose audience is not among the provider's client IDs, before any policy is asked.
    Source: IAM API reference, AddClientIDToOpenIDConnectProvider; STS error "Incorrect token audience".
    """
    if subject.audience in provider.client_ids:
        return Pass()
    return Finding(
        headline=say(
            "The OIDC provider does not list the audience {audience}", audience=subject.audience
        ),
        place=Place(where=f"account {provider.account}", object=provider.arn, field="ClientIDList"),
        seen=listed(provider.client_ids),
        wanted=subject.audience,
        why="",
        next=say(
            "Add the client ID {audience} to the OIDC provider in account {account}.",
            audience=subject.audience,
            account=provider.account,
        ),
        note=None
        if subject.audience_read
        else say("The service account could not be read; this is the default audience."),
        likely=not subject.audience_read,
        commands=(
            (
                "aws iam add-client-id-to-open-id-connect-provider "
                f"--open-id-connect-provider-arn {quote(provider.arn)} "
                f"--client-id {quote(subject.audience)}"
            ),
        ),
    )
