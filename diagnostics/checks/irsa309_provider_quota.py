"""IRSA309: the account has no room for another OIDC provider."""

from __future__ import annotations

from diagnostics.evidence import OidcProvider, ProviderArns
from diagnostics.evidence.derived import RoleAccount
from diagnostics.languages import say
from diagnostics.result import Finding, Place, Severity
from diagnostics.wiring import Judgement, Pass, check

QUOTA = 100
"""OIDC providers of an account by default.

Source: IAM User Guide, "IAM and AWS STS quotas", OpenID Connect identity providers per account (adjustable).
"""


@check("IRSA309", severity=Severity.RISK)
def provider_quota(
    account: RoleAccount, provider: OidcProvider | None, listed: ProviderArns
) -> Judgement:
    """The account has no room for another OIDC provider.

    Why: IAM refuses to create a provider beyond the account's quota, so the missing one can't be added.
    Source: IAM User Guide, "IAM and AWS STS quotas"; kubernetes test-infra pull request 24897.
    """
    if provider is not None or len(listed.items) < QUOTA:
        return Pass()
    return Finding(
        headline=say(
            "Account {account_id} has {count} OIDC providers; IAM allows {quota} unless it was raised",
            account_id=account.id,
            count=len(listed.items),
            quota=QUOTA,
        ),
        place=Place(where=f"account {account.id}", object="OIDC providers"),
        seen=f"{len(listed.items)} providers",
        wanted=say("fewer than {quota}, or a raised quota", quota=QUOTA),
        why="",
        next=say(
            "Delete the providers of clusters that are gone, or ask for a higher quota, before "
            "you create this one."
        ),
        likely=True,
        note=say("The account's quota would settle it (servicequotas:GetServiceQuota)."),
        commands=(
            (
                "aws service-quotas get-service-quota --service-code iam --quota-code L-858F3967 "
                "--region us-east-1"
            ),
        )
        if listed.items[0].startswith("arn:aws:")
        else ("aws iam list-open-id-connect-providers",),
    )
