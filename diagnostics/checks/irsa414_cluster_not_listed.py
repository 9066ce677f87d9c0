"""IRSA414: a role shared by several clusters does not list this one."""

from __future__ import annotations

from dataclasses import replace

from diagnostics.checks.trust_faults import judge_fault
from diagnostics.evidence import Cluster, IamRole
from diagnostics.evidence.derived import TrustAnswer
from diagnostics.evidence.trust_names import trusted_providers
from diagnostics.languages import say
from diagnostics.result import Finding
from diagnostics.text.clip import listed
from diagnostics.wiring import Judgement, check


@check("IRSA414", after=("IRSA401",))
def cluster_not_listed(answer: TrustAnswer, role: IamRole, cluster: Cluster) -> Judgement:
    """The shared role trusts other clusters, and this one is missing.

    Why: A role that serves several clusters needs one statement for each cluster's provider.
    Source: AWS re:Post, "Troubleshoot OIDC and IRSA in Amazon EKS"; Amazon EKS User Guide, cross-account IRSA.
    """
    judgement = judge_fault(
        "IRSA414",
        answer,
        role,
        lambda _: say(
            "Role {role_name} trusts several clusters, but has no statement for cluster {cluster_name}",
            role_name=role.name,
            cluster_name=cluster.name,
        ),
    )
    if isinstance(judgement, Finding):
        return replace(judgement, seen=listed(trusted_providers(role)), note=None)
    return judgement
