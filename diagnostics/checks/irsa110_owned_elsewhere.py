"""IRSA110: a tool owns the service account and will revert a live change."""

from __future__ import annotations

from diagnostics.checks.places import of_account
from diagnostics.evidence import ServiceAccount, Target
from diagnostics.result import Finding, Severity
from diagnostics.wiring import Judgement, Pass, check

_TOOLS = (
    ("argocd.argoproj.io/", "Argo CD", "the manifest in the application's Git repository"),
    ("kustomize.toolkit.fluxcd.io/", "Flux", "the manifest in the Git repository"),
    ("helm.toolkit.fluxcd.io/", "Flux", "the values of the HelmRelease"),
    ("meta.helm.sh/", "Helm", "serviceAccount.annotations in the release's values"),
)
_MANAGERS = (
    ("argocd", "Argo CD", "the manifest in the application's Git repository"),
    ("kustomize-controller", "Flux", "the manifest in the Git repository"),
    ("helm", "Helm", "serviceAccount.annotations in the release's values"),
    ("terraform", "Terraform", "annotations of the kubernetes_service_account resource"),
    ("eks", "the EKS add-on", "serviceAccountRoleArn of the add-on"),
)


@check("IRSA110", severity=Severity.RISK, after=("IRSA102",))
def owned_elsewhere(target: Target, account: ServiceAccount) -> Judgement:
    """A tool owns the service account and will revert a live change.

    Why: A change made here lasts until the tool applies its own state again.
    Source: nebari pull request 3213; eksctl issue 1645 (an update that wiped the annotation).
    """
    found = owner_of(account)
    if found is None:
        return Pass()
    tool, evidence, source = found
    return Finding(
        headline=f"{tool} owns service account {account.name} and will put back what it knows",
        place=of_account(target, account.namespace, account.name, "metadata"),
        seen=evidence,
        wanted=f"the same change in {source}",
        why="",
        next=f"Make the change in {source} as well.",
    )


def owner_of(account: ServiceAccount) -> tuple[str, str, str] | None:
    """The tool that owns the object, what shows it, and where the change belongs."""
    marks = {**account.labels, **account.annotations}
    for prefix, tool, source in _TOOLS:
        for key in marks:
            if key.startswith(prefix):
                return tool, f"{key}: {marks[key]}"[:300], source
    managed = marks.get("app.kubernetes.io/managed-by", "")
    for name, tool, source in (
        ("helm", "Helm", "serviceAccount.annotations in the release's values"),
        ("eksctl", "eksctl", "iam.serviceAccounts of the eksctl configuration"),
        ("terraform", "Terraform", "annotations of the kubernetes_service_account resource"),
    ):
        if managed.lower() == name:
            return tool, f"app.kubernetes.io/managed-by: {managed}", source
    for manager in account.managers:
        for prefix, tool, source in _MANAGERS:
            if manager.manager.lower() == prefix or manager.manager.lower().startswith(
                f"{prefix}-"
            ):
                return tool, f"field manager {manager.manager}"[:300], source
    return None
