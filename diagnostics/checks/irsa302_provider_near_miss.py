"""IRSA302: there is a provider for another ID or region."""

from __future__ import annotations

from diagnostics.checks.irsa301_provider_missing import create_commands
from diagnostics.checks.near_providers import Near, near
from diagnostics.evidence import Cluster, OidcProvider, ProviderArns
from diagnostics.evidence.derived import HomeProvider, KnownIssuers, RoleAccount
from diagnostics.languages import say, sentence
from diagnostics.result import Finding, Place
from diagnostics.text.difference import difference
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA302")
def provider_near_miss(
    *,
    cluster: Cluster,
    account: RoleAccount,
    provider: OidcProvider | None,
    listed: ProviderArns,
    issuers: KnownIssuers | None,
    home: HomeProvider | None,
) -> Judgement:
    """The OIDC provider is for another ID or region.

    Why: The provider must name exactly the issuer of this cluster; one for another ID or region is another issuer's.
    Source: Amazon EKS User Guide, "Create an IAM OIDC provider for your cluster"; rancher eks-operator pull request
    2284 (dual-stack names).
    """
    if provider is not None or home is not None:
        return Pass()
    known = issuers or KnownIssuers(complete=False)
    found = near(cluster.issuer_path, listed.items, known.by_issuer, complete=known.complete)
    if found is None or found[0] is Near.SPELLING:
        return Pass()
    kind, arn = found
    wanted = cluster.provider_arn_in(account.id)
    return Finding(
        headline=say(
            "Account {account_id}'s OIDC provider is for the issuer's dual-stack name, which no token has",
            account_id=account.id,
        )
        if _DUAL_STACK in arn
        else say(
            "The OIDC provider in account {account_id} is for {words}",
            account_id=account.id,
            words=_WORDS[kind],
        ),
        place=Place(where=f"account {account.id}", object=arn),
        seen=arn,
        wanted=wanted,
        why="",
        next=say(
            "Create the OIDC provider {issuer} in account {account_id} with client ID "
            "sts.amazonaws.com; delete the other one if nothing uses it.",
            issuer=cluster.issuer,
            account_id=account.id,
        ),
        note=sentence(difference(arn, wanted)),
        commands=create_commands(cluster, account.id),
    )


_DUAL_STACK = ":oidc-provider/oidc-eks."
_WORDS = {
    Near.SAME_ID: say("the same ID at another host or region"),
    Near.NEAR_ID: say("an ID that differs in a few characters"),
    Near.STALE: say("an ID that no cluster of the fleet has"),
}
