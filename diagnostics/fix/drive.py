"""The only writer: turns a fix into its calls, makes them, and says what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from diagnostics.errors import NotInFleet, WriteDenied
from diagnostics.fix.plan import (
    AnnotateServiceAccount,
    RestartWorkload,
    SetClientIds,
    SetProvider,
    UpdateTrustPolicy,
    parts_of,
)
from diagnostics.fix.trust import own_roles
from diagnostics.journal import recording
from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator
    from datetime import datetime

    from diagnostics.clients import Clients
    from diagnostics.fix.plan import Fix, Part
    from diagnostics.journal import Call

Step: TypeAlias = "Callable[[Clients], Awaitable[object]]"
"""One write, still to be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A fix that was made."""

    fix: Fix
    at: datetime
    calls: tuple[Call, ...] = ()


def steps(fix: Fix, *, at: datetime) -> Generator[Step, object, None]:
    """Yield the writes of a fix in order; each carries the precondition that the plan saw."""
    for part in parts_of(fix):
        yield _step(part, at)


def _step(fix: Part, at: datetime) -> Step:
    match fix:
        case AnnotateServiceAccount():
            return lambda io: io.kubernetes_writer(fix.cluster).annotate_service_account(
                namespace=fix.namespace,
                name=fix.name,
                uid=fix.uid,
                key=fix.key,
                before=fix.before,
                after=fix.after,
            )
        case RestartWorkload():
            return lambda io: io.kubernetes_writer(fix.cluster).restart_workload(
                namespace=fix.namespace, ref=fix.ref, uid=fix.uid, at=at
            )
        case UpdateTrustPolicy():
            return _replaced(fix)
        case SetClientIds():
            return lambda io: io.provider_writer(fix.account).set_client_ids(
                arn=fix.provider_arn, before=fix.before, after=fix.after
            )
        case SetProvider(present=True):
            return lambda io: io.provider_writer(fix.account).create(
                arn=fix.provider_arn, url=fix.url, client_ids=fix.client_ids
            )
        case SetProvider():
            return lambda io: io.provider_writer(fix.account).delete(
                arn=fix.provider_arn, client_ids=fix.client_ids
            )


def _replaced(fix: UpdateTrustPolicy) -> Step:
    async def replace(io: Clients) -> None:
        if fix.role_arn in own_roles(io.fleet):
            raise WriteDenied(say("the roles that the bot works with are never written"))
        await io.trust_writer(fix.account).update_trust_policy(
            role_arn=fix.role_arn, before=fix.before, after=fix.after
        )

    return replace


async def apply(fix: Fix, io: Clients, *, now: Callable[[], datetime]) -> Applied:
    """Make a fix, once, as the fix role.

    Raises:
        Stale: What the plan saw has changed; nothing was written.
        WriteDenied: The fix role is missing or may not.
        OutcomeUnknown: The connection broke after the request left; read again to settle it.
        WriteError: Anything else.
    """
    at = now()
    with recording() as calls:
        try:
            for step in steps(fix, at=at):
                await step(io)
        except NotInFleet as error:
            raise WriteDenied(error.why) from error
    return Applied(fix=fix, at=at, calls=tuple(calls))
