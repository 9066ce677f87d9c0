"""The other direction: what the roles that trust a cluster let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.evidence import ROLE_ARN
from diagnostics.evidence.role_annotation import misplaced
from diagnostics.iam import Outcome, outcome
from diagnostics.iam.subject import Subject
from diagnostics.result import Severity
from diagnostics.sweep.fault import request_of
from diagnostics.sweep.finding import SweepFinding, rule
from diagnostics.text.clip import clip

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from diagnostics.evidence import Cluster, IamRole, ServiceAccount, Workload
    from diagnostics.sweep.view import ClusterView

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
    view: ClusterView,
    *,
    told: Collection[tuple[str, str]] = (),
) -> Iterator[SweepFinding]:
    """What is wrong with roles whose trust policy names this cluster.

    Args:
        roles: Each names the cluster's issuer.
        cluster: Which.
        view: What it holds.
        told: Service accounts of which a fault is told already.
    """
    for role in roles:
        yield from _role(role, cluster, view, told)


def _role(
    role: IamRole, cluster: Cluster, view: ClusterView, told: Collection[tuple[str, str]]
) -> Iterator[SweepFinding]:
    if role.trust is None:
        return
    named = _named(role, cluster)
    shown = 0
    for subject in named:
        name = (subject.namespace, subject.name)
        account = view.accounts.get(name)
        if shown == _SHOWN:
            break
        if account is None:
            shown += 1
            yield _gone(role, cluster, subject, view.workloads_of(name))
        elif not account.role_arn and name not in told and name not in view.identities:
            shown += 1
            yield _bare(role, cluster, account, view)
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
    request = request_of(role, cluster, subject=subject, audience=audience)
    return outcome(role.trust, request) is Outcome.ALLOWED


def _gone(
    role: IamRole, cluster: Cluster, subject: Subject, used_by: tuple[Workload, ...]
) -> SweepFinding:
    name = f"{subject.namespace}/{subject.name}"
    if used_by:
        return _about(
            "IRSA102",
            role,
            cluster,
            (subject.namespace, subject.name),
            headline=f"Service account {name} does not exist, and {used_by[0].ref} runs as it; role "
            f"{role.name} trusts it.",
            seen="(none)",
            wanted=f"serviceaccount {name}",
            next=f"Create the service account and annotate it with {ROLE_ARN}={role.arn}.",
        )
    return _about(
        "IRSA701",
        role,
        cluster,
        (subject.namespace, subject.name),
        headline=f"Role {role.name} trusts service account {name}, which does not exist in cluster "
        f"{cluster.name}.",
        seen=f"system:serviceaccount:{subject.namespace}:{subject.name}",
        wanted="a service account that exists",
        next="Take the subject out of the trust policy, or create the service account.",
    )


def _bare(
    role: IamRole, cluster: Cluster, account: ServiceAccount, view: ClusterView
) -> SweepFinding:
    name = (account.namespace, account.name)
    words = f"{account.namespace}/{account.name}"
    annotate = f"Annotate the service account with {ROLE_ARN}={role.arn}"
    for workload in view.workloads_of(name):
        for found in misplaced(None, workload):
            return _about(
                "IRSA106",
                role,
                cluster,
                name,
                headline=f"The role annotation of {words} is on the {found.on} of {workload.ref} instead of the "
                "service account.",
                seen=clip(f"{found.key}: {found.value}"),
                wanted=f"{ROLE_ARN} on service account {words}",
                next=f"{annotate}, then restart its pods.",
            )
    for twin in view.namesakes.get(account.name, ()):
        if twin.role_arn == role.arn:
            return _about(
                "IRSA111",
                role,
                cluster,
                name,
                headline=f"The annotation is on {twin.namespace}/{twin.name}, not on {words}, which role "
                f"{role.name} trusts.",
                seen=f"{twin.namespace}/{twin.name}",
                wanted=words,
                next=f"{annotate}, then restart its pods.",
            )
    waiting = view.waiting(account)
    return _about(
        "IRSA103" if waiting else "IRSA703",
        role,
        cluster,
        name,
        headline=f"Role {role.name} trusts service account {words}, which has no role annotation"
        + (", while its pods run." if waiting else "."),
        seen="(no annotation)",
        wanted=role.arn,
        next=f"{annotate}, or take it out of the policy.",
    )


def _about(
    code: str,
    role: IamRole,
    cluster: Cluster,
    name: tuple[str, str],
    *,
    headline: str,
    seen: str,
    wanted: str,
    next: str,  # noqa: A002  the finding's own word
) -> SweepFinding:
    return SweepFinding(
        code=code,
        severity=rule(code).severity,
        account=role.account,
        cluster=cluster.name,
        namespace=name[0],
        service_account=name[1],
        role_arn=role.arn,
        headline=headline,
        seen=seen,
        wanted=wanted,
        next=next,
    )
