"""IRSA303: the provider is in the cluster's account, the role in another."""

from __future__ import annotations

from diagnostics.checks.irsa301_provider_missing import create_commands
from diagnostics.evidence import Cluster, OidcProvider
from diagnostics.evidence.derived import HomeProvider, RoleAccount
from diagnostics.languages import say
from diagnostics.result import Finding, Place
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA303")
def provider_in_cluster_account(
    *,
    cluster: Cluster,
    account: RoleAccount,
    provider: OidcProvider | None,
    home: HomeProvider | None,
) -> Judgement:
    """The OIDC provider is only in the cluster's account, and the role in another.

    Why: STS looks for the provider in the role's account only, never in the cluster's.
    Source: Amazon EKS User Guide, "Authenticate to another account with IRSA"; webhook issue 24.
    """
    if account.id == cluster.account:
        return Skip(say("the role lives in the cluster's account"))
    if provider is not None or home is None:
        return Pass()
    return Finding(
        headline=say(
            "The OIDC provider is in account {cluster_account}, but the role is in {account_id}",
            cluster_account=cluster.account,
            account_id=account.id,
        ),
        place=Place(where=f"account {account.id}", object=cluster.provider_arn_in(account.id)),
        seen=home.provider.arn,
        wanted=cluster.provider_arn_in(account.id),
        why="",
        next=say(
            "Create the OIDC provider {issuer} in account {account_id} too, with client ID "
            "sts.amazonaws.com.",
            issuer=cluster.issuer,
            account_id=account.id,
        ),
        commands=create_commands(cluster, account.id),
    )
