"""IRSA101: the workload runs as another service account than people think."""

from __future__ import annotations

from dataclasses import replace

from diagnostics.checks.evidence_of_text import no_token_sent
from diagnostics.checks.places import of_workload
from diagnostics.evidence import Siblings, Target, Unreadable, Workload
from diagnostics.evidence.derived import NamespacePods, NamespaceWorkloads, RoleInQuestion, Subject
from diagnostics.languages import say, sentence
from diagnostics.recognize.symptom import Symptom
from diagnostics.result import Finding
from diagnostics.text.clip import listed
from diagnostics.text.difference import difference
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA101")
def other_service_account(
    *,
    target: Target,
    workload: Workload | None,
    pods: NamespacePods | Unreadable,
    workloads: NamespaceWorkloads | Unreadable,
    symptom: Symptom | None,
    subject: Subject | None,
    siblings: Siblings | Unreadable | None,
    question: RoleInQuestion | None,
) -> Judgement:
    """The workload runs as another service account.

    Why: The role annotation counts only on the service account that the pod runs as; a manifest that names none
    runs as `default`.
    Source: Kubernetes, "Configure Service Accounts for Pods"; AWS re:Post, "Troubleshoot OIDC and IRSA".
    """
    name = target.service_account
    if name in (None, "default") and isinstance(siblings, Siblings) and subject is not None:
        known = workloads.items if isinstance(workloads, NamespaceWorkloads) else ()
        instead = _instead_of_default(subject, workload, known, siblings, question)
        if instead is not None:
            return _finding(target, *instead)
    if name is None:
        return Skip(say("nobody named a service account to compare with"))
    if workload is not None:
        same = workload.template.service_account == name
        return Pass() if same else _finding(target, workload, name)
    if not isinstance(workloads, NamespaceWorkloads) or not isinstance(pods, NamespacePods):
        return Skip(say("no workload was named"))
    return _unnamed(target, name, pods, workloads, guess=no_token_sent(symptom))


def _unnamed(
    target: Target,
    name: str,
    pods: NamespacePods,
    workloads: NamespaceWorkloads,
    *,
    guess: bool,
) -> Judgement:
    used = any(w.template.service_account == name for w in workloads.items) or any(
        p.spec.service_account == name for p in pods.items
    )
    if used:
        return Pass()
    meant = _meant(name, workloads, guess=guess)
    if meant is None:
        return Skip(say("no workload uses the service account"))
    return replace(
        _finding(target, meant, name),
        likely=True,
        note=say("Nobody named the workload; no other runs as {name} either.", name=name),
    )


def _instead_of_default(
    subject: Subject,
    workload: Workload | None,
    workloads: tuple[Workload, ...],
    siblings: Siblings,
    question: RoleInQuestion | None,
) -> tuple[Workload, str] | None:
    """The workload that runs as `default`, and the service account beside it that has the role."""
    if subject.name != "default":
        return None
    beside = [a for a in siblings.items if a.namespace == subject.namespace and a.role_arn]
    on_default = [w for w in workloads if w.template.service_account == "default"]
    chosen = workload or (on_default[0] if len(on_default) == 1 else None)
    if chosen is None:
        return None
    carrying = [a for a in beside if question and a.role_arn == str(question.arn)]
    for pool in (carrying, [a for a in beside if a.name == chosen.name]):
        if len(pool) == 1:
            return chosen, pool[0].name
    return None


def _meant(name: str, workloads: NamespaceWorkloads, *, guess: bool) -> Workload | None:
    """The workload that was probably meant to run as the service account, if that is clear.

    One that runs as `default` without any likeness of names is taken only where the text shows that
    its SDK found no web identity.
    """
    exact = [w for w in workloads.items if w.name == name]
    on_default = [w for w in workloads.items if w.template.service_account == "default"]
    alike = [w for w in on_default if w.name in name or name in w.name]
    for pool in (exact, alike, on_default if guess else []):
        if len(pool) == 1:
            return pool[0]
    return None


def _finding(target: Target, workload: Workload, name: str) -> Finding:
    seen = workload.template.service_account
    ref = f"{workload.kind.lower()}/{workload.name}"
    return Finding(
        headline=say(
            "{kind} {workload_name} runs as service account {seen}, not {name}",
            kind=workload.kind,
            workload_name=workload.name,
            seen=seen,
            name=name,
        ),
        place=of_workload(target, workload, _FIELD.get(workload.kind, _TEMPLATE)),
        seen=listed([seen]),
        wanted=name,
        why=""
        if seen == "default"
        else say("The role annotation counts only on the service account that the pod runs as."),
        next=say(
            "Set serviceAccountName: {name} in the pod template of {ref}, which restarts its pods.",
            name=name,
            ref=ref,
        )
        if seen == "default"
        else say(
            "Set serviceAccountName: {name} in the pod template of {ref}, which restarts its pods, or "
            "ask again about {seen} if that is meant.",
            name=name,
            ref=ref,
            seen=seen,
        ),
        note=None if seen == "default" else sentence(difference(seen, name)),
        commands=(
            f"kubectl -n {workload.namespace} set serviceaccount {ref} {name}"
            if workload.kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
            else f"kubectl -n {workload.namespace} edit {ref}",
        ),
    )


_TEMPLATE = "spec.template.spec.serviceAccountName"
_FIELD = {
    "Pod": "spec.serviceAccountName",
    "CronJob": "spec.jobTemplate.spec.template.spec.serviceAccountName",
}
