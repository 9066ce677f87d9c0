"""IRSA416: the trust policy lets in more than this service account."""

from __future__ import annotations

from diagnostics.checks.places import of_trust
from diagnostics.evidence import Cluster, IamRole
from diagnostics.evidence.derived import TrustAnswer
from diagnostics.evidence.trust_names import conditions, statements
from diagnostics.iam.decision import Outcome
from diagnostics.languages import say
from diagnostics.result import Finding, Severity
from diagnostics.text.clip import listed
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA416", severity=Severity.RISK, after=("IRSA401",))
def trust_wide_open(answer: TrustAnswer, role: IamRole, cluster: Cluster) -> Judgement:
    """The trust policy lets in service accounts at large.

    Why: Without an exact `sub`, whoever may create a service account or a pod in the cluster can take this role.
    Source: Amazon EKS Best Practices, "Identity and Access Management", scope of IRSA trust policies.
    """
    index = answer.decision.statement
    if answer.decision.outcome is not Outcome.ALLOWED or index is None:
        return Skip(say("the trust policy does not let the call in"))
    all_statements = statements(role)
    if index >= len(all_statements):
        return Skip(say("the statement that lets the call in can't be shown"))
    key = f"{cluster.issuer_path}:sub".lower()
    subs = [
        (operator, value)
        for operator, name, values in conditions(all_statements[index])
        if name.lower() == key
        for value in values
    ]
    wild = [v for operator, v in subs if "like" in operator.lower() and _namespace_open(v)]
    if subs and not wild:
        return Pass()
    return Finding(
        headline=say("Role {role} lets in more than one namespace", role=role.name)
        if subs
        else say("Role {role} lets in every service account of the cluster", role=role.name),
        place=of_trust(role, f"/Statement/{index}/Condition"),
        seen=listed(wild) if wild else say("(no condition on sub)"),
        wanted=str(answer.request.claims.get("sub", "")),
        why="",
        next=say(
            'Name every service account that uses the role under "{issuer_path}:sub" in StringEquals; all '
            "others then lose it.",
            issuer_path=cluster.issuer_path,
        ),
    )


def _namespace_open(pattern: str) -> bool:
    """Whether a pattern leaves the namespace open; one namespace with any name is a choice people make."""
    namespace = pattern.removeprefix("system:serviceaccount:").partition(":")[0]
    return "*" in namespace or "?" in namespace
