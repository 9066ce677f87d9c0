"""Tokens that a container mounts by subPath, and so keeps as they were when it started.

Source: Kubernetes, "Volumes", projected: a container that mounts a projected volume by subPath gets no updates;
"Configure Service Accounts for Pods": the kubelet renews the token before it expires.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from diagnostics.checks.containers import TOKEN_ENV, judged, token_mount
from diagnostics.checks.places import of_pod
from diagnostics.languages import say
from diagnostics.result import Finding
from diagnostics.text.clip import clip
from diagnostics.text.time_span import spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from diagnostics.evidence import Container, Mount, Pod, Target, TokenVolume

_DEFAULT_LIFETIME = 3_600
"""Seconds. Source: Kubernetes API reference, ServiceAccountTokenProjection, expirationSeconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptToken:
    """One container's token that is never renewed."""

    pod: Pod
    container: Container
    mount: Mount
    token: TokenVolume

    @property
    def lifetime(self) -> timedelta:
        """How long the token lasts from when the pod got it."""
        return timedelta(seconds=self.token.expiration_seconds or _DEFAULT_LIFETIME)

    def outlived(self, now: datetime) -> bool:
        """Whether the pod is older than its token lasts."""
        return now - self.pod.created > self.lifetime


def kept_tokens(pods: Iterable[Pod]) -> Iterator[KeptToken]:
    """Every container that reads a token by a subPath mount."""
    for pod in pods:
        for container in judged(pod.spec):
            found = token_mount(pod.spec, container)
            if found is not None and found[0].sub_path:
                mount, token = found
                yield KeptToken(pod=pod, container=container, mount=mount, token=token)


def never_renewed(target: Target, kept: KeptToken, *, certain: bool) -> Finding:
    """Write up such a token.

    Args:
        target: What the diagnosis is about.
        kept: The token.
        certain: Whether a text says that it had expired; the pod's age alone makes it likely.
    """
    field = f"spec.containers[{kept.container.name}].volumeMounts[{kept.mount.path}].subPath"
    return Finding(
        headline=say(
            "Container {container} mounts its token by subPath, so it is never renewed",
            container=kept.container.name,
        ),
        place=of_pod(target, kept.pod, field),
        seen=clip(f"mountPath: {kept.mount.path}, subPath: {kept.mount.sub_path}"),
        wanted=say("volume {volume} mounted as a folder, without subPath", volume=kept.token.name),
        why=say(
            "The kubelet renews the token in the volume, but a container that mounts it by subPath "
            "keeps the one that it started with."
        ),
        next=say(
            "Mount volume {volume} without subPath in the pod template, and let {variable} name the "
            "file in it, which restarts the pods.",
            volume=kept.token.name,
            variable=TOKEN_ENV,
        ),
        likely=not certain,
        note=None
        if certain
        else say(
            "The pod is older than the {lifetime} that its token lasts; a container that has started "
            "anew since may have a newer one.",
            lifetime=spoken(kept.lifetime),
        ),
    )
