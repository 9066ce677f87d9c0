"""Owners of service accounts, by labels, annotations and field managers.

Sources: Helm, "Labels and Annotations" (meta.helm.sh/*); Argo CD, "Resource Tracking"; Flux, labels of its controllers;
eksctl and the EKS add-on manager, as they label what they make; Kubernetes, metadata.managedFields.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from diagnostics.arn import RoleArn
from diagnostics.evidence import ROLE_ARN
from diagnostics.source.change import SourceChange
from diagnostics.source.owner import Owner, Tool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diagnostics.evidence import ServiceAccount, Workload

_PREFIXES: Final = (
    ("argocd.argoproj.io/", Tool.ARGO_CD),
    ("helm.toolkit.fluxcd.io/", Tool.FLUX_HELM),
    ("kustomize.toolkit.fluxcd.io/", Tool.FLUX),
    ("meta.helm.sh/", Tool.HELM),
)
_NAMES: Final = {
    Tool.FLUX_HELM: "helm.toolkit.fluxcd.io/name",
    Tool.FLUX: "kustomize.toolkit.fluxcd.io/name",
    Tool.HELM: "meta.helm.sh/release-name",
}
_MANAGED_BY: Final = {"helm": Tool.HELM, "eksctl": Tool.EKSCTL, "terraform": Tool.TERRAFORM}
_MANAGERS: Final = (
    ("argocd", Tool.ARGO_CD),
    ("kustomize-controller", Tool.FLUX),
    ("helm-controller", Tool.FLUX_HELM),
    ("helm", Tool.HELM),
    ("terraform", Tool.TERRAFORM),
    ("eks", Tool.EKS_ADDON),
)


def owner_of_account(account: ServiceAccount) -> Owner | None:
    """The tool that owns a service account, or None where nothing shows one."""
    return owner_of_object(account)


def owner_of_object(account: ServiceAccount | Workload) -> Owner | None:
    """The tool that owns an object of a cluster, by its labels, annotations and field managers."""
    marks = {**account.labels, **account.annotations}
    for prefix, tool in _PREFIXES:
        for key, value in marks.items():
            if key.startswith(prefix):
                return Owner(
                    tool=tool, evidence=f"{key}: {value}"[:300], name=_name(tool, key, value, marks)
                )
    managed = marks.get("app.kubernetes.io/managed-by", "")
    by = _MANAGED_BY.get(managed.lower())
    if by is not None:
        evidence = f"app.kubernetes.io/managed-by: {managed}"
        return Owner(tool=by, evidence=evidence, name=marks.get("app.kubernetes.io/instance"))
    for manager in account.managers:
        name = manager.manager.lower()
        for prefix, tool in _MANAGERS:
            if name == prefix or name.startswith(f"{prefix}-"):
                return Owner(tool=tool, evidence=f"field manager {manager.manager}"[:300])
    return None


def _name(tool: Tool, key: str, value: str, marks: Mapping[str, str]) -> str | None:
    if tool is Tool.ARGO_CD:
        # app:group/kind:namespace/name
        return value.partition(":")[0][:253] if key.endswith("/tracking-id") else value[:253]
    return marks.get(_NAMES[tool])


def account_change(account: ServiceAccount, role_arn: str) -> SourceChange | None:
    """The role annotation in the form of the service account's owner.

    Args:
        account: Whose annotation is to be another.
        role_arn: What it is to be.

    Returns:
        None where no owner is known, or the ARN is none.
    """
    owner = owner_of_account(account)
    if owner is None or RoleArn.parse(role_arn) is None:
        return None
    text, file = _TEXTS[owner.tool](owner, account, role_arn)
    return SourceChange(owner=owner, text=text, file=file)


def _values(owner: Owner, account: ServiceAccount, arn: str) -> tuple[str, str]:
    del owner
    return (
        "# values.yaml; a chart with several service accounts nests this under the component's name\n"
        "serviceAccount:\n"
        "  create: true\n"
        f"  name: {json.dumps(account.name)}\n"
        "  annotations:\n"
        f"    {ROLE_ARN}: {arn}\n"
    ), "values.yaml"


def _helm_release(owner: Owner, account: ServiceAccount, arn: str) -> tuple[str, str]:
    return (
        "apiVersion: helm.toolkit.fluxcd.io/v2\n"
        "kind: HelmRelease\n"
        "metadata:\n"
        f"  name: {json.dumps(owner.name or account.name)}\n"
        "spec:\n"
        "  values:\n"
        "    serviceAccount:\n"
        f"      name: {json.dumps(account.name)}\n"
        "      annotations:\n"
        f"        {ROLE_ARN}: {arn}\n"
    ), "helmrelease.yaml"


def _manifest(owner: Owner, account: ServiceAccount, arn: str) -> tuple[str, str]:
    del owner
    return (
        "apiVersion: v1\n"
        "kind: ServiceAccount\n"
        "metadata:\n"
        f"  name: {json.dumps(account.name)}\n"
        f"  namespace: {json.dumps(account.namespace)}\n"
        "  annotations:\n"
        f"    {ROLE_ARN}: {arn}\n"
    ), "serviceaccount.yaml"


def _terraform(owner: Owner, account: ServiceAccount, arn: str) -> tuple[str, str]:
    del owner
    label = re.sub(r"[^A-Za-z0-9_-]", "_", account.name)
    label = label if label[:1].isalpha() else f"_{label}"
    return (
        f'resource "kubernetes_service_account_v1" "{label}" {{\n'
        "  metadata {\n"
        f"    name      = {json.dumps(account.name)}\n"
        f"    namespace = {json.dumps(account.namespace)}\n"
        "    annotations = {\n"
        f'      "{ROLE_ARN}" = "{arn}"\n'
        "    }\n"
        "  }\n"
        "}\n"
    ), "main.tf"


def _eksctl(owner: Owner, account: ServiceAccount, arn: str) -> tuple[str, str]:
    del owner
    return (
        "apiVersion: eksctl.io/v1alpha5\n"
        "kind: ClusterConfig\n"
        "metadata: {name: CLUSTER, region: REGION}\n"
        "iam:\n"
        "  withOIDC: true\n"
        "  serviceAccounts:\n"
        f"    - metadata: {{name: {json.dumps(account.name)}, namespace: {json.dumps(account.namespace)}}}\n"
        f"      attachRoleARN: {arn}\n"
    ), "cluster.yaml"


def _addon(owner: Owner, account: ServiceAccount, arn: str) -> tuple[str, str]:
    del owner, account
    return (
        "aws eks update-addon --cluster-name CLUSTER --addon-name ADDON \\\n"
        f"  --service-account-role-arn {arn}"
    ), ""


_TEXTS: Final = {
    Tool.HELM: _values,
    Tool.FLUX_HELM: _helm_release,
    Tool.ARGO_CD: _manifest,
    Tool.FLUX: _manifest,
    Tool.TERRAFORM: _terraform,
    Tool.EKSCTL: _eksctl,
    Tool.EKS_ADDON: _addon,
}
