"""IRSA206: static credentials in the pod come first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.checks.containers import injected, judged
from diagnostics.checks.evidence_of_text import token_sent
from diagnostics.checks.places import of_pod
from diagnostics.evidence import Pods, Target, Unreadable
from diagnostics.evidence.derived import NamespaceWorkloads
from diagnostics.evidence.owners import owner_of, owners_in
from diagnostics.fix.restart import RESTARTABLE
from diagnostics.languages import say
from diagnostics.recognize.symptom import Symptom
from diagnostics.result import Finding
from diagnostics.wiring import Judgement, Pass, Skip, check

if TYPE_CHECKING:
    from diagnostics.evidence import Container, EnvVar, Pod

_FIRST = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE")


@check("IRSA206")
def static_keys(
    target: Target,
    pods: Pods,
    symptom: Symptom | None,
    workloads: NamespaceWorkloads | Unreadable,
) -> Judgement:
    """Static credentials in the pod come first.

    Why: SDKs take keys and profiles from the environment before they look for a web identity.
    Source: AWS SDKs and Tools Reference Guide, "Standardized credential providers", order of the chain.
    """
    if token_sent(symptom):
        return Skip(say("the text shows that the SDK did use its web identity"))
    if not pods.live:
        return Skip(say("no pod of this service account is running"))
    for pod in pods.live:
        # Where every container is skipped, that is the fault, and none of them is meant to have keys of its own.
        served = tuple(judged(pod.spec)) or tuple(c for c in pod.spec.containers if not c.init)
        for container in served:
            for variable in filter(_first, container.env):
                chained = variable.name == "AWS_PROFILE" and _own_file(container)
                if symptom is None and chained:
                    continue  # A profile may start from the web identity and go on to another role.
                names = tuple(dict.fromkeys(v.name for v in container.env if _first(v)))
                aside = any(injected(c) and not any(map(_first, c.env)) for c in served)
                return Finding(
                    headline=say(
                        "Container {container_name} sets {variable_name}, which SDKs use before the role",
                        container_name=container.name,
                        variable_name=variable.name,
                    ),
                    place=of_pod(
                        target, pod, f"spec.containers[{container.name}].env[{variable.name}]"
                    ),
                    seen=f"{variable.name} from {variable.source}"
                    if variable.source
                    else say(
                        "{variable_name} (its value is not shown)", variable_name=variable.name
                    ),
                    wanted=say("no {names}", names=", ".join(names)),
                    why="",
                    next=say(
                        "Remove {names} from container {container} in the pod template, which restarts "
                        "the pods.",
                        names=", ".join(names),
                        container=container.name,
                    ),
                    commands=_commands(pod, container, names, workloads),
                    likely=chained or aside,
                    note=say(
                        "What the profile says in the container's AWS_CONFIG_FILE would settle it."
                    )
                    if chained
                    else say("Which container the text is from would settle it.")
                    if aside
                    else None,
                )
    return Pass()


def _commands(
    pod: Pod,
    container: Container,
    names: tuple[str, ...],
    workloads: NamespaceWorkloads | Unreadable,
) -> tuple[str, ...]:
    """The change by hand, where the template of the pod's workload has the variables."""
    known = () if isinstance(workloads, Unreadable) else workloads.items
    owner = owner_of(pod, owners_in(known))
    if owner is None or owner.kind not in RESTARTABLE:
        return ()
    for one in owner.template.containers:
        if one.name == container.name and all(map(one.has_env, names)):
            gone = " ".join(f"{name}-" for name in names)
            return (f"kubectl -n {owner.namespace} set env {owner.ref} -c {one.name} {gone}",)
    return ()


def _first(variable: EnvVar) -> bool:
    return variable.name in _FIRST and (variable.value != "" or variable.source is not None)


def _own_file(container: Container) -> bool:
    return any(map(container.has_env, ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")))
