"""Another target in place of the one that was diagnosed, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from bot.store import codec
from bot.store.tables import incidents, plans
from diagnostics.languages import say
from handlers.incident import PlanState
from handlers.render.card import Deed, Happening

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from diagnostics.case import Case
    from diagnostics.fleet import Hints


async def corrected(
    connection: AsyncConnection,
    incident_id: str,
    position: int,
    hints: Hints,
    *,
    by: str,
    at: float,
) -> tuple[Case, ...]:
    """Withdraw a diagnosis with its offers, and put the named target into its case; the cases concerned.

    None are, where somebody else was first. What was said of a workload belongs to the withdrawn target.

    Args:
        connection: The transaction.
        incident_id: The incident.
        position: The diagnosis; where several failures share one, all of the incident's cases are about the target.
        hints: Cluster, namespace and service account.
        by: Slack user ID.
        at: The time, in seconds since the epoch.
    """
    row = (
        await connection.execute(select(incidents).where(incidents.c.id == incident_id))
    ).one_or_none()
    if row is None or row.diagnoses is None:
        return ()
    cases, diagnoses = codec.cases.read(row.cases), codec.diagnoses.read(row.diagnoses)
    if position >= len(diagnoses):
        return ()
    one_each = len(cases) == len(diagnoses)
    concerned = {position} if one_each else set(range(len(cases)))
    changed = tuple(
        replace(case, hints=replace(hints, role_arn=case.hints.role_arn))
        if index in concerned
        else case
        for index, case in enumerate(cases)
    )
    happening = Happening(
        deed=Deed.DONE,
        words=say(
            "Named another service account: {account} on {cluster}",
            account=f"{hints.namespace}/{hints.service_account}",
            cluster=hints.cluster,
        ),
        by=by,
        at=datetime.fromtimestamp(at, UTC),
    )
    done = await connection.execute(
        update(incidents)
        .where(incidents.c.id == incident_id, incidents.c.diagnoses == row.diagnoses)
        .values(
            cases=codec.cases.write(changed),
            diagnoses=None,
            found=None,
            healed=None,
            full_answer=None,
            question=None,
            happenings=codec.happenings.write(
                (*codec.happenings.read(row.happenings)[-19:], happening)
            ),
            updated=at,
        )
    )
    if done.rowcount != 1:
        return ()
    await connection.execute(
        update(plans)
        .where(plans.c.incident_id == incident_id, plans.c.state == PlanState.OPEN.value)
        .values(state=PlanState.WITHDRAWN.value)
    )
    return tuple(changed[index] for index in sorted(concerned))
