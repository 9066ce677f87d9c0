"""Who the bot is in each account: its own credentials, or a role it assumes there."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError

from bot.clients.aws.errors import EXPIRED, Attempt, code_of
from bot.clients.aws.regions import region_of
from bot.clients.single_flight import Kept, SingleFlight
from diagnostics.arn import RoleArn
from diagnostics.errors import ReadError
from diagnostics.fleet import Account
from diagnostics.languages import say

if TYPE_CHECKING:
    from types_boto3_sts.type_defs import AssumeRoleRequestTypeDef

    from bot.clients.aws.sessions import AwsSessions
    from diagnostics.fleet import Fleet

SESSION_SECONDS: Final = 3600
"""The longest that role chaining allows.

Source: IAM User Guide, "Roles terms and concepts", role chaining.
"""
_EARLY_SECONDS: Final = 300
_OWN_SECONDS: Final = 300
_BOT: Final = say("the bot's own credentials")
_HUB: Final = "hub"


class Purpose(StrEnum):
    """What an identity is for."""

    READ = "read"
    FIX = "fix"
    PROVE = "prove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Credentials, and whose they are."""

    principal: str
    """ARN of the assumed role, or of the bot's own identity."""
    credentials: ReadOnlyCredentials | None = field(repr=False)
    """None: the bot's own, looked up for each call."""
    expires: datetime | None = None


class Identities:
    """Assumes each role once for however many wait, and again shortly before its credentials expire.

    Args:
        fleet: Names the roles.
        sessions: Makes the calls.
        region: The process's default region.
    """

    def __init__(self, fleet: Fleet, sessions: AwsSessions, region: str | None = None) -> None:
        self._fleet = fleet
        self._sessions = sessions
        self._region = region
        # Wall clock: credentials go on expiring while a laptop sleeps.
        self._assumed = SingleFlight[Identity](time.time)

    def region(self, account: Account) -> str:
        """Return the region in which IAM and STS are asked about the account."""
        return region_of(account, self._fleet, self._region)

    async def of(self, account: Account, purpose: Purpose) -> Identity:
        """Return the identity for a purpose in an account.

        Raises:
            ReadError: The role can't be assumed, or the bot's own credentials are of another account.
        """
        role = {
            Purpose.READ: account.read_role,
            Purpose.FIX: account.fix_role,
            Purpose.PROVE: account.proof_role,
        }[purpose]

        async def make() -> Kept[Identity]:
            if role is None:
                return await self._own(account)
            return await self._through_hub(account, role, purpose)

        return await self._assumed.get((account.id, purpose), make)

    def forget(self, account: Account, purpose: Purpose) -> None:
        """Drop credentials that AWS has refused."""
        self._assumed.forget((account.id, purpose))

    async def close(self) -> None:
        """Stop the calls under way."""
        await self._assumed.close()

    async def hub(self) -> Identity | None:
        """Return the identity that the members' roles are assumed by; None where it is the bot's own.

        Raises:
            ReadError: The hub role can't be assumed.
        """
        hub = self._fleet.hub
        if hub is None:
            return None
        # Who is named in messages is the account that the role is in, whether the fleet has it or not.
        arn = RoleArn.parse(hub.role)
        account = Account(
            id=arn.account if arn else "",
            name="hub",
            read_role=hub.role,
            external_id=hub.external_id,
        )
        return await self._assumed.get(_HUB, lambda: self._assume(account, hub.role, "hub"))

    async def _through_hub(self, account: Account, role: str, purpose: Purpose) -> Kept[Identity]:
        hub = await self.hub()
        try:
            return await self._assume(account, role, purpose, by=hub)
        except ReadError as error:
            cause = error.__cause__
            if hub is None or not isinstance(cause, ClientError) or code_of(cause) not in EXPIRED:
                raise
        self._assumed.forget(_HUB)
        return await self._assume(account, role, purpose, by=await self.hub())

    async def _assume(
        self, account: Account, role: str, session: str, *, by: Identity | None = None
    ) -> Kept[Identity]:
        region = self.region(account)
        asked: AssumeRoleRequestTypeDef = {
            "RoleArn": role,
            "RoleSessionName": f"irsa-doctor-{session}",
            "DurationSeconds": SESSION_SECONDS,
        }
        if account.external_id:
            asked["ExternalId"] = account.external_id

        def assume() -> Identity:
            answer = self._sessions.client("sts", region).assume_role(**asked)["Credentials"]
            return Identity(
                principal=role,
                credentials=ReadOnlyCredentials(
                    answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"]
                ),
                expires=answer["Expiration"],
            )

        attempt = Attempt(
            service="sts",
            operation="AssumeRole",
            resource=role,
            account=account.id,
            region=region,
            principal=by.principal if by else _BOT,
        )
        identity = await self._sessions.call(
            attempt, assume, credentials=by.credentials if by else None
        )
        if identity is None or identity.expires is None:
            raise ReadError(
                say("sts:AssumeRole: {role} gave no credentials", role=role),
                enable=say(
                    "check what answers as {service} in {region}", service="sts", region=region
                ),
            )
        left = (identity.expires - datetime.now(UTC)).total_seconds()
        return Kept(value=identity, until=time.time() + max(left - _EARLY_SECONDS, left / 2))

    async def _own(self, account: Account) -> Kept[Identity]:
        """Take the bot's own credentials, if they are of this account: reading another one would find nothing."""
        region = self.region(account)

        def whoami() -> tuple[str, str]:
            answer = self._sessions.client("sts", region).get_caller_identity()
            return answer["Account"], answer["Arn"]

        attempt = Attempt(
            service="sts",
            operation="GetCallerIdentity",
            resource="*",
            account=account.id,
            region=region,
            principal=_BOT,
        )
        answer = await self._sessions.call(attempt, whoami, credentials=None)
        own, arn = answer or ("unknown", _BOT)
        if own != account.id:
            raise ReadError(
                say(
                    "the bot's own credentials are of account {own}, not of {account}",
                    own=own,
                    account=account.id,
                ),
                enable=say(
                    "name a read_role for account {account} in the fleet file, or run with credentials of that account",
                    account=account.id,
                ),
            )
        return Kept(
            value=Identity(principal=arn, credentials=None), until=time.time() + _OWN_SECONDS
        )
