"""Whether the pods of a service account got what its annotation promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.checks.containers import ROLE_ENV, TOKEN_ENV, injected, judged
from diagnostics.checks.irsa201_pods_not_restarted import pods_not_restarted
from diagnostics.checks.irsa202_webhook_missing import webhook_missing
from diagnostics.checks.irsa203_webhook_cannot_act import webhook_cannot_act
from diagnostics.checks.irsa204_injection_skipped import injection_skipped
from diagnostics.checks.irsa205_manifest_sets_env import manifest_sets_env
from diagnostics.checks.irsa206_static_keys import static_keys
from diagnostics.checks.irsa207_token_not_mounted import token_not_mounted
from diagnostics.checks.irsa208_token_audience import token_audience
from diagnostics.checks.irsa215_windows_path import windows_path
from diagnostics.evidence import Pods
from diagnostics.evidence.derived import NamespaceWorkloads, Now
from diagnostics.result import Finding
from diagnostics.sweep.fault import Fault, target_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from diagnostics.evidence import Cluster, Pod, ServiceAccount, Webhooks, Workload

_AFTER: Final = {"IRSA203": {"IRSA202"}, "IRSA201": {"IRSA202", "IRSA205"}}


def pod_faults(
    account: ServiceAccount,
    cluster: Cluster,
    pods: tuple[Pod, ...],
    *,
    workloads: tuple[Workload, ...],
    webhooks: Webhooks,
    now: datetime,
) -> Iterator[Fault]:
    """What the engine's own checks of running pods find."""
    if all(_plainly_sound(pod, account) for pod in pods):
        return
    facts: dict[str, object] = {
        "target": target_of(account, cluster),
        "account": account,
        "pods": Pods(items=pods),
        "webhooks": webhooks,
        "workload": None,
        "workloads": NamespaceWorkloads(items=workloads),
        "now": Now(at=now),
        "symptom": None,
    }
    failed: set[str] = set()
    for check in (
        webhook_missing,
        webhook_cannot_act,
        injection_skipped,
        manifest_sets_env,
        static_keys,
        token_not_mounted,
        token_audience,
        windows_path,
        pods_not_restarted,
    ):
        if failed & _AFTER.get(check.code, set()):
            continue
        found = check.judge(**{need.name: facts[need.name] for need in check.needs})
        if isinstance(found, Finding):
            failed.add(check.code)
            yield Fault.found(check.code, found)


def _plainly_sound(pod: Pod, account: ServiceAccount) -> bool:
    """Whether a pod has the annotated role, a token, and nothing that SDKs would take first."""
    if pod.terminating or pod.phase in ("Succeeded", "Failed"):
        return True
    token = any(volume.audience == account.audience for volume in pod.spec.token_volumes)
    if pod.spec.windows or not token:
        return False
    for container in judged(pod.spec):
        if not injected(container) or container.env_value(ROLE_ENV) != account.role_arn:
            return False
        path = container.env_value(TOKEN_ENV) or ""
        folder = path.rpartition("/")[0]
        if not folder or not any(mount.path.rstrip("/") == folder for mount in container.mounts):
            return False
        if any(
            v.name.startswith(("AWS_ACCESS", "AWS_SECRET", "AWS_PROFILE")) for v in container.env
        ):
            return False
    return True
