"""IRSA404: the trust policy trusts another OIDC provider."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from diagnostics.checks.trust_faults import judge_fault
from diagnostics.evidence import Cluster, IamRole
from diagnostics.evidence.derived import KnownIssuers, TrustAnswer
from diagnostics.iam.decision import Mismatch
from diagnostics.languages import say
from diagnostics.result import Finding
from diagnostics.wiring import Judgement, check

if TYPE_CHECKING:
    from diagnostics.iam.decision import Reason


@check("IRSA404", after=("IRSA401",))
def other_provider(
    *, answer: TrustAnswer, role: IamRole, cluster: Cluster, issuers: KnownIssuers | None
) -> Judgement:
    """The trust policy trusts another OIDC provider.

    Why: Each cluster has an issuer of its own, and the Federated principal must be exactly the ARN of that
    issuer's provider in the role's account.
    Source: IAM User Guide, "AWS JSON policy elements: Principal", OIDC federated principals.
    """
    known = issuers.by_issuer if issuers else {}
    tail = f":oidc-provider/{cluster.issuer_path}"

    def headline(reason: Reason | None) -> str:
        trusted = reason.trusted if reason else ()
        if reason is not None and reason.mismatch is Mismatch.PRINCIPAL_KIND:
            return say(
                "Role {role_name} names the provider, but not as Federated", role_name=role.name
            )
        accounts = [
            arn.removesuffix(tail).rpartition(":")[2] for arn in trusted if arn.endswith(tail)
        ]
        elsewhere = [account for account in accounts if account != role.account]
        if elsewhere:
            return say(
                "Role {role} trusts the provider of account {other}, but is in {account}",
                role=role.name,
                other=elsewhere[0],
                account=role.account,
            )
        owners = [known[i] for t in trusted if (i := t.partition("oidc-provider/")[2]) in known]
        if owners:
            return say(
                "Role {role} trusts the provider of cluster {other}, not that of {cluster}",
                role=role.name,
                other=owners[0],
                cluster=cluster.name,
            )
        return say(
            "Role {role} trusts something other than the OIDC provider of cluster {cluster}",
            role=role.name,
            cluster=cluster.name,
        )

    found = judge_fault("IRSA404", answer, role, headline)
    if isinstance(found, Finding) and found.seen == found.wanted:
        # The same ARN: what differs is the word that it stands under.
        return replace(found, wanted=f"Federated: {found.wanted}")
    return found
