"""IRSA308: the cluster was created anew, and the role still trusts the old one."""

from __future__ import annotations

from diagnostics.checks.places import of_trust
from diagnostics.checks.trust_faults import faults, next_change
from diagnostics.eks_issuer import eks_issuer, issuer_of
from diagnostics.evidence import Cluster, IamRole
from diagnostics.evidence.derived import KnownIssuers, TrustAnswer
from diagnostics.evidence.trust_names import trusted_providers
from diagnostics.languages import say
from diagnostics.result import Finding
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA308")
def cluster_recreated(
    *, cluster: Cluster, role: IamRole, answer: TrustAnswer, issuers: KnownIssuers | None
) -> Judgement:
    """The cluster was created anew, and the role still trusts the old one.

    Why: A cluster that is created again has a new issuer, even under the same name; a policy that names the old one
    trusts nobody any more.
    Source: spack issue 486; aws containers-roadmap issue 1579.
    """
    if "IRSA404" not in faults(answer, role) or cluster.created is None or role.created is None:
        return Pass()
    if issuers is None or not issuers.complete:
        return Pass()  # it may be the issuer of a cluster that could not be asked
    mine, known = eks_issuer(cluster.issuer_path), issuers.by_issuer
    old = [
        arn
        for arn in trusted_providers(role)
        if (theirs := eks_issuer(issuer_of(arn))) is not None
        and mine is not None
        and theirs.region == mine.region
        and issuer_of(arn) not in known
    ]
    if not old or role.created >= cluster.created:
        return Pass()
    return Finding(
        headline=say(
            "Cluster {cluster_name} was created after role {role_name}, which trusts an older issuer",
            cluster_name=cluster.name,
            role_name=role.name,
        ),
        place=of_trust(role, "/Statement"),
        seen=old[0],
        wanted=cluster.provider_arn_in(role.account),
        why="",
        next=next_change(answer),
        likely=True,
        note=say(
            "The role was created {created}, the cluster {cluster_created} UTC; other roles may "
            "trust the old issuer too.",
            created=f"{role.created:%Y-%m-%d %H:%M}",
            cluster_created=f"{cluster.created:%Y-%m-%d %H:%M}",
        ),
    )
