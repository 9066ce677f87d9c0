"""The writer of trust policies in one account: looks again, then replaces the policy that it saw."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote

from bot.clients.aws.errors import Attempt
from diagnostics.errors import (
    OutcomeUnknown,
    ReadDenied,
    ReadError,
    Stale,
    Unreachable,
    WriteDenied,
    WriteError,
)
from diagnostics.fix.trust import same_policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_iam import IAMClient

    from bot.clients.aws.calls import AccountCalls

T = TypeVar("T")


class TrustPolicyWriter:
    """Fulfils `diagnostics.clients.TrustWriter`.

    IAM has no conditional write: between the look and the write lies one call, within which somebody else's
    change would be overwritten. The policy as it was is kept for the way back.
    """

    def __init__(self, calls: AccountCalls) -> None:
        self._calls = calls

    async def update_trust_policy(self, *, role_arn: str, before: str, after: str) -> None:
        """iam:GetRole, then iam:UpdateAssumeRolePolicy, provided that the policy is still `before`."""
        name = role_arn.rpartition("/")[2]
        await self._compare(role_arn, name, before)

        def write(iam: IAMClient) -> bool:
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=after)
            return True

        try:
            done = await self._call("UpdateAssumeRolePolicy", role_arn, write)
        except Unreachable as error:
            raise OutcomeUnknown(f"it may have been written: {error.why}") from error
        except ReadError as error:
            raise _not_written(error) from error
        if done is None:
            raise Stale(f"role {role_arn}", expected="present", found=None)

    async def _compare(self, role_arn: str, name: str, before: str) -> None:
        try:
            found = await self._call("GetRole", role_arn, lambda iam: _read(iam, name))
        except ReadError as error:
            raise _not_written(error) from error
        if found is None:
            raise Stale(f"role {role_arn}", expected="present", found=None)
        arn, policy = found
        if arn != role_arn:
            raise Stale(f"role {name}", expected=role_arn, found=arn)
        if not same_policy(policy, before):
            raise Stale(f"trust policy of {role_arn}", expected=before, found=policy)

    async def _call(
        self, operation: str, role_arn: str, function: Callable[[IAMClient], T]
    ) -> T | None:
        region = self._calls.region
        attempt = Attempt(
            service="iam",
            operation=operation,
            resource=role_arn,
            account=self._calls.account.id,
            region=region,
            principal="",
        )
        return await self._calls.read(
            attempt, lambda: function(self._calls.sessions.client("iam", region))
        )


def _read(iam: IAMClient, name: str) -> tuple[str, str]:
    role: Any = iam.get_role(RoleName=name)["Role"]
    document = role.get("AssumeRolePolicyDocument") or ""
    text = unquote(document) if isinstance(document, str) else json.dumps(document)
    return str(role["Arn"]), text


def _not_written(error: ReadError) -> WriteError:
    kind = WriteDenied if isinstance(error, ReadDenied) else WriteError
    return kind(f"nothing was written: {error.why}; {error.enable}")
