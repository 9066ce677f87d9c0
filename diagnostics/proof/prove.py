"""Ask STS, where the fleet file turns it on for the cluster and the role is the one that was read."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from diagnostics.arn import RoleArn
from diagnostics.errors import ReadError
from diagnostics.proof.answer import Asked, Injected, Proof, Rehearsal, StsAnswer

if TYPE_CHECKING:
    from datetime import datetime

    from diagnostics.clients import Clients, Prover
    from diagnostics.evidence import ServiceAccount


async def prove(
    io: Clients, cluster: str, account: ServiceAccount, *, at: datetime
) -> Proof | None:
    """Prove one service account; None where that is off, or there is no role that could be asked for.

    The role must be in an account of the fleet: no other ARN is ever asked for, whoever annotated it.

    Args:
        io: The clients.
        cluster: The fleet's alias.
        account: Whose token is traded.
        at: The time.
    """
    entry = io.fleet.cluster(cluster)
    arn = RoleArn.parse(account.role_arn or "")
    if not entry.proof or arn is None or arn.account not in {a.id for a in io.fleet.accounts}:
        return None
    proved = Proof(
        at=at,
        role_arn=str(arn),
        subject=account.subject,
        audience=account.audience,
        sts=StsAnswer(asked=Asked.UNKNOWN),
    )
    try:
        prover = io.prover(cluster)
    except ReadError as error:
        return replace(proved, sts=_unknown(error))
    answer, rehearsal = await asyncio.gather(
        _ask(prover, account, arn), _rehearse(prover, account, wanted=entry.proof_pod)
    )
    return replace(proved, sts=answer, rehearsal=rehearsal)


async def _ask(prover: Prover, account: ServiceAccount, arn: RoleArn) -> StsAnswer:
    try:
        return await prover.ask_sts(
            namespace=account.namespace,
            service_account=account.name,
            audience=account.audience,
            role_arn=str(arn),
        )
    except ReadError as error:
        return _unknown(error)


async def _rehearse(prover: Prover, account: ServiceAccount, *, wanted: bool) -> Rehearsal | None:
    if not wanted:
        return None
    try:
        return await prover.rehearse_pod(account.namespace, account.name)
    except ReadError as error:
        return Rehearsal(injected=Injected.UNKNOWN, words=f"{error.why}; {error.enable}")


def _unknown(error: ReadError) -> StsAnswer:
    return StsAnswer(asked=Asked.UNKNOWN, words=error.why, enable=error.enable)
