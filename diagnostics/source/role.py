"""Owners of IAM roles, by their tags.

Sources: CloudFormation User Guide, "Resource tag" (aws:cloudformation:*); eksctl, tags of its stacks
(alpha.eksctl.io/*); Crossplane provider-aws, external tags (crossplane-*); ACK, default tags (services.k8s.aws/*).
Terraform sets no tag by itself; what teams write by convention is read.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from diagnostics.source.change import SourceChange
from diagnostics.source.owner import Owner, Tool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diagnostics.evidence import IamRole
    from diagnostics.iam import TrustPolicy

_STACK: Final = "aws:cloudformation:stack-name"
_LOGICAL: Final = "aws:cloudformation:logical-id"
_EKSCTL_ACCOUNT: Final = "alpha.eksctl.io/iamserviceaccount-name"
_EKSCTL_CLUSTER: Final = "alpha.eksctl.io/cluster-name"
_TERRAFORM_KEYS: Final = frozenset(
    {"terraform", "managedby", "provisioner", "createdby", "tool", "iac"}
)
_TERRAFORM_VALUES: Final = frozenset({"terraform", "opentofu", "true", "yes", "terragrunt"})


def owner_of_role(tags: Mapping[str, str]) -> Owner | None:
    """The tool that owns a role, or None where its tags name none."""
    if _EKSCTL_ACCOUNT in tags:
        return Owner(
            tool=Tool.EKSCTL,
            evidence=_shown(tags, _EKSCTL_ACCOUNT),
            name=tags.get(_EKSCTL_CLUSTER),
            part=tags[_EKSCTL_ACCOUNT],
        )
    if _STACK in tags:
        return Owner(
            tool=Tool.CLOUDFORMATION,
            evidence=_shown(tags, _STACK),
            name=tags[_STACK],
            part=tags.get(_LOGICAL),
        )
    if "crossplane-name" in tags:
        return Owner(
            tool=Tool.CROSSPLANE,
            evidence=_shown(tags, "crossplane-name"),
            name=tags["crossplane-name"],
            part=tags.get("crossplane-kind"),
        )
    for key in tags:
        if key.startswith("services.k8s.aws/"):
            return Owner(
                tool=Tool.ACK,
                evidence=_shown(tags, key),
                part=tags.get("services.k8s.aws/namespace"),
            )
    for key, value in tags.items():
        plain = re.sub(r"[^a-z]", "", key.lower()[:60])
        if plain in _TERRAFORM_KEYS and value.lower() in _TERRAFORM_VALUES:
            if value.lower() in ("true", "yes") and plain != "terraform":
                continue
            return Owner(tool=Tool.TERRAFORM, evidence=_shown(tags, key))
    return None


def role_change(role: IamRole, policy: TrustPolicy) -> SourceChange | None:
    """The corrected trust policy in the form of the role's owner; None where no owner is known."""
    owner = owner_of_role(role.tags or {})
    if owner is None:
        return None
    if owner.tool is Tool.EKSCTL:
        return _eksctl(owner, role)
    if owner.tool is Tool.CLOUDFORMATION:
        return SourceChange(owner=owner, text=_template(owner, role, policy), file="template.yaml")
    if owner.tool is Tool.TERRAFORM:
        return SourceChange(owner=owner, text=_terraform(role, policy), file="main.tf")
    return SourceChange(owner=owner, text=_manifest(owner, role, policy), file="role.yaml")


def _eksctl(owner: Owner, role: IamRole) -> SourceChange:
    namespace, _, name = (owner.part or "").partition("/")
    text = (
        "# eksctl writes the trust policy itself: delete its service account, then create it from this file:\n"
        f"#   eksctl delete iamserviceaccount --cluster {owner.name or 'CLUSTER'} "
        f"--namespace {namespace or 'default'} --name {name or 'NAME'}\n"
        "#   eksctl create iamserviceaccount --config-file cluster.yaml --approve\n"
        "apiVersion: eksctl.io/v1alpha5\n"
        "kind: ClusterConfig\n"
        f"metadata: {{name: {json.dumps(owner.name or 'CLUSTER')}, region: REGION}}\n"
        "iam:\n"
        "  withOIDC: true\n"
        "  serviceAccounts:\n"
        f"    - metadata: {{name: {json.dumps(name or 'NAME')}, namespace: {json.dumps(namespace or 'default')}}}\n"
        f"      roleName: {json.dumps(role.name)}\n"
        "      # and its attachPolicyARNs or attachPolicy, as before\n"
    )
    return SourceChange(owner=owner, text=text, file="cluster.yaml")


def _template(owner: Owner, role: IamRole, policy: TrustPolicy) -> str:
    body = policy.printed().replace("\n", "\n        ")
    logical = re.sub(r"[^A-Za-z0-9]", "", owner.part or "") or "Role"
    return (
        "Resources:\n"
        f"  {logical}:\n"
        "    Type: AWS::IAM::Role\n"
        "    Properties:\n"
        f"      # RoleName and the other properties of {json.dumps(role.name)} stay as they are\n"
        f"      AssumeRolePolicyDocument:\n        {body}\n"
    )


def _terraform(role: IamRole, policy: TrustPolicy) -> str:
    # In HCL `${` and `%{` begin templates; doubled they stand for themselves.
    body = policy.printed().replace("${", "$${").replace("%{", "%%{").replace("\n", "\n  ")
    label = re.sub(r"[^A-Za-z0-9_-]", "_", role.name)
    label = label if label[:1].isalpha() else f"_{label}"
    path = f"\n  path = {_hcl(role.path)}" if role.path != "/" else ""
    return (
        f'resource "aws_iam_role" "{label}" {{\n'
        f"  name = {_hcl(role.name)}{path}\n\n"
        f"  assume_role_policy = jsonencode({body})\n"
        "}\n"
    )


def _manifest(owner: Owner, role: IamRole, policy: TrustPolicy) -> str:
    indent = "      " if owner.tool is Tool.CROSSPLANE else "    "
    body = indent + policy.printed().replace("\n", f"\n{indent}")
    if owner.tool is Tool.CROSSPLANE:
        return (
            "apiVersion: iam.aws.upbound.io/v1beta1\n"
            "kind: Role\n"
            "metadata:\n"
            f"  name: {json.dumps(owner.name)}\n"
            "  annotations:\n"
            f"    crossplane.io/external-name: {json.dumps(role.name)}\n"
            "spec:\n"
            "  forProvider:\n"
            f"    assumeRolePolicy: |\n{body}\n"
        )
    return (
        "apiVersion: iam.services.k8s.aws/v1alpha1\n"
        "kind: Role\n"
        "metadata:\n"
        f"  name: {json.dumps(role.name.lower())}\n"
        f"  namespace: {json.dumps(owner.part or 'ack-system')}\n"
        "spec:\n"
        f"  name: {json.dumps(role.name)}\n"
        f"  assumeRolePolicyDocument: |\n{body}\n"
    )


def _hcl(text: str) -> str:
    return json.dumps(text).replace("${", "$${").replace("%{", "%%{")


def _shown(tags: Mapping[str, str], key: str) -> str:
    return f"tag {key}: {tags[key]}"[:300]
