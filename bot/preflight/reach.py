"""The ways to the accounts and clusters of a fleet, as the bot takes them, with nothing kept from earlier."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

from bot.clients.aws.calls import AccountCalls
from bot.clients.aws.clusters import EksDescriptions
from bot.clients.aws.errors import Attempt
from bot.clients.aws.identities import Identities, Purpose
from bot.clients.aws.members import BY_THE_BOT
from bot.clients.aws.options import AwsOptions
from bot.clients.aws.sessions import AwsSessions
from bot.clients.kube.access import ClusterAccess
from bot.clients.slots import Slots
from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from types import TracebackType

    from bot.clients.limits import Limits
    from diagnostics.fleet import Account, Fleet, FleetCluster

Way: TypeAlias = "Callable[[Purpose], ClusterAccess]"
_ASSUMED: Final = re.compile(r"arn:([\w-]+):sts::(\d{12}):assumed-role/([\w+=,.@-]+)/[^/]+")


class Reach:
    """Makes calls as the bot does.

    Args:
        fleet: The accounts and clusters.
        environ: AWS_* and KUBECONFIG.
        limits: Timeouts and sizes.
    """

    def __init__(self, fleet: Fleet, environ: Mapping[str, str], limits: Limits) -> None:
        self.fleet = fleet
        self._environ = environ
        self._limits = limits
        options = AwsOptions.from_environ(environ)
        self._sessions = AwsSessions(options, limits)
        self._identities = Identities(fleet, self._sessions, options.region)
        self._descriptions = EksDescriptions()

    def know(self, fleet: Fleet) -> None:
        """Use this fleet from now on: the fleet file's, with what was found beside it."""
        self.fleet = fleet

    @property
    def sessions(self) -> AwsSessions:
        """What makes the calls, for those with the bot's own credentials."""
        return self._sessions

    def region(self, account: Account) -> str:
        """The region in which an account's global services are asked."""
        return self._identities.region(account)

    def calls(self, account: Account, purpose: Purpose) -> AccountCalls:
        """Calls in an account as the identity for a purpose."""
        return AccountCalls(account, self._sessions, self._identities, purpose)

    @asynccontextmanager
    async def cluster(self, entry: FleetCluster) -> AsyncIterator[Way]:
        """The ways to a cluster, each by the identity for a purpose; closed when the block ends.

        A preflight goes to hundreds of clusters as up to three identities: connections that stay open until its end
        would be more than a process may have.
        """
        opened: list[ClusterAccess] = []

        def way(purpose: Purpose) -> ClusterAccess:
            opened.append(self._access(entry, purpose))
            return opened[-1]

        try:
            yield way
        finally:
            for access in opened:
                await access.close()

    def _access(self, entry: FleetCluster, purpose: Purpose) -> ClusterAccess:
        return ClusterAccess(
            entry,
            self.calls(self.fleet.account(entry.account), purpose),
            self._descriptions,
            slots=Slots(self._limits.kube_at_once),
            limits=self._limits,
            environ=self._environ,
        )

    async def principal(self, account: Account) -> str:
        """Who the accounts' roles must trust: the hub role, or the bot's own; an ARN as a policy takes it.

        Raises:
            ReadError: The bot has no usable credentials.
        """
        if self.fleet.hub is not None:
            return self.fleet.hub.role
        return await self.own_principal(account)

    async def own_principal(self, account: Account) -> str:
        """The bot's own role or user.

        Raises:
            ReadError: The bot has no usable credentials.
        """
        region = self._identities.region(account)
        attempt = Attempt(
            service="sts",
            operation="GetCallerIdentity",
            resource="*",
            account=account.id,
            region=region,
            principal=say("the bot's own credentials"),
        )
        arn = await self._sessions.call(
            attempt,
            lambda: self._sessions.client("sts", region).get_caller_identity()["Arn"],
            credentials=None,
        )
        return role_of(arn or "unknown")

    async def organization(
        self, action: str, account: Account, function: Callable[[Any, str], object]
    ) -> None:
        """Make one call to AWS Organizations with the bot's own credentials.

        Raises:
            ReadError: It was refused, or there was no answer.
        """
        region = self._identities.region(account)
        attempt = Attempt(
            service="organizations",
            operation=action.partition(":")[2],
            resource="*",
            account=account.id,
            region=region,
            principal=BY_THE_BOT,
        )
        await self._sessions.call(
            attempt,
            lambda: function(self._sessions.client("organizations", region), account.id),
            credentials=None,
        )

    async def close(self) -> None:
        """Close connections and threads."""
        await self._descriptions.close()
        await self._identities.close()
        self._sessions.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


def role_of(arn: str) -> str:
    """The role of an assumed-role ARN, which says nothing of the role's path; another ARN as it is."""
    match = _ASSUMED.fullmatch(arn)
    return f"arn:{match[1]}:iam::{match[2]}:role/{match[3]}" if match else arn
