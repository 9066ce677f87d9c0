"""Kubernetes objects as the API server writes them, as far as they are read.

Source: Kubernetes API reference v1.34. Null stands for "not set" wherever the API writes it.
"""

from bot.clients.kube.wire.answers import Discovery, KeySet, ObjectList, Status, TokenRequest
from bot.clients.kube.wire.base import Metadata, Object, Wire
from bot.clients.kube.wire.pods import Container, EnvFrom, EnvVar, EnvVarSource, Pod, PodSpec
from bot.clients.kube.wire.webhooks import LabelSelector, MutatingWebhookConfiguration, Rule
from bot.clients.kube.wire.workloads import ServiceAccount, Workload, WorkloadSpec

__all__ = [
    "Container",
    "Discovery",
    "EnvFrom",
    "EnvVar",
    "EnvVarSource",
    "KeySet",
    "LabelSelector",
    "Metadata",
    "MutatingWebhookConfiguration",
    "Object",
    "ObjectList",
    "Pod",
    "PodSpec",
    "Rule",
    "ServiceAccount",
    "Status",
    "TokenRequest",
    "Wire",
    "Workload",
    "WorkloadSpec",
]
