"""What the containers of pods got: role, token file, keys of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.evidence import SKIP_CONTAINERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.evidence import Container, Pod, PodSpec

ROLE_ENV = "AWS_ROLE_ARN"
TOKEN_ENV = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105  a variable's name
SKIP_POD = "eks.amazonaws.com/skip-pod-identity-webhook"


def skipped(spec: PodSpec) -> frozenset[str]:
    """The containers that the pod's annotation tells the webhook to leave alone."""
    value = spec.annotations.get(SKIP_CONTAINERS, "")
    return frozenset(name.strip() for name in value[:4096].split(",") if name.strip())


def judged(spec: PodSpec) -> Iterator[Container]:
    """The containers that need credentials as far as one can tell: neither init nor skipped."""
    out = skipped(spec)
    for container in spec.containers:
        if not container.init and container.name not in out:
            yield container


def injected(container: Container) -> bool:
    """Whether the container has both variables that SDKs read."""
    return container.has_env(ROLE_ENV) and container.has_env(TOKEN_ENV)


def bare(pod: Pod) -> bool:
    """Whether no container of the pod got a role."""
    return not any(injected(container) for container in judged(pod.spec))
