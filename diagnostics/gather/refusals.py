"""What can refuse the call although the trust policy lets it in; asked for only where that is so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from diagnostics.clients import Clients
from diagnostics.errors import ReadError
from diagnostics.evidence import ControlPolicies, IamRole, TrustChanges, Unreadable
from diagnostics.evidence.derived import Now, TrustAnswer
from diagnostics.iam.decision import Outcome
from diagnostics.languages import say
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.wiring import probe

if TYPE_CHECKING:
    from typing import TypeGuard

RECENT = timedelta(minutes=15)
"""How far back a change of the trust policy still matters."""


def refused_though_allowed(
    symptom: Symptom | None, answer: TrustAnswer | Unreadable | None
) -> TypeGuard[Symptom]:
    """Whether STS refused what the trust policy allows."""
    return (
        symptom is not None
        and symptom.cause is Cause.ACCESS_DENIED
        and isinstance(answer, TrustAnswer)
        and answer.decision.outcome is Outcome.ALLOWED
    )


@probe(deadline=10.0)
async def control_policies(
    io: Clients, symptom: Symptom | None, answer: TrustAnswer | Unreadable | None, role: IamRole
) -> ControlPolicies | None:
    """The resource control policies over the role's account.

    Raises:
        ReadError: They can't be read, or the fleet file does not let the bot read the organization.
    """
    if not refused_though_allowed(symptom, answer):
        return None
    if not io.fleet.organization:
        raise ReadError(
            say("the fleet file does not let the bot read the organization"),
            enable=say(
                "set `organization: true` in the fleet file, and allow organizations:ListParents, "
                "organizations:ListPoliciesForTarget and organizations:DescribePolicy to the bot's "
                "own identity, in the management account or a delegated administrator's; or ask who "
                "manages the organization"
            ),
        )
    return await io.organization().control_policies(role.account)


@probe()
async def trust_changes(
    *,
    io: Clients,
    symptom: Symptom | None,
    answer: TrustAnswer | Unreadable | None,
    role: IamRole,
    now: Now,
) -> TrustChanges | None:
    """Changes of the role's trust policy in the last minutes."""
    if not refused_though_allowed(symptom, answer):
        return None
    reader = io.aws(role.account)
    return await reader.trust_changes(role.name, now.at - RECENT, now.at)
