"""Calls in one account, signed by the identity for a purpose there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import ClientError

from bot.clients.aws.errors import EXPIRED, Attempt, code_of
from bot.clients.aws.identities import Purpose
from diagnostics.errors import ReadError

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_iam import IAMClient

    from bot.clients.aws.identities import Identities
    from bot.clients.aws.sessions import AwsSessions
    from diagnostics.fleet import Account

T = TypeVar("T")


class AccountCalls:
    """Makes calls in one account; credentials that expired on the way are renewed once."""

    def __init__(
        self,
        account: Account,
        sessions: AwsSessions,
        identities: Identities,
        purpose: Purpose = Purpose.READ,
    ) -> None:
        self.account = account
        self.sessions = sessions
        self.identities = identities
        self.purpose = purpose

    @property
    def region(self) -> str:
        """Where IAM and STS are asked."""
        return self.identities.region(self.account)

    async def read(self, attempt: Attempt, function: Callable[[], T]) -> T | None:
        """Make a call; None where AWS says that there is no such thing.

        Raises:
            ReadError: The call failed.
        """
        try:
            return await self._once(attempt, function)
        except ReadError as error:
            cause = error.__cause__
            if not isinstance(cause, ClientError) or code_of(cause) not in EXPIRED:
                raise
        self.identities.forget(self.account, self.purpose)
        return await self._once(attempt, function)

    async def iam(
        self, operation: str, resource: str, function: Callable[[IAMClient], T]
    ) -> T | None:
        """Make a call of IAM; None where there is no such thing.

        Raises:
            ReadError: The call failed.
        """
        attempt = Attempt(
            service="iam",
            operation=operation,
            resource=resource,
            account=self.account.id,
            region=self.region,
            principal="",
        )
        return await self.read(attempt, lambda: function(self.sessions.client("iam", self.region)))

    async def _once(self, attempt: Attempt, function: Callable[[], T]) -> T | None:
        identity = await self.identities.of(self.account, self.purpose)
        attempt = replace(attempt, principal=identity.principal)
        return await self.sessions.call(attempt, function, credentials=identity.credentials)
