"""What CloudTrail recorded of the scenarios: the calls that STS refused, under the request IDs that people paste."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

from diagnostics.arn import RoleArn, provider_arn
from diagnostics.recognize import Cause, recognize
from sandbox.cloudtrail import trust_event, web_identity_event
from sandbox.scenarios.model import ROLE_ARN
from sandbox.world.blueprint import blueprint, paste_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sandbox.cloudtrail.events import Record
    from sandbox.scenarios.model import Scenario

_AGO: Final = timedelta(minutes=12)
"""Longer than records take to arrive."""
_HISTORY: Final = timedelta(days=90)


def _time_of(stated: datetime | None, now: datetime) -> datetime:
    """The error's own time, UTC where it states no zone, if CloudTrail goes back so far."""
    if stated is None:
        return now - _AGO
    stated = stated if stated.tzinfo is not None else stated.replace(tzinfo=UTC)
    return stated if now - _HISTORY < stated < now - _AGO else now - _AGO


def changed_trusts(scenarios: Iterable[Scenario], *, now: datetime) -> Iterator[Record]:
    """The record of each change of a trust policy shortly before the start."""
    for scenario in scenarios:
        plan = blueprint(scenario)
        if plan.trust_changed is not None and plan.roles:
            role = plan.roles[0]
            yield trust_event(
                at=now - plan.trust_changed,
                region="us-east-1",
                role_arn=role.arn,
                by=role.account.arn("iam", "user/minji"),
            )


def refused_calls(scenarios: Iterable[Scenario], *, now: datetime) -> Iterator[Record]:
    """The record of each scenario's refused call, in the account of the role that the pod asked for.

    Only AccessDenied is surely recorded: a token that did not pass validation often is not.
    """
    for scenario in scenarios:
        symptom = next(
            (s for s in recognize(paste_of(scenario)) if s.cause is Cause.ACCESS_DENIED), None
        )
        plan = blueprint(scenario)
        account = plan.service_account
        if symptom is None or account is None:
            continue
        metadata = account["metadata"]
        asked = symptom.role_arn or metadata.get("annotations", {}).get(ROLE_ARN, "")
        role = RoleArn.parse(asked)
        if role is None:
            continue
        provider = provider_arn(
            partition=role.partition, account=role.account, issuer=plan.cluster.issuer
        )
        yield web_identity_event(
            at=_time_of(symptom.at, now),
            region=plan.cluster.region,
            role_arn=str(role),
            provider_arn=provider,
            subject=f"system:serviceaccount:{metadata['namespace']}:{metadata['name']}",
            request_id=symptom.request_id,
        )
