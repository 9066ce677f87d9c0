"""STS's own answer, where the fleet file turns the proof on for the cluster."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from diagnostics.arn import RoleArn
from diagnostics.clients import Clients
from diagnostics.errors import ReadError
from diagnostics.evidence import ServiceAccount, Target
from diagnostics.evidence.derived import Now
from diagnostics.proof.answer import Asked, Injected, Proof, Rehearsal, StsAnswer
from diagnostics.wiring import probe

if TYPE_CHECKING:
    from diagnostics.clients import Prover


@probe(deadline=15.0)
async def proof(io: Clients, target: Target, account: ServiceAccount, now: Now) -> Proof | None:
    """What STS says to a token of the service account; None where that is off, or no role could be asked for.

    The role must be in an account of the fleet: no other ARN is ever asked for, whoever annotated it.
    """
    entry = io.fleet.cluster(target.cluster)
    arn = RoleArn.parse(account.role_arn or "")
    if not entry.proof or arn is None or arn.account not in {a.id for a in io.fleet.accounts}:
        return None
    proved = Proof(
        at=now.at,
        role_arn=str(arn),
        subject=account.subject,
        audience=account.audience,
        sts=StsAnswer(asked=Asked.UNKNOWN),
    )
    try:
        prover = io.prover(target.cluster)
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
