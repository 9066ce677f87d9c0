"""The other direction: what the roles that trust a cluster let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.iam import Outcome, WebIdentityRequest, outcome
from diagnostics.iam.subject import Subject
from diagnostics.result import Severity
from diagnostics.sweep.finding import SweepFinding, rule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from diagnostics.evidence import Cluster, IamRole

_NOBODY: Final = (
    "system:serviceaccount:zz-irsa-probe-one:zz-irsa-probe",
    "system:serviceaccount:probe2-nobody-has-this:q9-nobody-has-this",
)
"""Subjects of no service account: who lets them in lets everybody in."""
_NO_AUDIENCE: Final = "irsa-probe.invalid"
_SHOWN: Final = 20


def role_faults(
    roles: Iterable[IamRole],
    cluster: Cluster,
    *,
    existing: Collection[tuple[str, str]],
    annotated: Collection[tuple[str, str]],
    identities: Collection[tuple[str, str]] = (),
    waiting: Collection[tuple[str, str]] = (),
) -> Iterator[SweepFinding]:
    """What is wrong with roles whose trust policy names this cluster.

    Args:
        roles: Each names the cluster's issuer.
        cluster: Which.
        existing: Namespace and name of every service account.
        annotated: Those with a role annotation, well formed or not.
        identities: Those with an EKS Pod Identity association.
        waiting: Those whose running pods have no role.
    """
    served = {*annotated, *identities}
    for role in roles:
        yield from _role(role, cluster, existing, served, waiting)


def _role(
    role: IamRole,
    cluster: Cluster,
    existing: Collection[tuple[str, str]],
    served: Collection[tuple[str, str]],
    waiting: Collection[tuple[str, str]],
) -> Iterator[SweepFinding]:
    if role.trust is None:
        return
    named = _named(role, cluster)
    gone = [s for s in named if (s.namespace, s.name) not in existing]
    bare = [
        s
        for s in named
        if (s.namespace, s.name) in existing and (s.namespace, s.name) not in served
    ]
    for subject in gone[:_SHOWN]:
        yield _about(
            "IRSA701",
            role,
            cluster,
            subject,
            f"Role {role.name} trusts service account {subject.namespace}/{subject.name}, which does not exist in "
            f"cluster {cluster.name}.",
            "Take the subject out of the trust policy, or create the service account.",
        )
    for subject in bare[:_SHOWN]:
        yield _about(
            "IRSA103" if (subject.namespace, subject.name) in waiting else "IRSA703",
            role,
            cluster,
            subject,
            f"Role {role.name} trusts service account {subject.namespace}/{subject.name}, which has no role "
            "annotation"
            + (", while its pods run." if (subject.namespace, subject.name) in waiting else "."),
            f"Annotate the service account with eks.amazonaws.com/role-arn={role.arn}, or take it out of the policy.",
        )
    if all(_lets_in(role, cluster, one, "sts.amazonaws.com") for one in _NOBODY):
        yield SweepFinding(
            code="IRSA416",
            severity=Severity.RISK,
            account=role.account,
            cluster=cluster.name,
            role_arn=role.arn,
            headline=f"Role {role.name} lets in every service account of cluster {cluster.name}.",
            seen="(no condition on sub that excludes anybody)",
            wanted="the service accounts that need it",
            next=f'Name them under StringEquals, "{cluster.issuer_path}:sub".',
        )
    witness = next((f"system:serviceaccount:{s.namespace}:{s.name}" for s in named), _NOBODY[0])
    if _lets_in(role, cluster, witness, "sts.amazonaws.com") and _lets_in(
        role, cluster, witness, _NO_AUDIENCE
    ):
        yield SweepFinding(
            code="IRSA409",
            severity=Severity.RISK,
            account=role.account,
            cluster=cluster.name,
            role_arn=role.arn,
            headline=f"Role {role.name} does not check the audience.",
            seen="(no condition on aud)",
            wanted="sts.amazonaws.com",
            next=f'Add "{cluster.issuer_path}:aud": "sts.amazonaws.com" under StringEquals.',
        )


def _named(role: IamRole, cluster: Cluster) -> list[Subject]:
    """The service accounts that a policy names one by one for this cluster."""
    assert role.trust is not None
    key = f"{cluster.issuer_path}:sub".lower()
    provider = cluster.provider_arn_in(role.account)
    found: dict[Subject, None] = {}
    for statement in role.trust.statements:
        if not statement.allow or provider not in statement.principals.federated:
            continue
        for condition in statement.conditions:
            if condition.name == key and not condition.base.negated:
                for value in condition.values:
                    subject = Subject.parse(value)
                    if subject is not None:
                        found[subject] = None
    return list(found)


def _lets_in(role: IamRole, cluster: Cluster, subject: str, audience: str) -> bool:
    assert role.trust is not None
    request = WebIdentityRequest(
        role_arn=role.arn,
        provider_arn=cluster.provider_arn_in(role.account),
        claims={"iss": cluster.issuer, "sub": subject, "aud": audience},
        open_context=True,
    )
    return outcome(role.trust, request) is Outcome.ALLOWED


def _about(  # noqa: PLR0917  a finding and its words
    code: str, role: IamRole, cluster: Cluster, subject: Subject, words: str, following: str
) -> SweepFinding:
    gone = code == "IRSA701"
    return SweepFinding(
        code=code,
        severity=rule(code).severity,
        account=role.account,
        cluster=cluster.name,
        namespace=subject.namespace,
        service_account=subject.name,
        role_arn=role.arn,
        headline=words,
        seen=f"system:serviceaccount:{subject.namespace}:{subject.name}"
        if gone
        else "(no annotation)",
        wanted="a service account that exists" if gone else role.arn,
        next=following,
    )
