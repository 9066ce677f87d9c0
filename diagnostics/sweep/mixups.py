"""The binding is whole by itself, but another was meant: another role, another service account, another mechanism."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.checks.containers import bare
from diagnostics.checks.irsa101_other_service_account import other_service_account
from diagnostics.checks.pod_identity import by_pod_identity
from diagnostics.evidence import Pods
from diagnostics.evidence.derived import NamespacePods, NamespaceWorkloads
from diagnostics.iam import Outcome, outcome
from diagnostics.result import Finding
from diagnostics.sweep.fault import Fault, annotate_with, request_of, target_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.arn import RoleArn
    from diagnostics.evidence import Cluster, ServiceAccount
    from diagnostics.sweep.index import Index
    from diagnostics.sweep.view import ClusterView


def meant_another(
    account: ServiceAccount,
    cluster: Cluster,
    index: Index,
    arn: RoleArn,
    bound: str | None,
    *,
    refused: bool,
) -> list[Fault]:
    """The annotation names a role that refuses, and one other role trusts exactly this service account."""
    if bound is not None and bound != str(arn):
        words = f"The annotation names role {arn.name}, not the role that the fleet file states."
        return [
            Fault(
                code="IRSA104",
                headline=words,
                seen=str(arn),
                wanted=bound,
                next=annotate_with(bound),
            )
        ]
    if not refused:
        return []
    named = f'"{account.subject}"'
    trusting = [
        role
        for role in index.by_issuer.get(cluster.issuer_path, ())
        if named in role.trust_text
        and role.trust is not None
        and outcome(
            role.trust,
            request_of(role, cluster, subject=account.subject, audience=account.audience),
        )
        is Outcome.ALLOWED
    ]
    actual = index.accounts[arn.account].roles.get(arn.name)
    if len(trusting) != 1 or trusting[0].arn in (str(arn), actual):
        return []
    state = "does not exist" if actual is None else "trusts others"
    words = (
        f"The annotation names role {arn.name}, which {state}; role {trusting[0].name} trusts this "
        "service account."
    )
    return [
        Fault(
            code="IRSA104",
            headline=words,
            seen=str(arn),
            wanted=trusting[0].arn,
            next=annotate_with(trusting[0].arn),
        )
    ]


def runs_as_another(
    account: ServiceAccount, cluster: Cluster, view: ClusterView
) -> Iterator[Fault]:
    """Nothing runs as the service account, and the workload of its name runs as another."""
    name = (account.namespace, account.name)
    if view.workloads is None or view.workloads_of(name) or view.pods_of(name):
        return
    found = other_service_account.judge(
        target=target_of(account, cluster),
        workload=None,
        pods=NamespacePods(items=view.pods_in.get(account.namespace, ())),
        workloads=NamespaceWorkloads(items=view.workloads_in.get(account.namespace, ())),
        symptom=None,
        subject=None,
        siblings=None,
        question=None,
    )
    if isinstance(found, Finding):
        yield Fault.found("IRSA101", found)


def older_than_association(name: tuple[str, str], view: ClusterView) -> Iterator[Fault]:
    """Without the OIDC provider, pods that still use IRSA beside an association: new ones would not need it."""
    live = Pods(items=view.pods_of(name) or ()).live
    old = [pod for pod in live if not bare(pod) and by_pod_identity(pod) is None]
    if name in view.identities and old:
        yield Fault(
            code="IRSA217",
            headline="The pods are older than their Pod Identity association, and still use IRSA.",
            seen=f"created {old[0].created:%Y-%m-%d %H:%M} UTC, with a web identity",
            wanted="a pod made after the association",
            next="Restart the workload, so that its new pods get the association's role.",
        )
