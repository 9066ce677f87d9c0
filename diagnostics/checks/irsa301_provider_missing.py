"""IRSA301: the role's account has no OIDC provider for the cluster."""

from __future__ import annotations

from shlex import quote

from diagnostics.evidence import Cluster, OidcProvider
from diagnostics.evidence.derived import RoleAccount
from diagnostics.languages import say
from diagnostics.result import Finding, Place
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA301")
def provider_missing(
    *, cluster: Cluster, account: RoleAccount, provider: OidcProvider | None
) -> Judgement:
    """The role's account has no OIDC provider for the cluster.

    Why: STS looks the token's issuer up among the OIDC providers of the role's account, and refuses what it does not
    find there.
    Source: IAM User Guide, "Create an OpenID Connect (OIDC) identity provider in IAM"; AWS re:Post article.
    """
    if provider is not None:
        return Pass()
    arn = cluster.provider_arn_in(account.id)
    return Finding(
        headline=say(
            "Account {account_id} has no IAM OIDC provider for cluster {cluster_name}",
            account_id=account.id,
            cluster_name=cluster.name,
        ),
        place=Place(where=f"account {account.id}", object=arn),
        seen=say("(none)"),
        wanted=arn,
        why="",
        next=say(
            "Create the OIDC provider {issuer} in account {account_id} with client ID "
            "sts.amazonaws.com.",
            issuer=cluster.issuer,
            account_id=account.id,
        ),
        note=say("No role is known, so the cluster's own account was looked at.")
        if account.assumed
        else None,
        commands=create_commands(cluster, account.id),
    )


def create_commands(cluster: Cluster, account: str) -> tuple[str, ...]:
    """Ready text that creates the provider: AWS CLI, eksctl (in the cluster's own account), Terraform."""
    eksctl = (
        (
            f"eksctl utils associate-iam-oidc-provider --cluster {quote(cluster.eks_name)} "
            f"--region {cluster.region} --approve"
        ),
    )
    return (
        (
            f"aws iam create-open-id-connect-provider --url {quote(cluster.issuer)} "
            "--client-id-list sts.amazonaws.com"
        ),
        *(eksctl if account == cluster.account else ()),
        (
            'resource "aws_iam_openid_connect_provider" "eks" {\n'
            f'  url            = "{cluster.issuer}"\n'
            '  client_id_list = ["sts.amazonaws.com"]\n}'
        ),
    )
