"""The tools that own roles and service accounts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tool(StrEnum):
    """A tool that applies its own state again and again."""

    CLOUDFORMATION = "CloudFormation"
    EKSCTL = "eksctl"
    TERRAFORM = "Terraform"
    HELM = "Helm"
    ARGO_CD = "Argo CD"
    FLUX = "Flux"
    FLUX_HELM = "Flux HelmRelease"
    CROSSPLANE = "Crossplane"
    ACK = "AWS Controllers for Kubernetes"
    EKS_ADDON = "EKS add-on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who owns an object, and what shows it."""

    tool: Tool
    evidence: str
    """The tag, label, annotation or field manager, as `key: value`."""
    name: str | None = None
    """The stack, release, application or resource, where the evidence names it."""
    part: str | None = None
    """The part in it: a logical ID, or a namespace."""

    @property
    def place(self) -> str:
        """Where the change belongs, in words."""
        named = f" {self.name}" if self.name else ""
        return {
            Tool.CLOUDFORMATION: f"the template of stack{named}",
            Tool.EKSCTL: "iam.serviceAccounts of the eksctl configuration",
            Tool.TERRAFORM: "the Terraform code",
            Tool.HELM: f"the values of Helm release{named}",
            Tool.ARGO_CD: f"the manifest in the Git repository of Argo CD application{named}",
            Tool.FLUX: f"the manifest in the Git repository of Flux kustomization{named}",
            Tool.FLUX_HELM: f"the values of HelmRelease{named}",
            Tool.CROSSPLANE: f"the manifest of managed resource{named}",
            Tool.ACK: f"the manifest of the ACK resource{named}",
            Tool.EKS_ADDON: f"the service account role of the EKS add-on{named}",
        }[self.tool]
