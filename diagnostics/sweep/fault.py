"""One fault of one binding, before the leading one is chosen; and what all that look for faults ask with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diagnostics.evidence import ROLE_ARN, Target
from diagnostics.iam import WebIdentityRequest

if TYPE_CHECKING:
    from diagnostics.evidence import Cluster, IamRole, ServiceAccount
    from diagnostics.result import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A code and its words."""

    code: str
    headline: str
    seen: str = ""
    wanted: str = ""
    next: str = ""

    @classmethod
    def found(cls, code: str, finding: Finding) -> Fault:
        """What a check of the engine found, its headline as a sentence."""
        return cls(
            code=code,
            headline=f"{finding.headline.rstrip('.')}.",
            seen=finding.seen,
            wanted=finding.wanted,
            next=finding.next,
        )


def target_of(account: ServiceAccount, cluster: Cluster) -> Target:
    """The service account, as a check is asked about it."""
    return Target(
        cluster=cluster.name,
        namespace=account.namespace,
        service_account=account.name,
        workload=None,
    )


def request_of(
    role: IamRole, cluster: Cluster, *, subject: str, audience: str
) -> WebIdentityRequest:
    """What STS would be asked for a role with a token of the cluster's issuer."""
    return WebIdentityRequest(
        role_arn=role.arn,
        provider_arn=cluster.provider_arn_in(role.account),
        claims={"iss": cluster.issuer, "sub": subject, "aud": audience},
        role_tags=role.tags,
        open_context=True,
    )


def annotate_with(arn: str) -> str:
    """What to do where another role is meant."""
    return f"Annotate the service account with {ROLE_ARN}={arn}, then restart its pods."
