"""Pods that get their credentials from the EKS Pod Identity agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diagnostics.evidence import Pod

_ENV = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_AGENT = ("169.254.170.23", "fd00:ec2::23")


def by_pod_identity(pod: Pod) -> tuple[str, str, str] | None:
    """The container, variable and value that show it; None where no container asks the agent."""
    for container in pod.spec.containers:
        value = container.env_value(_ENV)
        if value is not None and any(agent in value for agent in _AGENT):
            return container.name, _ENV, value
    return None
