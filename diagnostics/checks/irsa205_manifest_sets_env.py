"""IRSA205: the manifest sets the web identity variables itself."""

from __future__ import annotations

from diagnostics.checks.containers import ROLE_ENV, TOKEN_ENV, veil
from diagnostics.checks.evidence_of_text import no_token_sent
from diagnostics.checks.places import of_pod, of_workload
from diagnostics.evidence import (
    Container,
    Pod,
    Pods,
    PodSpec,
    ServiceAccount,
    Target,
    Unreadable,
    Workload,
)
from diagnostics.evidence.derived import NamespaceWorkloads
from diagnostics.evidence.owners import owner_of, owners_in
from diagnostics.languages import say
from diagnostics.recognize.symptom import Symptom
from diagnostics.result import Finding
from diagnostics.text.clip import listed
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA205")
def manifest_sets_env(
    *,
    target: Target,
    account: ServiceAccount,
    workload: Workload | None,
    workloads: NamespaceWorkloads,
    pods: Pods | Unreadable | None,
    symptom: Symptom | None,
) -> Judgement:
    """The manifest sets the web identity variables itself.

    Why: Where a container already has one of the two variables, the webhook adds neither.
    Source: amazon-eks-pod-identity-webhook, pkg/handler/handler.go; webhook issue 67.
    """
    known = owners_in(workloads.items)
    owners = {
        owner.uid
        for pod in (pods.live if isinstance(pods, Pods) else ())
        if (owner := owner_of(pod, known)) is not None
    }
    for one in (workload, *workloads.items):
        if one is None or one.template.service_account != account.name:
            continue
        if workload is None and owners and one.uid not in owners:
            continue
        for container in one.template.containers:
            role = container.env_value(ROLE_ENV)
            has = (container.has_env(ROLE_ENV), container.has_env(TOKEN_ENV))
            if not any(has):
                continue
            other = bool(role and account.role_arn) and role != account.role_arn
            if not other and (all(has) or _may_have_both(one.template, container, symptom)):
                continue
            name = ROLE_ENV if other or not has[1] else TOKEN_ENV
            return Finding(
                headline=say(
                    "{kind} {workload} sets {variable} itself to another role",
                    kind=one.kind,
                    workload=one.name,
                    variable=name,
                )
                if other
                else say(
                    "{kind} {workload} sets {variable} itself, so the webhook adds nothing",
                    kind=one.kind,
                    workload=one.name,
                    variable=name,
                ),
                place=of_workload(
                    target, one, f"spec.template.spec.containers[{container.name}].env[{name}]"
                ),
                seen=container.env_value(name) or say("(from a Secret, ConfigMap or field)"),
                wanted=account.role_arn or say("(not set in the manifest)")
                if other
                else say("(not set in the manifest)"),
                why="",
                next=say(
                    "Remove {role_env} and {token_env} from the manifest, which restarts the pods; the webhook "
                    "sets both.",
                    role_env=ROLE_ENV,
                    token_env=TOKEN_ENV,
                ),
                commands=_command(one, container.name),
            )
    twice = _twice(target, account, pods.live if isinstance(pods, Pods) else ())
    return twice or _nothing_set(account, workloads, pods)


def _twice(target: Target, account: ServiceAccount, pods: tuple[Pod, ...]) -> Finding | None:
    """A container whose last role is another than the annotated one, because somebody else injects too."""
    for pod in pods:
        for container in pod.spec.containers:
            values = [v.value for v in container.env if v.name == ROLE_ENV]
            if len(set(values)) > 1 and account.role_arn not in (None, values[-1]):
                return Finding(
                    headline=say(
                        "Container {container_name} gets {role_env} twice, and the wrong one wins",
                        container_name=container.name,
                        role_env=ROLE_ENV,
                    ),
                    place=of_pod(target, pod, f"spec.containers[{container.name}].env[{ROLE_ENV}]"),
                    seen=listed(value or "(from elsewhere)" for value in values),
                    wanted=account.role_arn or "",
                    why=say("Of two variables with one name the kubelet takes the last."),
                    next=say(
                        "Remove {role_env}, {token_env} and the token volume from the chart or the second "
                        "webhook that adds them.",
                        role_env=ROLE_ENV,
                        token_env=TOKEN_ENV,
                    ),
                )
    return None


def _may_have_both(template: PodSpec, container: Container, symptom: Symptom | None) -> bool:
    """Whether the other variable may come from a ConfigMap or Secret, unless the text shows that none came."""
    return not no_token_sent(symptom) and veil(template, container) is not None


def _nothing_set(
    account: ServiceAccount, workloads: NamespaceWorkloads, pods: Pods | Unreadable | None
) -> Judgement:
    """Right, unless there is neither a manifest nor a pod that could set anything."""
    running = isinstance(pods, Pods) and bool(pods.live)
    if running or any(one.template.service_account == account.name for one in workloads.items):
        return Pass()
    return Skip(say("no workload uses the service account"))


def _command(workload: Workload, container: str) -> tuple[str, ...]:
    if workload.kind not in ("Deployment", "StatefulSet", "DaemonSet"):
        return ()
    return (
        (
            f"kubectl -n {workload.namespace} set env {workload.ref} -c {container} "
            f"{ROLE_ENV}- {TOKEN_ENV}-"
        ),
    )
