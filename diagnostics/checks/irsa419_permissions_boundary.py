"""IRSA419: the role has a permissions boundary."""

from __future__ import annotations

from diagnostics.evidence import IamRole
from diagnostics.languages import say
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding, Place, Severity
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA419", severity=Severity.RISK, after=("IRSA401",))
def permissions_boundary(role: IamRole, symptom: Symptom | None) -> Judgement:
    """A permissions boundary limits what the role may do.

    Why: A boundary plays no part in assuming the role, but it limits every call made with it afterwards.
    Source: IAM User Guide, "Permissions boundaries for IAM entities".
    """
    if (
        role.permissions_boundary is None
        or symptom is None
        or symptom.cause is not Cause.PERMISSION
    ):
        return Pass()
    return Finding(
        headline=say(
            "Role {role_name} has a permissions boundary, which may have refused the call",
            role_name=role.name,
        ),
        place=Place(where=f"account {role.account}", object=role.arn, field="PermissionsBoundary"),
        seen=role.permissions_boundary,
        wanted=say("a boundary that allows the action that was refused"),
        why="",
        next=say("Check that both the role's policies and its boundary allow the action."),
        likely=True,
        note=say("The boundary's policy would settle it; it is not read."),
    )
