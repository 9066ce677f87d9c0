"""The tools that own roles and service accounts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from diagnostics.languages import Words, say


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
    def place(self) -> Words:
        """Where the change belongs, in words."""
        named = f" {self.name}" if self.name else ""
        place: Words = {
            Tool.CLOUDFORMATION: say("the template of stack{named}", named=named),
            Tool.EKSCTL: say("iam.serviceAccounts of the eksctl configuration"),
            Tool.TERRAFORM: say("the Terraform code"),
            Tool.HELM: say("the values of Helm release{named}", named=named),
            Tool.ARGO_CD: say(
                "the manifest in the Git repository of Argo CD application{named}", named=named
            ),
            Tool.FLUX: say(
                "the manifest in the Git repository of Flux kustomization{named}", named=named
            ),
            Tool.FLUX_HELM: say("the values of HelmRelease{named}", named=named),
            Tool.CROSSPLANE: say("the manifest of managed resource{named}", named=named),
            Tool.ACK: say("the manifest of the ACK resource{named}", named=named),
            Tool.EKS_ADDON: say("the service account role of the EKS add-on{named}", named=named),
        }[self.tool]
        return place
