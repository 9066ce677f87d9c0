"""What a workload of the sources does that keeps its service account's role from it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from diagnostics.checks.irsa205_manifest_sets_env import manifest_sets_env
from diagnostics.evidence import ROLE_ARN, ServiceAccount, Target
from diagnostics.evidence.derived import NamespaceWorkloads
from diagnostics.lint.annotations import from_check, judged
from diagnostics.lint.finding import SourceFinding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.lint.sources import AccountSource, WorkloadSource

_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_KEYS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


def workload_findings(source: WorkloadSource, account: AccountSource) -> Iterator[SourceFinding]:
    """What a workload does that keeps its service account's role from it."""
    workload = source.workload
    shown = f"{workload.kind} {workload.name}"
    known = ServiceAccount(
        namespace=workload.namespace,
        name=account.name,
        uid="",
        resource_version="",
        created=_EPOCH,
        annotations={ROLE_ARN: account.role_arn} if account.role_arn else {},
    )
    target = Target(
        cluster="the manifest",
        namespace=workload.namespace,
        service_account=account.name,
        workload=workload.ref,
    )
    found = judged(
        manifest_sets_env,
        target=target,
        account=known,
        workload=workload,
        workloads=NamespaceWorkloads(items=(workload,)),
        pods=None,
        symptom=None,
    )
    if found is not None:
        spot = next(
            (
                s
                for key, s in source.spots.items()
                if f"[{key.partition('/')[2]}]" in str(found.place)
            ),
            source.spot,
        )
        yield from_check(manifest_sets_env, found, spot, shown)
    for container in workload.template.containers:
        for variable in container.env:
            if variable.name in _KEYS and (variable.value or variable.source):
                yield SourceFinding(
                    code="IRSA206",
                    spot=source.spots.get(f"{container.name}/{variable.name}", source.spot),
                    object=shown,
                    headline=f"Container {container.name} sets {variable.name}, which SDKs use before the role.",
                    seen=f"{variable.name} (its value is not shown)",
                    wanted=f"no {variable.name}",
                    next=f"Remove {variable.name} from the pod template.",
                )
                break
