"""IRSA409: the trust policy does not check the audience."""

from __future__ import annotations

from diagnostics.checks.places import of_trust
from diagnostics.evidence import Cluster, IamRole
from diagnostics.evidence.derived import TrustAnswer
from diagnostics.evidence.trust_names import conditions, statements
from diagnostics.iam.decision import Outcome
from diagnostics.languages import say
from diagnostics.result import Finding, Severity
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA409", severity=Severity.RISK, after=("IRSA401",))
def aud_absent(answer: TrustAnswer, role: IamRole, cluster: Cluster) -> Judgement:
    """The trust policy does not check the audience.

    Why: STS lets the call in as long as `sub` fits, but a token that was made for another service could then be
    traded for this role too.
    Source: IAM User Guide, "Create a role for OpenID Connect federation" (condition on aud).
    """
    if answer.decision.outcome is not Outcome.ALLOWED or answer.decision.statement is None:
        return Skip(say("the trust policy does not let the call in"))
    all_statements = statements(role)
    if answer.decision.statement >= len(all_statements):
        return Skip(say("the statement that lets the call in can't be shown"))
    key = f"{cluster.issuer_path}:aud"
    here = conditions(all_statements[answer.decision.statement])
    if any(name.lower() == key.lower() for _, name, _ in here):
        return Pass()
    wanted = f'"{key}": "{next(iter(_audiences(answer)), "sts.amazonaws.com")}"'
    return Finding(
        headline=say(
            "The trust policy of role {role_name} does not check the token's audience (aud)",
            role_name=role.name,
        ),
        place=of_trust(role, f"/Statement/{answer.decision.statement}/Condition"),
        seen=say("(no condition on aud)"),
        wanted=wanted,
        why="",
        next=say("Add {wanted} under StringEquals of this statement.", wanted=wanted),
    )


def _audiences(answer: TrustAnswer) -> tuple[str, ...]:
    value = answer.request.claims.get("aud")
    items = value if isinstance(value, list) else [value]
    return tuple(item for item in items if isinstance(item, str))
