"""IRSA305: the provider's URL is spelled differently from the issuer."""

from __future__ import annotations

from diagnostics.checks.irsa301_provider_missing import create_commands
from diagnostics.checks.near_providers import Near, near
from diagnostics.evidence import Cluster, OidcProvider, ProviderArns
from diagnostics.evidence.derived import RoleAccount
from diagnostics.languages import say, sentence
from diagnostics.result import Finding, Place
from diagnostics.text.difference import difference
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA305")
def provider_url_spelling(
    *, cluster: Cluster, account: RoleAccount, provider: OidcProvider | None, listed: ProviderArns
) -> Judgement:
    """The OIDC provider's URL is spelled differently from the issuer.

    Why: IAM most likely compares the URL with the token's issuer as text, so that a slash, a port or another case makes
    another issuer.
    Source: IAM User Guide, "Create an OpenID Connect (OIDC) identity provider in IAM" (URLs are case-sensitive).
    """
    if provider is not None:
        return Pass()
    found = near(cluster.issuer_path, listed.items, {})
    if found is None or found[0] is not Near.SPELLING:
        return Pass()
    arn, wanted = found[1], cluster.provider_arn_in(account.id)
    return Finding(
        headline=say(
            "The OIDC provider in account {account_id} spells the issuer's URL differently",
            account_id=account.id,
        ),
        place=Place(where=f"account {account.id}", object=arn, field="Url"),
        seen=arn,
        wanted=wanted,
        why="",
        next=say(
            "A provider's URL can't be changed: create one for {issuer}, and delete this one once no role "
            "trusts it.",
            issuer=cluster.issuer,
        ),
        note=sentence(difference(arn, wanted)),
        commands=create_commands(cluster, account.id),
    )
