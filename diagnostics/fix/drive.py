"""The only writer: turns a fix into its calls, makes them, and says what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from diagnostics.errors import NotInFleet, WriteDenied
from diagnostics.fix.plan import AnnotateServiceAccount, RestartWorkload
from diagnostics.journal import recording

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator
    from datetime import datetime

    from diagnostics.clients import Clients, KubernetesWriter
    from diagnostics.fix.plan import Fix
    from diagnostics.journal import Call

Step: TypeAlias = "Callable[[KubernetesWriter], Awaitable[object]]"
"""One write, still to be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A fix that was made."""

    fix: Fix
    at: datetime
    calls: tuple[Call, ...] = ()


def steps(fix: Fix, *, at: datetime) -> Generator[Step, object, None]:
    """Yield the writes of a fix in order; each carries the precondition that the plan saw."""
    match fix:
        case AnnotateServiceAccount():
            yield lambda writer: writer.annotate_service_account(
                namespace=fix.namespace,
                name=fix.name,
                uid=fix.uid,
                key=fix.key,
                before=fix.before,
                after=fix.after,
            )
        case RestartWorkload():
            yield lambda writer: writer.restart_workload(
                namespace=fix.namespace, ref=fix.ref, uid=fix.uid, at=at
            )


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
            writer = io.kubernetes_writer(fix.cluster)
        except NotInFleet as error:
            raise WriteDenied(error.why) from error
        for step in steps(fix, at=at):
            await step(writer)
    return Applied(fix=fix, at=at, calls=tuple(calls))
