"""The writer of trust policies in one account: looks again, then replaces the policy that it saw."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from bot.clients.aws.writing import IamWrites
from diagnostics.errors import Stale
from diagnostics.fix.trust import same_policy

if TYPE_CHECKING:
    from types_boto3_iam import IAMClient

    from bot.clients.aws.calls import AccountCalls


class TrustPolicyWriter:
    """Fulfils `diagnostics.clients.TrustWriter`; the policy as it was is kept for the way back."""

    def __init__(self, calls: AccountCalls) -> None:
        self._iam = IamWrites(calls)

    async def update_trust_policy(self, *, role_arn: str, before: str, after: str) -> None:
        """iam:GetRole, then iam:UpdateAssumeRolePolicy, provided that the policy is still `before`."""
        name = role_arn.rpartition("/")[2]
        await self._compare(role_arn, name, before)
        done = await self._iam.write(
            "UpdateAssumeRolePolicy",
            role_arn,
            lambda iam: iam.update_assume_role_policy(RoleName=name, PolicyDocument=after),
        )
        if not done:
            raise Stale(f"role {role_arn}", expected="present", found=None)

    async def _compare(self, role_arn: str, name: str, before: str) -> None:
        found = await self._iam.look("GetRole", role_arn, lambda iam: _read(iam, name))
        if found is None:
            raise Stale(f"role {role_arn}", expected="present", found=None)
        arn, policy = found
        if arn != role_arn:
            raise Stale(f"role {name}", expected=role_arn, found=arn)
        if not same_policy(policy, before):
            raise Stale(f"trust policy of {role_arn}", expected=before, found=policy)


def _read(iam: IAMClient, name: str) -> tuple[str, str]:
    role: Any = iam.get_role(RoleName=name)["Role"]
    document = role.get("AssumeRolePolicyDocument") or ""
    text = unquote(document) if isinstance(document, str) else json.dumps(document)
    return str(role["Arn"]), text
