"""IRSA207: the token is not mounted where the variable says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.checks.containers import (
    ROLE_ENV,
    TOKEN_ENV,
    WEBHOOK_VOLUME,
    clean_path,
    judged,
    token_mount,
)
from diagnostics.checks.places import of_pod
from diagnostics.evidence import Pods, Target
from diagnostics.languages import say
from diagnostics.result import Finding
from diagnostics.text.clip import clip, listed
from diagnostics.wiring import Judgement, Pass, Skip, check

if TYPE_CHECKING:
    from diagnostics.evidence import Container, Pod

_WEBHOOK_TOKEN = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"  # noqa: S105  a path
_API_TOKEN = "/var/run/secrets/kubernetes.io/"  # noqa: S105  a path


@check("IRSA207")
def token_not_mounted(target: Target, pods: Pods) -> Judgement:
    """The token is not mounted where AWS_WEB_IDENTITY_TOKEN_FILE says.

    Why: The SDK reads the file that the variable names; without a projected token there it has nothing to send.
    Source: Kubernetes, "Projected Volumes", serviceAccountToken; kubernetes-external-secrets issue 290.
    """
    if not pods.live:
        return Skip(say("no pod of this service account is running"))
    for pod in pods.live:
        for container in judged(pod.spec):
            path = container.env_value(TOKEN_ENV)
            if path is None or token_mount(pod.spec, container) is not None:
                continue
            wrong = path.startswith(_API_TOKEN)
            taken = _taken(pod, container, path)
            if taken is not None:
                return Finding(
                    headline=say(
                        "Volume {taken} has the webhook's name, but holds no token", taken=taken
                    ),
                    place=of_pod(target, pod, f"spec.volumes[{taken}]"),
                    seen=say("{taken}: no projected service account token", taken=taken),
                    wanted=say("{taken}: the webhook's projected token", taken=taken),
                    why=say(
                        "Where a volume of this name exists already, the webhook mounts it and adds none."
                    ),
                    next=say(
                        "Give the volume {taken} in the pod template another name, which restarts the pods.",
                        taken=taken,
                    ),
                )
            return Finding(
                headline=say(
                    "Container {container} reads the Kubernetes API's own token, not the one for AWS",
                    container=container.name,
                )
                if wrong
                else say(
                    "Container {container} reads its token from a path where none is mounted",
                    container=container.name,
                ),
                place=of_pod(target, pod, f"spec.containers[{container.name}].volumeMounts"),
                seen=clip(path) if wrong else listed(m.path for m in container.mounts),
                wanted=_WEBHOOK_TOKEN if wrong else clip(path),
                why="",
                next=say(
                    "Remove {role_env}, {token_env} and any volume named aws-iam-token from the pod "
                    "template, which restarts the pods: the webhook then adds all three.",
                    role_env=ROLE_ENV,
                    token_env=TOKEN_ENV,
                ),
            )
    return Pass()


def _taken(pod: Pod, container: Container, path: str) -> str | None:
    """The volume that stands where the webhook's would, and is none of a token."""
    tokens = {volume.name for volume in pod.spec.token_volumes}
    for mount in container.mounts:
        if mount.volume == WEBHOOK_VOLUME and mount.volume not in tokens:
            return (
                mount.volume if clean_path(path).startswith(clean_path(mount.path) + "/") else None
            )
    return None
