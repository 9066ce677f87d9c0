"""What the containers of pods got: role, token file, keys of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.checks.evidence_of_text import no_token_sent
from diagnostics.checks.pod_identity import by_pod_identity
from diagnostics.evidence import DEFAULT_AUDIENCE, SKIP_CONTAINERS, Pods, Unreadable, Webhooks
from diagnostics.evidence.derived import NamespaceWorkloads
from diagnostics.languages import say
from diagnostics.wiring import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diagnostics.evidence import (
        Container,
        EnvVar,
        Mount,
        Pod,
        PodSpec,
        ServiceAccount,
        TokenVolume,
    )
    from diagnostics.recognize.symptom import Symptom

ROLE_ENV = "AWS_ROLE_ARN"
TOKEN_ENV = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105  a variable's name
WEBHOOK_VOLUME = "aws-iam-token"
"""What the webhook names the volume of the token that it adds. Source: amazon-eks-pod-identity-webhook, pkg/handler."""
SKIP_POD = "eks.amazonaws.com/skip-pod-identity-webhook"


def skipped(spec: PodSpec) -> frozenset[str]:
    """The containers that the pod's annotation tells the webhook to leave alone."""
    value = spec.annotations.get(SKIP_CONTAINERS, "")
    return frozenset(name.strip() for name in value[:4096].split(",") if name.strip())


def judged(spec: PodSpec) -> Iterator[Container]:
    """The containers that need credentials as far as one can tell.

    None is an init container, and one that the webhook is told to skip brings role and token itself.
    """
    out = skipped(spec)
    for container in spec.containers:
        if not container.init and (container.name not in out or injected(container)):
            yield container


def injected(container: Container) -> bool:
    """Whether the container has both variables that SDKs read."""
    return container.has_env(ROLE_ENV) and container.has_env(TOKEN_ENV)


def token_mount(spec: PodSpec, container: Container) -> tuple[Mount, TokenVolume] | None:
    """The mount, and the token in it, at which the container's variable points; None where it points at no token."""
    path = container.env_value(TOKEN_ENV)
    if path is None:
        return None
    read = clean_path(path)
    for mount in container.mounts:
        folder = clean_path(mount.path)
        within = read == folder or read.startswith(f"{folder}/")
        for token in spec.token_volumes:
            if token.name != mount.volume:
                continue
            told = token.shown and "$(" not in mount.sub_path
            if read == clean_path(mount.file(token.path) or "") if told else within:
                return mount, token
    return None


def clean_path(path: str) -> str:
    """A path without doubled slashes; a Windows one as the webhook's mount has it."""
    parts = path[:4096].replace("\\", "/").split("/")
    return "/" + "/".join(part for part in parts if part and not part.endswith(":"))


def veil(spec: PodSpec, container: Container) -> str | None:
    """The ConfigMap or Secret that may give a container its role although it shows none; None where none may.

    Only a container that mounts a token for STS can use what it is given.
    """
    if injected(container) or not container.env_from:
        return None
    mounted = {mount.volume for mount in container.mounts}
    own = any(
        token.name in mounted
        and (not token.shown or (token.audience or "").startswith(DEFAULT_AUDIENCE))
        for token in spec.token_volumes
    )
    return container.env_from[0] if own else None


def veiled(pods: Iterable[Pod], symptom: Symptom | None) -> Unknown | None:
    """What is open where a ConfigMap or Secret says what a pod's container has.

    None where there is no such pod, or where the text shows that the container found nothing in it.
    """
    for pod in () if no_token_sent(symptom) else pods:
        if by_pod_identity(pod) is not None:
            continue
        for container in (c for c in pod.spec.containers if not c.init):
            source = veil(pod.spec, container) if bare(pod) else None
            referred = next((v for v in container.env if _referred(v)), None)
            if source is None and (referred is None or not injected(container)):
                continue
            return Unknown(
                say(
                    "container {container} mounts a token of its own and takes variables from {source}, "
                    "which is not read and may name its role",
                    container=container.name,
                    source=source,
                )
                if referred is None or source is not None
                else say(
                    "container {container} takes {variable} from {source}, which is not read",
                    container=container.name,
                    variable=referred.name,
                    source=referred.source,
                ),
                say(
                    "look what it has ({command})",
                    command=f"kubectl -n {pod.namespace} exec {pod.name} -c {container.name} -- "
                    f"printenv {ROLE_ENV} {TOKEN_ENV}",
                ),
            )
    return None


def _referred(variable: EnvVar) -> bool:
    return variable.name in (ROLE_ENV, TOKEN_ENV) and variable.source is not None


def bare(pod: Pod) -> bool:
    """Whether no container of the pod got a role."""
    return not any(injected(container) for container in judged(pod.spec))


def unserved(pod: Pod) -> bool:
    """Whether no container of the pod got a role, and none asks the EKS Pod Identity agent for one."""
    return bare(pod) and by_pod_identity(pod) is None


def provided_otherwise(
    account: ServiceAccount,
    pods: Pods | Unreadable | None,
    workloads: NamespaceWorkloads | Unreadable,
    webhooks: Webhooks | Unreadable,
) -> str | None:
    """How pods get a role without an annotation, where they validly do; None where they don't.

    EKS Pod Identity needs none, a self-hosted webhook may take roles from a ConfigMap, and a manifest may bring both
    variables with a token volume of its own; where no pod is seen, its manifest tells what it will have.
    """
    live = pods.live if isinstance(pods, Pods) else ()
    if live and all(bare(pod) and by_pod_identity(pod) is not None for pod in live):
        return say("the pods get their role from EKS Pod Identity, which needs no annotation")
    templates = workloads.items if isinstance(workloads, NamespaceWorkloads) else ()
    own = [one for one in templates if one.template.service_account == account.name]
    if not all(_whole(spec) for spec in [p.spec for p in live] or [w.template for w in own]):
        return None
    hook = webhooks.pod_identity if isinstance(webhooks, Webhooks) else None
    if live and hook is not None and hook.service is not None:
        return say("the self-hosted webhook gives the pods a role without an annotation")
    for workload in own:
        if any(injected(container) for container in workload.template.containers):
            return say("{workload} brings role and token in its manifest", workload=workload.ref)
    if live and all(pod.owner is None for pod in live):
        return say("the pods bring role and token in their manifests")
    return None


def of_unread_manifests(
    pods: Pods | Unreadable | None, workloads: NamespaceWorkloads | Unreadable
) -> Unknown | None:
    """What is open where pods have a role, and the manifests that may bring it are unread; else None.

    A volume of the webhook's own name is taken for the webhook's, which made it when there was an annotation.
    """
    live = pods.live if isinstance(pods, Pods) else ()
    if not live or not isinstance(workloads, Unreadable):
        return None
    if not all(_whole(pod.spec) for pod in live):
        return None
    if all(volume.name == WEBHOOK_VOLUME for pod in live for volume in pod.spec.token_volumes):
        return None
    return Unknown(
        say(
            "the pods have a role and a token, and whether their manifests bring them is not known: {why}",
            why=workloads.why,
        ),
        workloads.enable,
    )


def _whole(spec: PodSpec) -> bool:
    """Whether a pod has a role and a projected token."""
    return any(injected(container) for container in judged(spec)) and bool(spec.token_volumes)
