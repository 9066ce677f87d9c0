"""Workloads, and the service accounts that they run as."""

from __future__ import annotations

from bot.clients.kube.wire.base import Object, Wire
from bot.clients.kube.wire.pods import PodTemplate


class JobSpec(Wire):
    """spec.jobTemplate.spec of a cron job."""

    template: PodTemplate = PodTemplate()


class JobTemplate(Wire):
    """spec.jobTemplate of a cron job."""

    spec: JobSpec = JobSpec()


class RollingUpdate(Wire):
    """rollingUpdate of a strategy."""

    max_unavailable: int | str | None = None


class Strategy(Wire):
    """spec.strategy of a deployment, spec.updateStrategy of stateful and daemon sets."""

    type: str = ""
    rolling_update: RollingUpdate = RollingUpdate()


class WorkloadSpec(Wire):
    """spec of a workload of any kind but Pod."""

    strategy: Strategy = Strategy()
    update_strategy: Strategy = Strategy()

    template: PodTemplate = PodTemplate()
    job_template: JobTemplate | None = None
    paused: bool = False


class ServiceAccount(Object):
    """v1 ServiceAccount."""


class Workload(Object):
    """apps/v1 and batch/v1 workloads."""

    spec: WorkloadSpec = WorkloadSpec()
