"""IRSA310: the cluster's own issuer is set for people's logins too."""

from __future__ import annotations

from shlex import quote

from diagnostics.evidence import Cluster, LoginIssuers
from diagnostics.languages import say
from diagnostics.result import Finding, Place, Severity
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA310", severity=Severity.RISK)
def issuer_for_logins(cluster: Cluster, logins: LoginIssuers) -> Judgement:
    """The cluster's own issuer is set for people's logins too.

    Why: From Kubernetes 1.30 on the API server refuses to start when one issuer stands for both.
    Source: terraform-aws-eks issue 3135; Kubernetes, "Authenticating", structured authentication.
    """
    if cluster.issuer not in logins.urls:
        return Pass()
    return Finding(
        headline=say(
            "Cluster {cluster_name} takes logins from its own issuer, which Kubernetes 1.30 and later refuse",
            cluster_name=cluster.name,
        ),
        place=Place(
            where=f"account {cluster.account}",
            object=f"identity provider configuration of cluster {cluster.eks_name}",
            field="oidc.issuerUrl",
        ),
        seen=cluster.issuer,
        wanted=say("an issuer of people's logins, not the cluster's own"),
        why="",
        next=say(
            "Disassociate that identity provider configuration (aws eks "
            "disassociate-identity-provider-config): IRSA needs none, but logins through it end."
        ),
        commands=(
            (
                f"aws eks list-identity-provider-configs --cluster-name {quote(cluster.eks_name)} "
                f"--region {cluster.region}"
            ),
        ),
    )
