"""The organization: its resource control policies, read with the bot's own credentials."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from botocore.exceptions import ClientError

from bot.clients.aws.errors import Attempt, code_of
from bot.clients.aws.members import BY_THE_BOT
from diagnostics.errors import ReadError
from diagnostics.evidence import ControlPolicies, ControlPolicy
from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from types_boto3_organizations import OrganizationsClient

    from bot.clients.aws.sessions import AwsSessions

T = TypeVar("T")
_DEEPEST: Final = 7
"""Root, five levels of organizational units, account.

Source: AWS Organizations User Guide, "Quotas for AWS Organizations".
"""
_MOST: Final = 20
"""Policies that are read; an account has at most five at each of its levels."""
_PASSES_ALL: Final = "p-RCPFullAWSAccess"
"""AWS's own policy, which denies nothing.

Source: AWS Organizations User Guide, "Resource control policies", RCPFullAWSAccess.
"""
_NO_ORGANIZATION: Final = "AWSOrganizationsNotInUseException"
_STRANGER: Final = frozenset({"ChildNotFoundException", "TargetNotFoundException"})


_Named: TypeAlias = tuple[str, str, str]
"""ID, name and ARN of a policy."""
_ORGANIZATION: Final = re.compile(r":policy/(o-[a-z0-9]{10,32})/")
"""In the ARN of a policy that is not AWS's own.

Source: Service Authorization Reference, AWS Organizations, resource types.
"""


def _organization_of(policy_arn: str) -> str | None:
    found = _ORGANIZATION.search(policy_arn)
    return found[1] if found else None


def _path(organization: str | None, upwards: list[str]) -> str | None:
    """The account's place, where the organization is known and the way up ends at its root."""
    if organization is None or not upwards[-1].startswith("r-"):
        return None
    return "/".join((organization, *reversed(upwards[1:]), ""))


class Organization:
    """Fulfils `diagnostics.clients.OrganizationReader`."""

    def __init__(self, sessions: AwsSessions, region: str) -> None:
        """Read with the bot's own credentials.

        Args:
            sessions: Makes the calls.
            region: One of the partition; Organizations is global.
        """
        self._sessions = sessions
        self._region = region

    async def control_policies(self, account_id: str) -> ControlPolicies:
        """Read the policies of the account and of everything above it; none outside of an organization.

        Raises:
            ReadError: They can't be read, or the account is in another organization.
        """
        try:
            return await self._read(account_id)
        except ReadError as error:
            cause = error.__cause__
            code = code_of(cause) if isinstance(cause, ClientError) else ""
            if code == _NO_ORGANIZATION:
                return ControlPolicies(account=account_id)
            if code in _STRANGER:
                raise ReadError(
                    say(
                        "account {account} is not in the organization of the bot's own credentials",
                        account=account_id,
                    ),
                    enable=say(
                        "ask who manages that account's organization for its resource control policies"
                    ),
                ) from error
            raise

    async def _read(self, account_id: str) -> ControlPolicies:
        named: dict[str, tuple[str, str]] = {}
        organization: str | None = None
        line = await self._line(account_id)
        for target, policies in line:
            for policy, name, arn in policies:
                organization = organization or _organization_of(arn)
                if policy != _PASSES_ALL and len(named) < _MOST:
                    named.setdefault(policy, (name, target))
        texts = await asyncio.gather(*(self._text(account_id, policy) for policy in named))
        return ControlPolicies(
            account=account_id,
            items=tuple(
                ControlPolicy(id=policy, name=name, text=text, attached_to=target)
                for (policy, (name, target)), text in zip(named.items(), texts, strict=True)
            ),
            path=_path(organization, [target for target, _ in line]),
        )

    async def _line(self, account_id: str) -> tuple[tuple[str, tuple[_Named, ...]], ...]:
        """The account and everything above it, each with its policies, which are read while the way up is found."""
        attached: dict[str, asyncio.Task[tuple[_Named, ...]]] = {}
        try:
            async for target in self._upwards(account_id):
                attached[target] = asyncio.create_task(self._attached(account_id, target))
            policies = await asyncio.gather(*attached.values())
        finally:
            for task in attached.values():
                task.cancel()
            await asyncio.gather(*attached.values(), return_exceptions=True)
        return tuple(zip(attached, policies, strict=True))

    async def _upwards(self, account_id: str) -> AsyncIterator[str]:
        line = [account_id]
        yield account_id
        while len(line) < _DEEPEST:
            child = line[-1]
            parent = await self._call(
                "ListParents",
                account_id,
                child,
                lambda api, child=child: api.list_parents(ChildId=child)["Parents"][0]["Id"],  # type: ignore[misc]  # a lambda with a default
            )
            if parent is None:
                break
            line.append(parent)
            yield parent
            if parent.startswith("r-"):
                break

    async def _attached(self, account_id: str, target: str) -> tuple[_Named, ...]:
        def listed(api: OrganizationsClient) -> tuple[_Named, ...]:
            answer = api.list_policies_for_target(TargetId=target, Filter="RESOURCE_CONTROL_POLICY")
            return tuple((one["Id"], one["Name"], one["Arn"]) for one in answer["Policies"])

        return await self._call("ListPoliciesForTarget", account_id, target, listed) or ()

    async def _text(self, account_id: str, policy: str) -> str:
        return (
            await self._call(
                "DescribePolicy",
                account_id,
                policy,
                lambda api: api.describe_policy(PolicyId=policy)["Policy"]["Content"],
            )
            or "{}"
        )

    async def _call(
        self,
        operation: str,
        account_id: str,
        resource: str,
        function: Callable[[OrganizationsClient], T],
    ) -> T | None:
        attempt = Attempt(
            service="organizations",
            operation=operation,
            resource=resource,
            account=account_id,
            region=self._region,
            principal=BY_THE_BOT,
        )
        return await self._sessions.call(
            attempt,
            lambda: function(self._sessions.client("organizations", self._region)),
            credentials=None,
        )
