"""Mutating webhooks."""

from __future__ import annotations

from pydantic import Field

from bot.clients.kube.wire.base import Object, Requirement, Wire


class Rule(Wire):
    """webhooks[].rules[]."""

    api_groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()


class ServiceReference(Wire):
    """webhooks[].clientConfig.service."""

    namespace: str = ""
    name: str = ""


class ClientConfig(Wire):
    """webhooks[].clientConfig."""

    ca_bundle: str = ""
    service: ServiceReference | None = None
    url: str | None = None


class LabelSelector(Wire):
    """A label selector."""

    match_labels: dict[str, str] = Field(default_factory=dict)
    match_expressions: tuple[Requirement, ...] = ()


class Webhook(Wire):
    """webhooks[] of a MutatingWebhookConfiguration."""

    name: str = ""
    failure_policy: str = "Fail"
    client_config: ClientConfig = ClientConfig()
    rules: tuple[Rule, ...] = ()
    namespace_selector: LabelSelector = LabelSelector()
    object_selector: LabelSelector = LabelSelector()


class MutatingWebhookConfiguration(Object):
    """admissionregistration.k8s.io/v1 MutatingWebhookConfiguration."""

    webhooks: tuple[Webhook, ...] = ()
